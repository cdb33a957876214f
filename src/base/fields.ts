import { type FieldKey, keyOf, nameOf } from './field-key.ts';
import { type Fields, isFields, type NewFields, setFieldAt, type Value } from './value.ts';

/** The keys of an object's fields, in their order. Whoever tells the user of them has to turn them into names. */
export function keysOf(fields: Fields): FieldKey[] {
  return Object.keys(fields) as FieldKey[];
}

/** The names of an object's fields, in their order. */
export function namesOf(fields: Fields): readonly string[] {
  return keysOf(fields).map(nameOf);
}

/** The values of an object's fields, in their order. */
export function valuesOf(fields: Fields): readonly Value[] {
  return Object.values(fields);
}

/** An object's fields as names and values, in their order. */
export function entriesOf(fields: Fields): readonly (readonly [name: string, value: Value])[] {
  return keysOf(fields).map((key) => [nameOf(key), fields[key]!]);
}

/** An object of these fields. A name that comes again has the last value and the first place. */
export function fieldsOf(entries: Iterable<readonly [name: string, value: Value]>): NewFields {
  const fields: NewFields = {};
  for (const [name, value] of entries) setFieldAt(fields, keyOf(name), value);
  return fields;
}

/** An object of the host with all its fields in the order of an object of ours. */
export function copyOf(fields: Fields): NewFields {
  return { ...fields };
}

/** Whether a value is an object that has a field of this name. */
export function hasField(value: Value, name: string): boolean {
  return isFields(value) && Object.hasOwn(value, keyOf(name));
}
