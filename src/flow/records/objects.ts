import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { copyOf, keysOf } from '../../base/fields.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { isWhole, objectOf, type Type, UNKNOWN, wholeObject } from '../../base/type.ts';
import { aKind, type Fields, fieldAt, isFields, type NewFields, setFieldAt, type Value } from '../../base/value.ts';

/** How much of a record is shown where it is no object. */
const SHOWN = 60;

/** A record as the object that a stage needs. @throws BadRecord where it is none. */
export function objectFor(stage: string, record: Value): Fields {
  if (isFields(record)) return record;
  const detail = record === null ? undefined : toJson(record).slice(0, SHOWN);
  throw new BadRecord(`${stage} needs objects and was given ${aKind(record)}`, detail);
}

/** The types of the fields that are known of an object. */
export function fieldTypesOf(type: Type): ReadonlyMap<string, Type> {
  return type.kind === 'object' ? type.fields : new Map();
}

/** An object without some fields. Made anew, since an object that something is deleted of is slow from then on. */
export function withoutKeys(record: Fields, left: ReadonlySet<FieldKey>): Fields {
  const rest: NewFields = {};
  for (const key of keysOf(record)) if (!left.has(key)) setFieldAt(rest, key, record[key]!);
  return rest;
}

/** An object without the field at the end of a way; the object itself where it has none. */
export function without(record: Fields, [name, ...others]: readonly string[]): Fields {
  const key = keyOf(name!);
  if (!Object.hasOwn(record, key)) return record;
  if (others.length === 0) return withoutKeys(record, new Set([key]));
  const inner = record[key]!;
  const rest = isFields(inner) ? without(inner, others) : inner;
  if (rest === inner) return record;
  const copy = copyOf(record);
  setFieldAt(copy, key, rest);
  return copy;
}

/** An object with another value of a field that it has, in its place. */
export function withValue(record: Fields, [name, ...others]: readonly string[], value: Value): Fields {
  const copy = copyOf(record);
  const key = keyOf(name!);
  setFieldAt(copy, key, others.length === 0 ? value : withValue(fieldAt(record, key) as Fields, others, value));
  return copy;
}

/** The type of an object without a field. */
export function typeWithout(type: Type, names: readonly string[]): Type {
  return typeWithField(type, names, undefined);
}

/** The type of an object where a field has another type, or is taken away. */
export function typeWithField(type: Type, [name, ...others]: readonly string[], becomes: Type | undefined): Type {
  const fields = new Map(fieldTypesOf(type));
  const inner = fields.get(name!);
  if (others.length > 0) {
    // What may be no object is left as it is where a field of it is taken away.
    if (inner?.kind === 'object' || becomes !== undefined)
      fields.set(name!, typeWithField(inner ?? UNKNOWN, others, becomes));
  } else if (becomes === undefined) fields.delete(name!);
  else fields.set(name!, becomes);
  return isWhole(type) ? wholeObject(fields) : objectOf(fields);
}
