import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import { aKind, isTruthy, type Value } from '../../base/value.ts';
import type { Compiled, Lambda } from '../define/compiled.ts';
import type { FasterAggregate, ReadingAggregate } from '../define/grouping.ts';
import { makesNumber } from '../texts/as-number.ts';

type Putting<S, X> = Omit<ReadingAggregate<S, X>, 'add' | 'read' | 'faster'> & {
  readonly faster?: Pick<FasterAggregate<S>, 'putMany' | 'keeps'>;
};

/** An aggregate of what `f` gives of each record. */
export function reading<S>(f: Compiled, rest: Putting<S, Value>): ReadingAggregate<S, Value> {
  return { ...rest, ...readBy(f.call, rest), faster: { ...rest.faster, reads: { of: f, as: 'values' } } };
}

/** An aggregate to which it matters only that there was a record. */
export function readingNothing<S>(rest: Putting<S, null>): ReadingAggregate<S, null> {
  return { ...rest, ...readBy(() => null, rest), faster: { ...rest.faster, reads: 'nothing' } };
}

/** The same of how many records a condition is true of: only these are put. */
export function readingCondition<S>(f: Compiled, rest: Putting<S, null>): ReadingAggregate<S, boolean> {
  const { call } = f;
  const put = (state: S, isTrue: boolean) => (isTrue ? rest.put(state, null) : state);
  const truth = { ...rest, put };
  return {
    ...truth,
    ...readBy((record) => isTruthy(call(record)), truth),
    faster: { ...rest.faster, reads: { of: f, as: 'truth' } },
  };
}

/** An aggregate of the numbers that `f` gives, as doubles; null stays null, and anything else is bad. `word` is named in the reason. */
export function readingNumbers<S>(
  word: string,
  f: Compiled,
  rest: Putting<S, number | null>,
): ReadingAggregate<S, number | null> {
  const read = numberOf(word, f.call);
  const double = (record: Value) => {
    const number = read(record);
    return typeof number === 'bigint' ? Number(number) : number;
  };
  return { ...rest, ...readBy(double, rest), faster: { ...rest.faster, reads: { of: f, as: 'numbers' } } };
}

/** The same of all their digits, where what is rounded is the result alone. */
export function readingExactly<S>(
  word: string,
  f: Compiled,
  rest: Putting<S, number | bigint | null>,
): ReadingAggregate<S, number | bigint | null> {
  return {
    ...rest,
    ...readBy(numberOf(word, f.call), rest),
    faster: { ...rest.faster, reads: { of: f, as: 'numbers' } },
  };
}

/** As {@link readingExactly}, but a boolean counts 0 or 1, so that a sum is how often something holds, and a mean how large its part is. */
export function readingAmounts<S>(
  word: string,
  f: Compiled,
  rest: Putting<S, number | bigint | null>,
): ReadingAggregate<S, number | bigint | null> {
  const { call } = f;
  const amount: Lambda = (record) => {
    const value = call(record);
    return typeof value === 'boolean' ? Number(value) : value;
  };
  return {
    ...rest,
    ...readBy(numberOf(word, amount), rest),
    faster: { ...rest.faster, reads: { of: f, as: 'amounts' } },
  };
}

function readBy<S, X>(
  read: (record: Value) => X,
  { put }: Putting<S, X>,
): Pick<ReadingAggregate<S, X>, 'read' | 'add'> {
  return { read, add: (state, record) => put(state, read(record)) };
}

/** How much of a value is shown where it is no number. */
const SHOWN = 60;

/** Reads a number that is within the range of doubles; null stays null, and anything else is bad. `word` is named in the reason. */
function numberOf(word: string, f: Lambda): (record: Value) => number | bigint | null {
  return (record) => {
    const value = f(record);
    if (typeof value === 'number' || value === null) return value;
    if (value instanceof SpeltNumber) return value.valueOf();
    if (typeof value === 'bigint') {
      if (Number.isFinite(Number(value))) return value;
      throw new BadRecord(`${word} was given a number too large for a double`);
    }
    throw new BadRecord(
      `${word} needs numbers and was given ${aKind(value)}`,
      toJson(value).slice(0, SHOWN) + makesNumber(value),
    );
  };
}
