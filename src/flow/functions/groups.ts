import { type NewFields, setField, type Value } from '../../base/value.ts';
import type { Pattern } from '../pattern/pattern.ts';

/** How a text that a group found becomes a value. */
export type ReadGroup = (text: string, name: string) => Value;

/** What a match found, as an object of its groups by name; a group that took no part is null. */
export type FieldsOfMatch = (match: RegExpExecArray, read: ReadGroup) => Value;

/** How matches of an expression become objects; undefined where no group has a name. */
export function fieldsOfMatches({ groups }: Pattern): FieldsOfMatch | undefined {
  if (groups === undefined) return undefined;
  const { names, numbers } = groups;
  if (numbers === undefined) return (match, read) => byName(names, match.groups!, read);
  return (match, read) => byNumber(names, numbers, match, read);
}

function byName(names: readonly string[], groups: Record<string, string>, read: ReadGroup): Value {
  const fields: NewFields = {};
  for (const name of names) setField(fields, name, groups[name] === undefined ? null : read(groups[name], name));
  return fields;
}

function byNumber(
  names: readonly string[],
  numbers: readonly number[],
  match: RegExpExecArray,
  read: ReadGroup,
): Value {
  const fields: NewFields = {};
  for (let i = 0; i < names.length; i++) {
    const text = match[numbers[i]!];
    const name = names[i]!;
    setField(fields, name, text === undefined ? null : read(text, name));
  }
  return fields;
}
