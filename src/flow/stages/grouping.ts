import { BadRecord } from '../../base/problem.ts';
import { isPair, type Pair, type Value } from '../../base/value.ts';
import type { Aggregate, Grouping } from '../batch/grouping.ts';

/** The record as a pair; anything else is bad. */
export function pair(record: Value): Pair {
  if (isPair(record)) return record;
  throw new BadRecord('not a pair [key, value]');
}

/** Groups pairs by their key and gives `[key, result]`; the aggregate is given the values alone. */
export function byKey<S>(values: Aggregate<S>): Grouping<S> {
  return {
    key: (record) => pair(record)[0],
    aggregate: { ...values, add: (state, record) => values.add(state, pair(record)[1]) },
    emit: (key, state, span, out) => out([key, values.result(state, span)]),
  };
}

/** Combines values two by two in order; nothing yet is undefined. */
export function reducing(f: (a: Value, b: Value) => Value): Aggregate<Value | undefined> {
  return {
    zero: () => undefined,
    add: (state, value) => (state === undefined ? value : f(state, value)),
    merge: (into, from) => (into === undefined ? from : from === undefined ? into : f(into, from)),
    result: (state) => state ?? null,
  };
}
