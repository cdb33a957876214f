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
  return reading(f, { zero: () => null, put: better, merge: better, result: (state) => state });
}
