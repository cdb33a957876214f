import { keyOf } from '../../base/field-key.ts';
import { type Type, wholeObject } from '../../base/type.ts';
import { fieldAt, type NewFields, setFieldAt, type Value } from '../../base/value.ts';
import type { Aggregate, Grouping } from '../define/grouping.ts';
import type { Key } from '../define/named-fields.ts';
import type { Column } from '../define/parameters.ts';
import type { Span } from '../define/span.ts';
import { aggregatesOf, analyticsOf, asksTime, workingOut } from './worked-out.ts';

/** The aggregates of `{n: count(), rate: sum(.errors) / count()}` as one, each once; its result is the object of the columns. */
interface Composite extends Aggregate<unknown[]> {
  /** Sets the columns as fields of `target`, behind those it has. Throws BadRecord, where a function over the aggregates fails. */
  fill(target: NewFields, state: unknown[], span: Span): void;
  /** The results of the aggregates alone. */
  results(state: unknown[], span: Span): Value[];
}

export function composite(columns: readonly Pick<Column, 'name' | 'value'>[]): Composite {
  const parts = aggregatesOf(columns).map(({ aggregate }) => aggregate);
  const workOut = workingOut(columns);
  // All is read before anything is put, so that a record that one of them refuses leaves no trace in the others.
  const read: unknown[] = parts.map(() => undefined);
  const keys = columns.map(({ name }) => keyOf(name));
  const results = (state: unknown[], span: Span) => parts.map((part, i) => part.result(state[i], span));
  const fill = (target: NewFields, state: unknown[], span: Span) => {
    const values = workOut(results(state, span));
    for (let i = 0; i < keys.length; i++) setFieldAt(target, keys[i]!, values[i]!);
  };
  return {
    zero: () => parts.map((part) => part.zero()),
    add(state, record) {
      for (let i = 0; i < parts.length; i++) read[i] = parts[i]!.read(record);
      for (let i = 0; i < parts.length; i++) state[i] = parts[i]!.put(state[i], read[i]);
      return state;
    },
    merge(into, from) {
      for (let i = 0; i < parts.length; i++) into[i] = parts[i]!.merge(into[i], from[i]);
      return into;
    },
    result(state, span) {
      const object: NewFields = {};
      fill(object, state, span);
      return object;
    },
    parts,
    grows: parts.some((part) => part.grows === true),
    usesSpan: parts.some((part) => part.usesSpan === true) || asksTime(columns),
    fill,
    results,
  };
}

/**
 * Groups records and gives an object of the columns for each group, or of all records where there is no key. Where some of the columns look at other results,
 * it gives lists of the key and the results of the aggregates, for the stage behind it that works these out.
 */
export function columnGrouping(key: Key | undefined, columns: readonly Column[]): Grouping<unknown[]> {
  const aggregate = composite(columns);
  const isUnfinished = analyticsOf(columns).length > 0;
  return {
    ...(key === undefined ? { emitsEmpty: true } : { key: key.of }),
    aggregate,
    emit(value, state, span, out) {
      if (isUnfinished) return out([value, ...aggregate.results(state, span)]);
      const object = key === undefined ? {} : columnsOf(key, value);
      aggregate.fill(object, state, span);
      out(object);
    },
  };
}

/** A new object of the columns that a key's value stands for, to which aggregates can be added. */
export function columnsOf(key: Key, value: Value): NewFields {
  const object: NewFields = {};
  for (const { name } of key.columns) {
    const column = keyOf(name);
    setFieldAt(object, column, key.isObject ? fieldAt(value, column) : value);
  }
  return object;
}

/** The type of what comes out where records are grouped: the key's columns, if there is a key, then the aggregates. */
export function columnTypes(key: Key | undefined, columns: readonly Column[]): Type {
  return wholeObject([...(key?.columns ?? []), ...columns].map(({ name, type }) => [name, type]));
}
