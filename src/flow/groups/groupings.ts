import { BadRecord } from '../../base/problem.ts';
import { isPair, type Pair, type Value } from '../../base/value.ts';
import { type Compiled, opaque } from '../define/compiled.ts';
import type { Aggregate, Grouping } from '../define/grouping.ts';
import { readingNothing } from './reading.ts';

/** The record as a pair; anything else is bad. */
export function pair(record: Value): Pair {
  if (isPair(record)) return record;
  throw new BadRecord('not a pair [key, value]');
}

/** The record itself, as `_` would be. */
export const itself = opaque((record) => record, ['given', 0, 0]);

/** The key of a pair, as `_[0]` would be. */
export const keyOfPair = opaque((record) => pair(record)[0], ['index', ['given', 0, 0], ['value', 0]]);

/** Groups pairs by their key and gives `[key, result]`; the aggregate is given the values alone. */
export function byKey<S>(values: Aggregate<S>): Grouping<S> {
  return {
    key: keyOfPair,
    // The key has been asked for by then, so it is a pair.
    aggregate: { ...values, add: (state, record) => values.add(state, (record as Pair)[1]) },
    emit: (key, state, span, out) => out([key, values.result(state, span)]),
  };
}

/** How many there were. The partial is the number itself, so that a group costs no object. */
export const counting = readingNothing<number>({
  zero: () => 0,
  put: (state) => state + 1,
  faster: { putMany: (state, _numbers, count) => state + count },
  merge: (into, from) => into + from,
  subtract: (state, oldest) => state - oldest,
  result: (state) => state,
});

/** Groups records by what `key` gives and gives `[key, how many]`. */
export function countingBy(key: Compiled): Grouping<number> {
  return { key, aggregate: counting, emit: (value, state, _span, out) => out([value, state]) };
}

/** Combines values two by two in order; nothing yet is undefined. */
export function reducing(f: (a: Value, b: Value) => Value): Aggregate<Value | undefined> {
  return combining((value) => value, f, f);
}

/** Combines values in order into something else: `create` makes it of the first one; nothing yet is undefined. */
export function combining(
  create: (value: Value) => Value,
  add: (combined: Value, value: Value) => Value,
  merge: (a: Value, b: Value) => Value,
): Aggregate<Value | undefined> {
  return {
    byProgram: true,
    zero: () => undefined,
    add: (state, value) => (state === undefined ? create(value) : add(state, value)),
    merge: (into, from) => (into === undefined ? from : from === undefined ? into : merge(into, from)),
    result: (state) => state ?? null,
  };
}

/** Keeps what `keep` makes of each record, in order of arrival. */
export function collecting<T>(keep: (record: Value) => T, result: (kept: readonly T[]) => Value): Aggregate<T[]> {
  return {
    zero: () => [],
    add(state, record) {
      state.push(keep(record));
      return state;
    },
    merge(into, from) {
      // One by one: spreading a long list into arguments overflows the stack.
      for (const item of from) into.push(item);
      return into;
    },
    // A copy, since the partial may go on growing.
    result: (state) => result(state.slice()),
    grows: true,
  };
}

/** What stands for the aggregation where there is none: the records themselves, in order of arrival. */
export const recordsThemselves: Grouping<Value[]> = {
  aggregate: collecting(
    (record) => record,
    (kept) => kept,
  ),
  emit(_key, state, _span, out) {
    for (const record of state) out(record);
  },
};
