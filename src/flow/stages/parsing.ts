import { parseNumber } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { STRING, type Type, UNKNOWN } from '../../base/type.ts';
import { aKind, type Value } from '../../base/value.ts';
import { flag } from '../parameters.ts';

/** The record as a line of text; anything else is bad. */
export function textOf(record: Value): string {
  if (typeof record === 'string') return record;
  throw new BadRecord('not text', `found ${aKind(record)}`);
}

/** The parameter `types` that parsers of text formats share. */
export const types = flag('numbers where the text is a JSON number; `false` keeps all as strings', true);

/** How a parser turns the text of a field into a value: numbers where the text is a JSON number, or all as they are. */
export function fieldReader(asNumbers: boolean): (text: string) => Value {
  return asNumbers ? (text) => parseNumber(text) ?? text : (text) => text;
}

/** The type of what {@link fieldReader} gives. */
export function fieldType(asNumbers: boolean): Type {
  return asNumbers ? UNKNOWN : STRING;
}
