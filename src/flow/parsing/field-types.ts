import { namesOf, valuesOf } from '../../base/fields.ts';
import { readNumber } from '../../base/number-text.ts';
import { BadRecord } from '../../base/problem.ts';
import { objectOf, STRING, type Type, UNKNOWN } from '../../base/type.ts';
import { aKind, isFields, type Value } from '../../base/value.ts';
import { constant } from '../define/parameters.ts';

/** The record as a line of text; anything else is bad. */
export function textOf(record: Value): string {
  if (typeof record === 'string') return record;
  throw new BadRecord('not text', `found ${aKind(record)}`);
}

/** The parameter `types` that parsers of text formats share. */
export const types = constant(
  'numbers where the text is a JSON number; `false` keeps all as strings, `{version: "text"}` those fields',
  { named: true },
)
  .checked((value) =>
    typeof value === 'boolean' || (isFields(value) && valuesOf(value).every((type) => type === 'text'))
      ? undefined
      : 'it must be `true`, `false`, or say which fields are texts, as `{version: "text"}` does',
  )
  .or(true);

/** What the documentation of all of them says of `types`. */
export const typesDocs =
  'Values are strings, and numbers where the text is a JSON number; those are printed as they were spelt, and `1.10` and `1.1` are two ' +
  'keys of equal value. `types: {version: "text"}` keeps the text of a field, `types: false` that of all.';

/** What `types` says. */
export interface FieldTypes {
  /** Texts that are JSON numbers become such. */
  readonly numbers: boolean;
  /** The fields that are texts nevertheless. */
  readonly texts: ReadonlySet<string>;
}

/** @param argument what the parameter {@link types} was given. */
export function fieldTypes(argument: Value): FieldTypes {
  return { numbers: argument !== false, texts: new Set(isFields(argument) ? namesOf(argument) : []) };
}

/** The value that a text stands for where numbers are looked for. */
export function meaningOf(text: string): Value {
  return readNumber(text) ?? text;
}

/** How a parser turns the text of a field into a value. */
export function fieldReader({ numbers, texts }: FieldTypes): (text: string, name: string) => Value {
  if (!numbers) return (text) => text;
  return texts.size === 0 ? meaningOf : (text, name) => (texts.has(name) ? text : meaningOf(text));
}

/** The type of what {@link fieldReader} gives of a field. */
export function fieldType({ numbers, texts }: FieldTypes, name: string): Type {
  return numbers && !texts.has(name) ? UNKNOWN : STRING;
}

/** The type of objects of which no more is known than which fields are texts. */
export function textFields({ texts }: FieldTypes): Type {
  return objectOf(Array.from(texts, (name) => [name, STRING] as const));
}

/** Says which fields that `types` names are none of those that there are; undefined where all are. @param what what they are called. */
export function unknownTypes({ texts }: FieldTypes, names: readonly string[], what: string): string | undefined {
  const unknown = [...texts].filter((name) => !names.includes(name));
  if (unknown.length === 0) return undefined;
  const named = unknown.map((name) => `"${name}"`).join(', ');
  return `types: names ${named}, and the ${what} are ${names.join(', ') || 'none'}`;
}
