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

/** An object record. It may have own fields named `__proto__` and the like; read it with {@link field} only. */
export interface Fields {
  readonly [name: string]: Value;
}

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
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name) || Array.isArray(value)) return null;
  return (value as Fields)[name] as Value;
}

/** Sets a field of an object that is being made; `__proto__` becomes an ordinary field. */
export function setField(target: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[name] = value;
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
