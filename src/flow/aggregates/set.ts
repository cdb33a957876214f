import { type Identity, identity } from '../../base/compare.ts';
import { listOf } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { reading } from '../groups/reading.ts';

/** Each value under what tells it apart; an earlier one stays. */
function put(state: Map<Identity, Value>, value: Value): Map<Identity, Value> {
  if (value === null) return state;
  const id = identity(value);
  if (!state.has(id)) state.set(id, value);
  return state;
}

export const set = defineAggregate({
  name: 'set',
  summary: 'The list of the different values',
  docs: 'Each once, in the order first seen. Nulls are passed over; empty where there is nothing else. It keeps every different value.',
  examples: [{ program: 'words | aggregate({all: set(_)})', in: 'b a b', out: '{"all":["b","a"]}' }],
  parameters: { f: lambda('the value of a record') },
  gives: (_args, results) => listOf(results.f!),
  create: ({ f }) =>
    reading(f, {
      zero: () => new Map<Identity, Value>(),
      put,
      merge(into, from) {
        for (const value of from.values()) put(into, value);
        return into;
      },
      grows: true,
      result: (state) => [...state.values()],
    }),
});
