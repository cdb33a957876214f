import { listOf } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { defineAggregate } from '../define/aggregate.ts';
import type { Compiled } from '../define/compiled.ts';
import type { ReadingAggregate } from '../define/grouping.ts';
import { lambda, whole } from '../define/parameters.ts';
import { firstArrived } from '../groups/arrived.ts';
import { reading } from '../groups/reading.ts';

/** The value of one record. Nothing yet is undefined, since null is a value. */
function one(f: Compiled): ReadingAggregate<Value | undefined, Value> {
  return reading(f, {
    zero: (): Value | undefined => undefined,
    put: (state, value) => (state === undefined ? value : state),
    merge: (into, from) => (into === undefined ? from : into),
    result: (state) => state ?? null,
  });
}

export const first = defineAggregate({
  name: 'first',
  summary: 'The value of the first record, or the list of those of the first n',
  docs: 'In order of arrival. A null counts like any value. Where there are no records it is null, and with `n` the empty list.',
  examples: [
    { program: 'words | aggregate({first: first(_)})', in: 'b a c', out: '{"first":"b"}' },
    { program: 'words | aggregate({first: first(2, _)})', in: 'b a c', out: '{"first":["b","a"]}' },
  ],
  parameters: { n: whole('how many, as a list', { least: 1 }).optional(), f: lambda('the value of a record') },
  gives: ({ n }, results) => (n === undefined ? results.f! : listOf(results.f!)),
  create: ({ n, f }) => (n === undefined ? one(f) : reading(f, firstArrived(n))) as ReadingAggregate,
});
