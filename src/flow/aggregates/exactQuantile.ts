import { compare } from '../../base/compare.ts';
import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda, number } from '../define/parameters.ts';
import { readingExactly } from '../groups/reading.ts';
import { rankOf } from '../sketches/ddsketch.ts';

/** Numbers by size; most are doubles, which a typed list sorts in a fraction of the time. */
function inOrder(numbers: readonly (number | bigint)[]): ArrayLike<number | bigint> {
  const isDouble = (x: number | bigint) => typeof x === 'number';
  return numbers.every(isDouble) ? Float64Array.from(numbers).sort() : numbers.toSorted(compare);
}

export const exactQuantile = defineAggregate({
  name: 'exactQuantile',
  summary: 'The number that a share q of all numbers does not exceed',
  synonyms: ['percentile', 'median'],
  docs: 'As `quantile`, but always one of the numbers given, and it keeps them all. Nulls are passed over; null where there are no numbers.',
  examples: [
    { program: 'map(number) | aggregate({low: exactQuantile(_, 0.25)})', in: '40\n10\n30\n20', out: '{"low":10}' },
  ],
  parameters: {
    f: lambda('the number of a record'),
    q: number('the share, from 0 (the least) to 1 (the most)', { least: 0, most: 1 }),
  },
  gives: () => NUMBER,
  create: ({ f, q }) =>
    readingExactly('exactQuantile', f, {
      zero: (): (number | bigint)[] => [],
      put(state, x) {
        if (x !== null) state.push(x);
        return state;
      },
      merge(into, from) {
        for (const x of from) into.push(x);
        return into;
      },
      grows: true,
      result: (state) => (state.length === 0 ? null : inOrder(state)[rankOf(q, state.length) - 1]!),
    }),
});
