import { compare } from '../../base/compare.ts';
import { listOf } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda, whole } from '../define/parameters.ts';
import { firstOf } from '../groups/largest.ts';
import { reading } from '../groups/reading.ts';

export const top = defineAggregate({
  name: 'top',
  summary: 'The list of the n largest values, largest first',
  docs: 'In the order of `sort`; a value that occurs twice counts twice. Nulls are passed over; empty where there is nothing else. It keeps about 2 n values.',
  examples: [
    { program: 'json | aggregate({most: top(2, .ms)})', in: '{"ms":3}\n{"ms":20}\n{"ms":7}', out: '{"most":[20,7]}' },
  ],
  parameters: { n: whole('how many', { least: 1 }), f: lambda('the value of a record') },
  gives: (_args, results) => listOf(results.f!),
  create: ({ n, f }) => {
    const largest = firstOf<Value>(n, (a, b) => compare(b, a));
    return reading(f, {
      zero: largest.zero,
      put: (state, value) => (value === null ? state : largest.put(state, value)),
      merge: largest.merge,
      result: largest.first,
    });
  },
});
