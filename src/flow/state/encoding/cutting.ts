import { readNumber } from '../../../base/number-text.ts';
import type { AnyNumber } from '../../../base/value.ts';
import { StateError } from './state-error.ts';

/** Of shorter texts V8 makes copies where they are cut out of another, and of longer ones something that keeps all of it in memory. */
const COPIED = 13;
/** Characters that are decoded together. */
const DECODED = 4096;

/** The texts `from` to before `end`, of these lengths, that stand in a block one behind the other. @param width bytes a character. */
export function cutUp(
  block: Buffer,
  width: 1 | 2,
  lengths: readonly number[],
  from: number,
  end: number,
  texts: string[],
): void {
  const encoding = width === 1 ? 'latin1' : 'utf16le';
  let decoded = '';
  let decodedFrom = 0;
  let decodedEnd = 0;
  let at = 0;
  for (let i = from; i < end; i++) {
    const start = at;
    at += lengths[i]!;
    if (at - start >= COPIED) {
      texts.push(block.toString(encoding, start * width, at * width));
      continue;
    }
    if (at > decodedEnd) {
      decodedFrom = start;
      decodedEnd = Math.max(at, Math.min(start + DECODED, block.length / width));
      decoded = block.toString(encoding, decodedFrom * width, decodedEnd * width);
    }
    texts.push(decoded.substring(start - decodedFrom, at - decodedFrom));
  }
}

/** Lists of these lengths. */
export function cut<T>(items: T[], lengths: readonly number[]): T[][] {
  if (lengths.length === 1) return [items];
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return items.slice(at - length, at);
  });
}

/** The items of several columns, each from the one that it is said to be in. */
export function woven<T>(which: Uint8Array, columns: readonly (readonly T[])[]): T[] {
  const next = columns.map(() => 0);
  const items: T[] = [];
  for (const column of which) {
    const from = columns[column];
    if (from === undefined) throw new StateError('it has something of a kind that it does not say');
    items.push(from[next[column]!++]!);
  }
  return items;
}

/** How many items are in a column. */
export function countOf(which: Uint8Array, column: number): number {
  let count = 0;
  for (const other of which) if (other === column) count++;
  return count;
}

/** A list without holes, as those that are made of items one by one. */
export function listOf(numbers: Float64Array | Int32Array | Int16Array | Int8Array): number[] {
  const list: number[] = [];
  for (let i = 0; i < numbers.length; i++) list.push(numbers[i]!);
  return list;
}

export function repeated<T>(item: T, count: number): T[] {
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(item);
  return items;
}

export function sumOf(sizes: readonly number[]): number {
  let sum = 0;
  for (const size of sizes) sum += size;
  return sum;
}

export function bigintOf(text: string): bigint {
  if (!/^-?[0-9a-f]+$/.test(text)) throw new StateError('it has a number that is none');
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}

/** A number by its spelling; most of those that are written have one of their own. */
export function speltOf(text: string): AnyNumber {
  const number = readNumber(text);
  if (number === undefined) throw new StateError('it has a number that is none');
  return number;
}
