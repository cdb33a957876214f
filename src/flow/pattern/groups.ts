import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { type NewFields, setFieldAt, type Value } from '../../base/value.ts';
import type { Pattern } from './pattern.ts';

/** How a text that a group found becomes a value. */
export type ReadGroup = (text: string, name: string) => Value;

/** What a match found, as an object of its groups by name; a group that took no part is null. */
export type FieldsOfMatch = (match: RegExpExecArray, read: ReadGroup) => Value;

/** How matches of an expression become objects; undefined where no group has a name. */
export function fieldsOfMatches({ groups }: Pattern): FieldsOfMatch | undefined {
  if (groups === undefined) return undefined;
  const { names, numbers } = groups;
  const keys = names.map(keyOf);
  if (numbers === undefined) return (match, read) => byName(names, keys, match.groups!, read);
  // An object takes `__proto__` for something else where it is set like others.
  if (names.includes('__proto__')) {
    return (match, read) =>
      byName(names, keys, Object.fromEntries(names.map((name, i) => [name, match[numbers[i]!]])), read);
  }
  return (match, read) => byNumber(names, keys, numbers, match, read);
}

function byName(
  names: readonly string[],
  keys: readonly FieldKey[],
  groups: Readonly<Record<string, string | undefined>>,
  read: ReadGroup,
): Value {
  const fields: NewFields = {};
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const text = groups[name];
    setFieldAt(fields, keys[i]!, text === undefined ? null : read(text, name));
  }
  return fields;
}

function byNumber(
  names: readonly string[],
  keys: readonly FieldKey[],
  numbers: readonly number[],
  match: RegExpExecArray,
  read: ReadGroup,
): Value {
  const fields: NewFields = {};
  for (let i = 0; i < names.length; i++) {
    const text = match[numbers[i]!];
    fields[keys[i]!] = text === undefined ? null : read(text, names[i]!);
  }
  return fields;
}
