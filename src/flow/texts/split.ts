import { codePoints } from '../../base/code-points.ts';
import type { Value } from '../../base/value.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { within } from './limits.ts';

/** From so many parts on JavaScript's own `split` is faster; it is slow to begin. */
const MANY_PARTS = 24;

/** The parts of a text between separators, as JavaScript's `split` gives them, and null for groups that took no part. */
export function split(text: string, separator?: string | Pattern, limit?: number): readonly Value[] {
  const plain = plainSeparator(separator, limit);
  if (plain !== undefined) return splitAtText(text, plain);
  // Any list of JavaScript's is shorter than this.
  const most = limit === undefined ? 2 ** 32 - 1 : within('split', limit, 0, 2 ** 32 - 1);
  if (separator === undefined) return most === 0 ? [] : [text];
  if (separator === '') return codePoints(text).slice(0, most);
  const parts = typeof separator === 'string' ? text.split(separator, most) : separator.split(text, most);
  return Array.from(parts, (part) => part ?? null);
}

/** How many parts {@link split} gives. */
export function splitLength(text: string, separator?: string | Pattern, limit?: number): number {
  const plain = plainSeparator(separator, limit);
  return plain === undefined ? split(text, separator, limit).length : countParts(text, plain);
}

/** The part at an index from 0 of those that {@link split} gives; null beyond. */
export function splitItem(index: number, text: string, separator?: string | Pattern, limit?: number): Value {
  const plain = plainSeparator(separator, limit);
  if (plain === undefined) return split(text, separator, limit)[index] ?? null;
  let start = 0;
  for (let i = 0; i < index; i++) {
    const end = text.indexOf(plain, start);
    if (end < 0) return null;
    start = end + plain.length;
  }
  const end = text.indexOf(plain, start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
}

/** The separator where it is split at every place of one text, which is the commonest by far. */
function plainSeparator(separator: string | Pattern | undefined, limit: number | undefined): string | undefined {
  return typeof separator === 'string' && separator !== '' && limit === undefined ? separator : undefined;
}

function splitAtText(text: string, separator: string): readonly string[] {
  const count = countParts(text, separator, MANY_PARTS);
  if (count === MANY_PARTS) return text.split(separator);
  const parts = new Array<string>(count);
  let start = 0;
  for (let i = 0; i < count - 1; i++) {
    const end = text.indexOf(separator, start);
    parts[i] = text.slice(start, end);
    start = end + separator.length;
  }
  parts[count - 1] = text.slice(start);
  return parts;
}

/** How many parts a text has, counted up to `most`. */
function countParts(text: string, separator: string, most = Number.POSITIVE_INFINITY): number {
  let count = 1;
  let at = text.indexOf(separator);
  for (; at >= 0 && count < most; at = text.indexOf(separator, at + separator.length)) count++;
  return count;
}
