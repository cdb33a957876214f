import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { extreme } from '../groups/extreme.ts';

export const max = defineAggregate({
  name: 'max',
  summary: 'The largest value',
  docs: 'Of numbers, texts, or any values, in the order of `sort`. Nulls are passed over; null where there is nothing else.',
  examples: [{ program: 'json | aggregate({most: max(.ms)})', in: '{"ms":20}\n{}\n{"ms":3}', out: '{"most":20}' }],
  parameters: { f: lambda('the value of a record') },
  gives: (_args, results) => results.f!,
  create: ({ f }) => extreme(f, -1),
});
