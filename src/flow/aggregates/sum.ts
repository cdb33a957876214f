import { addAllToSum, addToSum, emptySum, mergeSums, roundSum, subtractSums } from '../../base/exact-sum.ts';
import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { readingAmounts } from '../groups/reading.ts';

export const sum = defineAggregate({
  name: 'sum',
  summary: 'The sum of numbers',
  docs: 'Nulls are passed over; 0 where there are no numbers. A boolean counts 0 or 1: `sum(.status >= 500)` says how many. It is worked out without error, also of integers beyond 2^53, and rounded once at the end, so that it does not depend on order: `0.1 + 0.2 + 0.3` is 0.6. Null where it is beyond the range of doubles.',
  examples: [
    {
      program: 'json | aggregate({errors: sum(.status >= 500)})',
      in: '{"status":200}\n{"status":503}',
      out: '{"errors":1}',
    },
    { program: 'json | aggregate({total: sum(.ms)})', in: '{"ms":1.5}\n{}\n{"ms":2}', out: '{"total":3.5}' },
    { program: 'map(number) | aggregate({total: sum(_)})', in: '0.1\n0.2\n0.3', out: '{"total":0.6}' },
  ],
  parameters: { f: lambda('the number of a record') },
  gives: () => NUMBER,
  create: ({ f }) =>
    readingAmounts('sum', f, {
      zero: emptySum,
      put: (state, x) => (x === null ? state : addToSum(state, x)),
      faster: { putMany: addAllToSum },
      merge: mergeSums,
      subtract: subtractSums,
      result: roundSum,
    }),
});
