import type { Value } from '../../base/value.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { reading } from '../groups/reading.ts';

export const first = defineAggregate({
  name: 'first',
  summary: 'The value of the first record',
  docs: 'In order of arrival. A null counts like any value; null also where there are no records.',
  examples: [{ program: 'words | aggregate({first: first(_)})', in: 'b a c', out: '{"first":"b"}' }],
  parameters: { f: lambda('the value of a record') },
  gives: (_args, results) => results.f!,
  create: ({ f }) =>
    // Nothing yet is undefined, since null is a value.
    reading(f, {
      zero: (): Value | undefined => undefined,
      put: (state, value) => (state === undefined ? value : state),
      merge: (into, from) => (into === undefined ? from : into),
      result: (state) => state ?? null,
    }),
});
