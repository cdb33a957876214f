import type { Value } from '../../base/value.ts';
import type { Batch } from './batch.ts';

/** What is to be done to the rows of one batch so that they are those of the next. */
export interface Changes {
  /** Keys of rows that are gone. */
  readonly gone: readonly string[];
  /** Rows that are new or other than they were, with their keys. */
  readonly keys: readonly string[];
  readonly rows: readonly Value[];
  /** For each of these its place in the next batch, from 0, to be put there one after the other when they and those that are gone were taken out; absent where rows have no order: then each takes the place of the one with its key, or the end. */
  readonly at?: readonly number[];
}

/** So many rows may have to be put again only because they stand elsewhere, beside those that changed, until it is taken that rows have no order. */
const MOST_MOVED = 20;

/**
 * The changes between two batches that share the rows that are as they were.
 *
 * @param hasOrder whether the order of rows counts.
 * @returns undefined where that cannot be told since something has no key, and 'reordered' where the order of too many rows is another one.
 */
export function changesBetween(before: Batch, after: Batch, hasOrder: boolean): Changes | 'reordered' | undefined {
  if (before.keys === undefined || after.keys === undefined) return undefined;
  const places = new Map(before.keys.map((key, place) => [key, place]));
  /** The places before of rows that stay, in the order of the next batch, and where they are in it. */
  const kept: number[] = [];
  const keptAt: number[] = [];
  const put: number[] = [];
  for (const [i, key] of after.keys.entries()) {
    const place = places.get(key);
    places.delete(key);
    if (place !== undefined && before.records[place] === after.records[i]) {
      kept.push(place);
      keptAt.push(i);
    } else put.push(i);
  }
  const gone = [...places.keys()];
  const changes = (at: readonly number[]) => ({
    gone,
    keys: at.map((i) => after.keys![i]!),
    rows: at.map((i) => after.records[i]!),
  });
  if (!hasOrder) return changes(put);
  const moved = outOfOrder(kept).map((i) => keptAt[i]!);
  if (moved.length > MOST_MOVED + put.length) return 'reordered';
  const all = moved.length === 0 ? put : [...put, ...moved].sort((a, b) => a - b);
  return { ...changes(all), at: all };
}

/** Which of some numbers have to be taken out, by their places, so that the others rise: as few as can be (patience sorting). */
function outOfOrder(numbers: readonly number[]): readonly number[] {
  if (numbers.every((number, i) => i === 0 || number > numbers[i - 1]!)) return [];
  /** Of the rising runs of each length, the place of the least last number; and for each place the one in front of it. */
  const lasts: number[] = [];
  const fronts: number[] = [];
  for (const [i, number] of numbers.entries()) {
    let low = 0;
    let high = lasts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[lasts[middle]!]! < number) low = middle + 1;
      else high = middle;
    }
    fronts.push(low === 0 ? -1 : lasts[low - 1]!);
    lasts[low] = i;
  }
  const stays = new Set<number>();
  for (let i = lasts.at(-1) ?? -1; i >= 0; i = fronts[i]!) stays.add(i);
  return [...numbers.keys()].filter((i) => !stays.has(i));
}
