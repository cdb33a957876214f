import { compare } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { Compiled } from '../define/compiled.ts';
import type { ReadingAggregate } from '../define/grouping.ts';
import { reading } from './reading.ts';

/** The value that comes first (`sign` 1) or last (-1) in the order of `sort`, the earlier of equal ones. Nulls are passed over. */
export function extreme(f: Compiled, sign: 1 | -1): ReadingAggregate<Value, Value> {
  const better = (kept: Value, value: Value): Value => {
    if (value === null) return kept;
    return kept === null || compare(value, kept) * sign < 0 ? value : kept;
  };
  // No value is kept as null, which no value that counts can be.
  return reading(f, {
    zero: () => null,
    put: better,
    merge: better,
    result: (state) => state,
    faster: { keeps: sign },
  });
}

/** What is kept of a record: what decides, and the value that is asked for. */
type Ranked = readonly [by: Value, value: Value];

/** What `f` gives of the record for which `by` gives the value that comes first (`sign` 1) or last (-1), of the earlier record where it gives equal ones. Records for which it gives null are passed over. */
export function extremeBy(f: Compiled, by: Compiled, sign: 1 | -1): ReadingAggregate<Ranked | null, Ranked> {
  const better = (kept: Ranked | null, ranked: Ranked | null): Ranked | null => {
    if (ranked === null || ranked[0] === null) return kept;
    return kept === null || compare(ranked[0], kept[0]) * sign < 0 ? ranked : kept;
  };
  const read = (record: Value): Ranked => [by.call(record), f.call(record)];
  return {
    zero: () => null,
    read,
    put: better,
    add: (kept, record) => better(kept, read(record)),
    merge: better,
    result: (kept) => kept?.[1] ?? null,
  };
}
