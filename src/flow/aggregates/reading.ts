import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { aKind, type Value } from '../../base/value.ts';
import type { Aggregate, ReadingAggregate } from '../batch/grouping.ts';
import type { Lambda } from '../parameters.ts';

/** An aggregate of what `read` takes of each record. */
export function reading<S, X>(
  read: (record: Value) => X,
  rest: Omit<Aggregate<S>, 'add'> & { put(state: S, read: X): S },
): ReadingAggregate<S, X> {
  return { ...rest, read, add: (state, record) => rest.put(state, read(record)) };
}

/** How much of a value is shown where it is no number. */
const SHOWN = 60;

/** Reads a number: an integer beyond 2^53 becomes a double, null stays null, and anything else is bad. `word` is named in the reason. */
export function numberOf(word: string, f: Lambda): (record: Value) => number | null {
  return (record) => {
    const value = f(record);
    if (typeof value === 'number' || value === null) return value;
    if (typeof value === 'bigint') {
      const double = Number(value);
      if (Number.isFinite(double)) return double;
      throw new BadRecord(`${word} was given a number too large for a double`);
    }
    throw new BadRecord(`${word} needs numbers and was given ${aKind(value)}`, toJson(value).slice(0, SHOWN));
  };
}
