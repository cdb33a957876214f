import { type FieldKey, keyOf } from './field-key.ts';
import { SpeltNumber } from './spelt-number.ts';

/**
 * The values that flow: JSON's, integers that a double cannot hold, and numbers that keep the spelling of a text.
 *
 * A record is any of these. `undefined`, NaN and Infinity never occur. An integer beyond 2^53 is a
 * `bigint`: it keeps its digits while it is carried, compared, grouped by or printed.
 * Values are never changed in place by anyone who did not make them.
 */
export type Value = null | boolean | AnyNumber | string | readonly Value[] | Fields;

/** All that is called a number; most are plain ones. */
export type AnyNumber = number | bigint | SpeltNumber;

/**
 * An object record. Its fields are in the order in which they were made, under keys rather than names, and may be called `__proto__` and
 * the like; `fields.ts` has what reads and makes one. In our own code a literal is one as well, if no name of it is a number.
 */
export type Fields = KeyedFields | LiteralFields;

interface KeyedFields {
  readonly [key: FieldKey]: Value;
  /** Keeps an object that was made of names from being taken for one. */
  readonly [number: `${number}`]: never;
}

interface LiteralFields {
  readonly [key: FieldKey]: Value;
  readonly [name: string]: Value;
  readonly [number: `${number}`]: never;
}

/** An object that is being made. */
export type NewFields = { [key: FieldKey]: Value; [number: `${number}`]: never };

/** A list of two, `[key, value]`. */
export type Pair = readonly [key: Value, value: Value];

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isFields(value: Value): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SpeltNumber);
}

export function isNumber(value: Value): value is AnyNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof SpeltNumber;
}

export function isPair(value: Value): value is Pair {
  return Array.isArray(value) && value.length === 2;
}

/** The own field of an object, null where it has none, or where the value is not an object. Never the host's. */
export function field(value: Value, name: string): Value {
  return fieldAt(value, keyOf(name));
}

/** The same by its key. */
export function fieldAt(value: Value, key: FieldKey): Value {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key) || Array.isArray(value)) return null;
  return (value as Fields)[key]!;
}

/** Sets a field of an object that is being made: in its place where there is one of that name, else behind all others. */
export function setField(target: NewFields, name: string, value: Value): void {
  setFieldAt(target, keyOf(name), value);
}

/** The same by its key. `__proto__` becomes an ordinary field. */
export function setFieldAt(target: NewFields, key: FieldKey, value: Value): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** What a value is called in messages: `null`, `boolean`, `number`, `string`, `list`, `object`. */
export function kindOf(value: Value): 'null' | 'boolean' | 'number' | 'string' | 'list' | 'object' {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  const kind = typeof value;
  if (kind === 'bigint' || value instanceof SpeltNumber) return 'number';
  return kind as 'boolean' | 'number' | 'string' | 'object';
}

/** What kind of value it is, for messages: `a number`, `an object`, `null`. */
export function aKind(value: Value): string {
  const kind = kindOf(value);
  return kind === 'null' ? kind : `${kind === 'object' ? 'an' : 'a'} ${kind}`;
}

/** Whether a value counts as true in a condition: null, false, 0 however it is spelt, and "" do not. */
export function isTruthy(value: Value): boolean {
  return value instanceof SpeltNumber ? value.valueOf() !== 0 : Boolean(value);
}
