import { listOf } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { reading } from '../groups/reading.ts';

export const list = defineAggregate({
  name: 'list',
  summary: 'The list of all values',
  docs: 'In order of arrival, nulls included; empty where there are no records. It keeps every value.',
  examples: [{ program: 'words | aggregate({all: list(_)})', in: 'b a b', out: '{"all":["b","a","b"]}' }],
  parameters: { f: lambda('the value of a record') },
  gives: (_args, results) => listOf(results.f!),
  create: ({ f }) =>
    reading(f, {
      zero: (): Value[] => [],
      put(state, value) {
        state.push(value);
        return state;
      },
      merge(into, from) {
        for (const value of from) into.push(value);
        return into;
      },
      grows: true,
      result: (state) => state.slice(),
    }),
});
