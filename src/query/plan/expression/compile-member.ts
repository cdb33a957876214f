import { codePointAt, codePointLength } from '../../../base/code-points.ts';
import { type FieldKey, keyOf } from '../../../base/field-key.ts';
import { BadRecord } from '../../../base/problem.ts';
import { SpeltNumber } from '../../../base/spelt-number.ts';
import { type Fields, field, isFields, isList, kindOf, type Value } from '../../../base/value.ts';
import { type Code, constantOf, FIRST, SECOND } from './code.ts';

/** Names that values which the host has as objects have without being given them. */
function isInherited(name: string): boolean {
  return name in Object.prototype || name in Array.prototype || name in SpeltNumber.prototype;
}

/** `inner.name`. Of a parameter, the commonest, it saves a call. */
export function compileMember(inner: Code, name: string): Code {
  if (name === 'length') return (x, y, frame) => lengthOf(inner(x, y, frame));
  if (isInherited(name)) return (x, y, frame) => field(inner(x, y, frame), name);
  const key = keyOf(name);
  if (inner === FIRST) return (x) => ownField(x, key);
  if (inner === SECOND) return (_x, y) => ownField(y, key);
  return (x, y, frame) => ownField(inner(x, y, frame), key);
}

/** As {@link fieldAt}, for what nothing has from the host. */
function ownField(value: Value, key: FieldKey): Value {
  if (typeof value !== 'object' || value === null) return null;
  const found = (value as Fields)[key];
  return found === undefined ? null : found;
}

function lengthOf(value: Value): Value {
  if (typeof value === 'string') return codePointLength(value);
  return isList(value) ? value.length : field(value, 'length');
}

/** `inner[index]`. @param called what the index is called in reasons. */
export function compileIndex(inner: Code, index: Code, called: string): Code {
  const constant = constantOf(index);
  if (typeof constant === 'string') return compileMember(inner, constant);
  if (typeof constant !== 'number') return (x, y, frame) => itemAt(inner(x, y, frame), index(x, y, frame), called);
  if (inner === FIRST) return (x) => numberedItem(x, constant);
  if (inner === SECOND) return (_x, y) => numberedItem(y, constant);
  return (x, y, frame) => numberedItem(inner(x, y, frame), constant);
}

function itemAt(value: Value, at: Value, called: string): Value {
  if (value === null || at === null) return null;
  if (typeof at === 'number') return numberedItem(value, at);
  if (typeof at === 'string') return at === 'length' ? lengthOf(value) : field(value, at);
  if (typeof at === 'bigint') return field(value, String(at));
  // A member by the spelling, an item by the number.
  if (at instanceof SpeltNumber) return isFields(value) ? field(value, String(at)) : numberedItem(value, at.valueOf());
  throw new BadRecord(`${called} is a ${kindOf(at)}, which is no index`);
}

function numberedItem(value: Value, at: number): Value {
  if (isList(value)) return Number.isInteger(at) && at >= 0 && at < value.length ? value[at]! : null;
  if (typeof value === 'string') return codePointAt(value, at) ?? null;
  return field(value, String(at));
}
