import { compare, type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { Compiled } from '../define/compiled.ts';
import type { ReadingAggregate } from '../define/grouping.ts';
import { reading } from './reading.ts';

/** How often each value occurs, under what tells it apart; an earlier one of the same content stays. */
export type ValueCounts = Map<Identity, [value: Value, count: number]>;

/** An aggregate of how often each of the values occurs that `f` gives. Nulls are passed over; every different value is kept. */
export function countingValues(
  f: Compiled,
  result: (counts: ValueCounts) => Value,
): ReadingAggregate<ValueCounts, Value> {
  const add = (counts: ValueCounts, id: Identity, value: Value, count: number) => {
    const known = counts.get(id);
    if (known === undefined) counts.set(id, [value, count]);
    else known[1] += count;
  };
  return reading(f, {
    zero: () => new Map(),
    put(counts, value) {
      if (value !== null) add(counts, identity(value), value, 1);
      return counts;
    },
    merge(into, from) {
      for (const [id, [value, count]] of from) add(into, id, value, count);
      return into;
    },
    grows: true,
    result,
  });
}

/** Most often first, ties by value ascending. */
export function byFrequency([a, m]: readonly [Value, number], [b, n]: readonly [Value, number]): number {
  return n - m || compare(a, b);
}
