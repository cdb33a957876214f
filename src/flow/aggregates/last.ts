import type { Value } from '../../base/value.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { reading } from '../groups/reading.ts';

export const last = defineAggregate({
  name: 'last',
  summary: 'The value of the last record',
  docs: 'In order of arrival. A null counts like any value; null also where there are no records.',
  examples: [{ program: 'words | aggregate({last: last(_)})', in: 'b a c', out: '{"last":"c"}' }],
  parameters: { f: lambda('the value of a record') },
  gives: (_args, results) => results.f!,
  create: ({ f }) =>
    // Nothing yet is undefined, since null is a value.
    reading(f, {
      zero: (): Value | undefined => undefined,
      put: (_state, value) => value,
      merge: (into, from) => (from === undefined ? into : from),
      result: (state) => state ?? null,
    }),
});
