import { fieldsOf } from '../../base/fields.ts';
import { listOf, NUMBER, objectOf } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { defineAggregate } from '../define/aggregate.ts';
import type { Compiled } from '../define/compiled.ts';
import type { ReadingAggregate } from '../define/grouping.ts';
import { constant, lambda } from '../define/parameters.ts';
import { readingNumbers } from '../groups/reading.ts';
import { binOf, startOf, widthUpTo } from '../sketches/bin-width.ts';

/** The most bins. */
const MOST = 1000;
/** What is smaller counts as 0, what is larger as this: beyond them, borders are no numbers any more. */
const LEAST = 1e-300;
const LARGEST = 1e300;

function bin(from: number | null, to: number | null, count: number): Value {
  return fieldsOf([
    ['from', from],
    ['to', to],
    ['count', count],
  ]);
}

/** Which of these borders a number is at or behind, from 0, where it is before all of them. */
function placeIn(borders: readonly number[], x: number): number {
  let [low, high] = [0, borders.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (borders[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bins between given borders, and one before and behind all of them. */
function between(f: Compiled, borders: readonly number[]): ReadingAggregate<number[], number | null> {
  const addAll = (into: number[], from: readonly number[], sign: 1 | -1) => {
    for (let i = 0; i < into.length; i++) into[i]! += sign * from[i]!;
    return into;
  };
  return readingNumbers('histogram', f, {
    zero: () => new Array<number>(borders.length + 1).fill(0),
    put(state, x) {
      if (x !== null) state[placeIn(borders, x)]!++;
      return state;
    },
    merge: (into, from) => addAll(into, from, 1),
    subtract: (state, oldest) => addAll(state, oldest, -1),
    result: (state) => state.map((count, i) => bin(borders[i - 1] ?? null, borders[i] ?? null, count)),
  });
}

/** Bins of one width, 1, 2 or 5 times a power of ten, about as many as asked for. */
function ofWidth(f: Compiled, most: number): ReadingAggregate<Map<number, number>, number | null> {
  const add = (state: Map<number, number>, x: number, count: number) => {
    const all = (state.get(x) ?? 0) + count;
    if (all === 0) state.delete(x);
    else state.set(x, all);
  };
  const addAll = (into: Map<number, number>, from: ReadonlyMap<number, number>, sign: 1 | -1) => {
    for (const [x, count] of from) add(into, x, sign * count);
    return into;
  };
  return readingNumbers('histogram', f, {
    zero: () => new Map<number, number>(),
    put(state, x) {
      if (x !== null) add(state, Math.abs(x) < LEAST ? 0 : Math.max(-LARGEST, Math.min(LARGEST, x)), 1);
      return state;
    },
    merge: (into, from) => addAll(into, from, 1),
    subtract: (state, oldest) => addAll(state, oldest, -1),
    grows: true,
    result: (state) => binned(state, most),
  });
}

function binned(counts: ReadonlyMap<number, number>, most: number): Value {
  if (counts.size === 0) return [];
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const x of counts.keys()) {
    least = Math.min(least, x);
    largest = Math.max(largest, x);
  }
  const size = Math.max(Math.abs(least), Math.abs(largest));
  const wanted = largest > least ? (largest - least) / most : size / 10;
  const width = widthUpTo(size, wanted);
  const first = binOf(least, width);
  const bins = new Array<number>(binOf(largest, width) - first + 1).fill(0);
  for (const [x, count] of counts) bins[binOf(x, width) - first]! += count;
  return bins.map((count, i) => bin(startOf(first + i, width), startOf(first + i + 1, width), count));
}

function checkBins(bins: Value): string | undefined {
  if (typeof bins === 'number' && Number.isInteger(bins) && bins >= 1 && bins <= MOST) return undefined;
  const isAscending = (x: Value, i: number, all: readonly Value[]) =>
    typeof x === 'number' && (i === 0 || x > (all[i - 1] as number));
  if (Array.isArray(bins) && bins.length >= 1 && bins.length <= MOST && bins.every(isAscending)) return undefined;
  return `a whole number from 1 to ${MOST} is expected, or the borders as a list of numbers that ascend`;
}

export const histogram = defineAggregate({
  name: 'histogram',
  summary: 'How many numbers there are in each range',
  synonyms: ['buckets', 'distribution'],
  docs: `A list of \`{from, to, count}\` in ascending order, \`to\` not included. \`bins\` is about how many there should be: they are of one width, 1, 2 or 5 times a power of ten, and every different number is kept; or it is the list of their borders, beyond which there is a range without \`from\` and one without \`to\`, and only counts are kept. Nulls are passed over. \`chart("histogram", .ms)\` draws one.`,
  examples: [
    {
      program: 'json | aggregate({ms: histogram(.ms, 2)})',
      in: '{"ms":3}\n{"ms":20}\n{"ms":7}',
      out: '{"ms":[{"from":0,"to":10,"count":2},{"from":10,"to":20,"count":0},{"from":20,"to":30,"count":1}]}',
    },
    {
      program: 'json | aggregate({ms: histogram(.ms, [5, 10])})',
      in: '{"ms":3}\n{"ms":20}\n{"ms":7}',
      out: '{"ms":[{"from":null,"to":5,"count":1},{"from":5,"to":10,"count":1},{"from":10,"to":null,"count":1}]}',
    },
  ],
  parameters: {
    f: lambda('the number of a record'),
    bins: constant('about how many ranges, or their borders').checked(checkBins).or(10),
  },
  gives: () => listOf(objectOf({ from: NUMBER, to: NUMBER, count: NUMBER })),
  create: ({ f, bins }) =>
    (Array.isArray(bins) ? between(f, bins as number[]) : ofWidth(f, bins as number)) as ReadingAggregate,
});
