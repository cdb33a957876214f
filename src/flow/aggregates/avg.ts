import { addAllToSum, addToSum, divideSum, emptySum, mergeSums, subtractSums } from '../../base/exact-sum.ts';
import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { readingAmounts } from '../groups/reading.ts';

export const avg = defineAggregate({
  name: 'avg',
  aliases: ['mean', 'average'],
  summary: 'The mean of numbers',
  docs: 'Nulls are passed over; null where there are no numbers. A boolean counts 0 or 1: `avg(.status >= 500)` is the part of errors. It is worked out without error and rounded once at the end, so that it does not depend on order.',
  examples: [{ program: 'json | aggregate({mean: avg(.ms)})', in: '{"ms":1}\n{}\n{"ms":2}', out: '{"mean":1.5}' }],
  parameters: { f: lambda('the number of a record') },
  gives: () => NUMBER,
  create: ({ f }) =>
    readingAmounts('avg', f, {
      zero: () => ({ count: 0, sum: emptySum() }),
      put(state, x) {
        if (x === null) return state;
        state.count++;
        state.sum = addToSum(state.sum, x);
        return state;
      },
      faster: {
        putMany(state, numbers, count) {
          state.count += count;
          state.sum = addAllToSum(state.sum, numbers, count);
          return state;
        },
      },
      merge(into, from) {
        into.count += from.count;
        into.sum = mergeSums(into.sum, from.sum);
        return into;
      },
      subtract(state, oldest) {
        state.count -= oldest.count;
        state.sum = subtractSums(state.sum, oldest.sum);
        return state;
      },
      result({ count, sum }) {
        if (count === 0) return null;
        // The mean of numbers is never beyond the range of doubles, though their sum may be.
        return divideSum(sum, count);
      },
    }),
});
