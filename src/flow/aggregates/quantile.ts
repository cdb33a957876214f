import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import type { Compiled } from '../define/compiled.ts';
import type { ReadingAggregate } from '../define/grouping.ts';
import { lambda, number } from '../define/parameters.ts';
import { readingNumbers } from '../groups/reading.ts';
import {
  addAllToDDSketch,
  addToDDSketch,
  type DDSketch,
  emptyDDSketch,
  mergeDDSketches,
  quantileOf,
  subtractDDSketch,
} from '../sketches/ddsketch.ts';

/** The quantile `q` (0 to 1) of what `f` gives; `word` is named where that is no number. */
export function quantileBy(word: string, f: Compiled, q: number): ReadingAggregate<DDSketch, number | null> {
  return readingNumbers(word, f, {
    zero: emptyDDSketch,
    put(state, x) {
      return x === null ? state : addToDDSketch(state, x);
    },
    faster: { putMany: addAllToDDSketch },
    merge: mergeDDSketches,
    subtract: subtractDDSketch,
    result: (state) => quantileOf(state, q),
  });
}

export const quantile = defineAggregate({
  name: 'quantile',
  summary: 'The number that a share q of all numbers does not exceed, within 1 %',
  synonyms: ['percentile'],
  docs: 'The least number of those given that at least a share `q` of them (0 to 1) does not exceed: no mean of two neighbours, so that 0.5 of 1, 2, 3, 4 is 2. Exact up to 64 numbers, then at most 1 % away from the true number (DDSketch). Nulls are passed over; null where there are no numbers. It needs about 1 kB for each power of ten that the numbers span; `exactQuantile` keeps them all.',
  examples: [{ program: 'map(number) | aggregate({low: quantile(_, 0.25)})', in: '40\n10\n30\n20', out: '{"low":10}' }],
  parameters: {
    f: lambda('the number of a record'),
    q: number('the share, from 0 (the least) to 1 (the most)', { least: 0, most: 1 }),
  },
  gives: () => NUMBER,
  create: ({ f, q }) => quantileBy('quantile', f, q),
});
