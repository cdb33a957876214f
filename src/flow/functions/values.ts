import { codePointLength } from '../../base/code-points.ts';
import { identity } from '../../base/compare.ts';
import { entriesOf, hasField, keysOf, namesOf, valuesOf } from '../../base/fields.ts';
import { hashIdentity } from '../../base/hash.ts';
import { JsonError, parseJson, toJson, toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import { BOOLEAN, common, listOf, NUMBER, objectOf, pairOf, STRING, type Type, UNKNOWN } from '../../base/type.ts';
import {
  type Fields,
  isFields,
  isList,
  isNumber,
  isPair,
  isTruthy,
  kindOf,
  type NewFields,
  setField,
  type Value,
} from '../../base/value.ts';
import { defineFunction, type FunctionDefinition } from '../define/function.ts';

function parsed(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    throw error instanceof JsonError ? error.asBadRecord() : error;
  }
}

function len(value: Value): Value {
  if (value === null) return null;
  if (typeof value === 'string') return codePointLength(value);
  if (isList(value)) return value.length;
  if (isFields(value)) return keysOf(value).length;
  throw new BadRecord(`a ${kindOf(value)} has no length`);
}

function has(value: Value, name: Value): Value {
  if (value === null || name === null) return false;
  if (isFields(value)) return (typeof name === 'string' || isNumber(name)) && hasField(value, String(name));
  if (isList(value)) return isIndex(name instanceof SpeltNumber ? name.valueOf() : name, value.length);
  throw new BadRecord(`a ${kindOf(value)} has no fields`);
}

function isIndex(name: Value, length: number): boolean {
  return typeof name === 'number' && Number.isInteger(name) && name >= 0 && name < length;
}

function fromEntries(list: readonly Value[]): Value {
  const result: NewFields = {};
  for (const entry of list) {
    if (!isPair(entry)) throw new BadRecord('fromEntries needs a list of pairs [name, value]');
    setField(result, toText(entry[0]), entry[1]);
  }
  return result;
}

/** The common type of all fields that are known; an object may have others. */
const OBJECT = objectOf({});
const VALUE = [{ name: 'value', type: UNKNOWN }];
const FIELDS = [{ name: 'object', type: OBJECT }];

function commonOf(types: readonly Type[]): Type {
  return types.length === 0 ? UNKNOWN : types.reduce(common);
}

/** Functions of any value, and of objects. */
export const valueFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'string',
    group: 'value',
    summary: 'The value as text: a text as it is, anything else as JSON',
    synonyms: ['cast', 'toString'],
    examples: [
      { expression: 'string(1.5)', gives: '"1.5"' },
      { expression: 'string([1, "a"])', gives: '"[1,\\"a\\"]"' },
    ],
    parameters: VALUE,
    gives: STRING,
    call: (value: Value) => (value === null ? null : toText(value)),
  }),
  defineFunction({
    name: 'parseJson',
    group: 'value',
    summary: 'The value that a text writes as JSON; the record is bad if it does not',
    synonyms: ['fromjson'],
    examples: [{ expression: 'parseJson("{\\"a\\": [1]}").a[0]', gives: '1' }],
    parameters: [{ name: 'text', type: STRING }],
    gives: UNKNOWN,
    call: parsed,
  }),
  defineFunction({
    name: 'toJson',
    group: 'value',
    summary: 'The value as JSON on one line',
    examples: [{ expression: 'toJson({a: [1, "b", null]})', gives: '"{\\"a\\":[1,\\"b\\",null]}"' }],
    parameters: VALUE,
    gives: STRING,
    call: (value: Value) => toJson(value),
  }),
  defineFunction({
    name: 'type',
    group: 'value',
    summary: 'What kind of value it is: null, boolean, number, string, list or object',
    examples: [{ expression: 'type([1])', gives: '"list"' }],
    parameters: VALUE,
    gives: STRING,
    call: (value: Value) => kindOf(value),
  }),
  defineFunction({
    name: 'len',
    group: 'value',
    summary: 'How many characters a text has, items a list, fields an object',
    synonyms: ['size'],
    examples: [
      { expression: 'len("abc")', gives: '3' },
      { expression: 'len({a: 1})', gives: '1' },
    ],
    parameters: VALUE,
    gives: NUMBER,
    call: len,
  }),
  defineFunction({
    name: 'keys',
    group: 'value',
    summary: 'The names of the fields of an object',
    examples: [{ expression: 'keys({a: 1, b: 2})', gives: '["a","b"]' }],
    parameters: FIELDS,
    gives: listOf(STRING),
    call: (value: Fields) => namesOf(value),
  }),
  defineFunction({
    name: 'values',
    group: 'value',
    summary: 'The values of the fields of an object',
    examples: [{ expression: 'values({a: 1, b: 2})', gives: '[1,2]' }],
    parameters: FIELDS,
    gives: listOf(UNKNOWN),
    call: (value: Fields) => valuesOf(value),
  }),
  defineFunction({
    name: 'entries',
    group: 'value',
    summary: 'The fields of an object as pairs [name, value]',
    examples: [{ expression: 'entries({a: 1, b: 2})', gives: '[["a",1],["b",2]]' }],
    parameters: FIELDS,
    gives: listOf(pairOf(STRING, UNKNOWN)),
    call: (value: Fields) => entriesOf(value),
  }),
  defineFunction({
    name: 'fromEntries',
    group: 'value',
    summary: 'The object of a list of pairs [name, value]; the last of a name counts',
    examples: [{ expression: 'fromEntries([["a", 1], ["b", 2]])', gives: '{"a":1,"b":2}' }],
    parameters: [{ name: 'pairs', type: listOf(UNKNOWN) }],
    gives: OBJECT,
    call: fromEntries,
  }),
  defineFunction({
    name: 'has',
    group: 'value',
    summary: 'Whether an object has a field, or a list an index, even if its value is null',
    examples: [
      { expression: 'has({a: null}, "a")', gives: 'true' },
      { expression: 'has({a: 1}, "b")', gives: 'false' },
    ],
    parameters: [...VALUE, { name: 'name', type: UNKNOWN }],
    gives: BOOLEAN,
    call: has,
  }),
  defineFunction({
    name: 'coalesce',
    group: 'value',
    summary: 'The first of several values that is not null',
    synonyms: ['default', 'ifnull', 'nvl'],
    examples: [{ expression: 'coalesce(null, 0, 1)', gives: '0' }],
    parameters: [{ name: 'values', type: UNKNOWN, rest: true }],
    gives: commonOf,
    call: (...values: Value[]) => values.find((value) => value !== null) ?? null,
    operator: 'coalesce',
  }),
  defineFunction({
    name: 'if',
    group: 'value',
    summary: 'One value if the condition holds, else another, as `c ? a : b`',
    synonyms: ['ternary', 'case'],
    examples: [{ expression: 'if(1 > 0, "yes", "no")', gives: '"yes"' }],
    parameters: [
      { name: 'condition', type: UNKNOWN },
      { name: 'yes', type: UNKNOWN },
      { name: 'no', type: UNKNOWN },
    ],
    gives: ([, yes, no]) => common(yes ?? UNKNOWN, no ?? UNKNOWN),
    call: (condition: Value, yes: Value, no: Value) => (isTruthy(condition) ? yes : no),
    operator: 'conditional',
  }),
  defineFunction({
    name: 'hash',
    group: 'value',
    summary: 'A whole number made of the value, the same for the same key and in every run',
    examples: [
      { expression: 'hash({a: 1, b: 2}) == hash({b: 2, a: 1})', gives: 'true' },
      { expression: 'hash("a") % 8 >= 0', gives: 'true' },
    ],
    parameters: VALUE,
    gives: NUMBER,
    call: (value: Value) => hashIdentity(identity(value)),
  }),
];
