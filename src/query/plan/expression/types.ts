import { entriesOf } from '../../../base/fields.ts';
import { nearest } from '../../../base/nearest.ts';
import { SpeltNumber } from '../../../base/spelt-number.ts';
import {
  BOOLEAN,
  common,
  isTime,
  isWhole,
  itemType,
  listOf,
  NULL,
  NUMBER,
  objectOf,
  pairOf,
  STRING,
  TIME,
  type Type,
  UNKNOWN,
} from '../../../base/type.ts';
import { isList, type Value } from '../../../base/value.ts';
import type { BinaryOperator } from '../../tree/tree.ts';
import { sameField } from '../foreign/fields.ts';

/** A sure mistake about types: what is wrong, and a way out. */
export interface Mistake {
  readonly message: string;
  /** A few words about the place, where there are better ones than those of the code. */
  readonly label?: string;
  readonly help: string;
}

/** Values deeper than this are not looked into; their type is unknown. */
const DEEPEST = 8;

/** The type of a value that stands in the program. */
export function typeOf(value: Value, depth = 0): Type {
  if (value === null) return NULL;
  switch (typeof value) {
    case 'boolean':
      return BOOLEAN;
    case 'number':
    case 'bigint':
      return NUMBER;
    case 'string':
      return STRING;
  }
  if (value instanceof SpeltNumber) return NUMBER;
  if (depth > DEEPEST) return UNKNOWN;
  if (isList(value)) {
    return listType(value.map((item) => typeOf(item, depth + 1)));
  }
  return objectOf(entriesOf(value).map(([name, inner]) => [name, typeOf(inner, depth + 1)]));
}

/** The type of a list of so many items: two make a pair. */
export function listType(items: readonly Type[]): Type {
  if (items.length === 2) return pairOf(items[0]!, items[1]!);
  return listOf(items.length === 0 ? UNKNOWN : items.reduce(common));
}

/** Whether a value of this type can be what is wanted; what is unknown can, and null passes through anywhere. */
export function mayBe(type: Type, wanted: Type): boolean {
  if (type.kind === 'unknown' || type.kind === 'null' || wanted.kind === 'unknown') return true;
  if (wanted.kind === 'list') return type.kind === 'list' || type.kind === 'pair';
  if (wanted.kind === 'pair') return type.kind === 'list' || type.kind === 'pair';
  return type.kind === wanted.kind;
}

/** Whether something is known to be of a kind that a type is not: the sign of a sure mistake. */
function isSurelyNot(type: Type, kind: 'number' | 'string'): boolean {
  return type.kind !== kind && type.kind !== 'unknown' && type.kind !== 'null';
}

/** `a string`, `a pair`, `an object`: for sentences. */
export function article(type: Type): string {
  switch (type.kind) {
    case 'object':
      return 'an object';
    case 'unknown':
      return 'any value';
    case 'null':
      return 'null';
    default:
      return `a ${type.kind}`;
  }
}

/** What an operand of arithmetic must not be. */
export function arithmeticMistake(operator: string, type: Type, text: string): Mistake | undefined {
  if (!isSurelyNot(type, 'number')) return undefined;
  const message = `\`${operator}\` needs numbers, and \`${text}\` is ${article(type)}`;
  return { message, help: type.kind === 'string' ? readNumber(text) : lookInside(type, text, 'a number') };
}

function readNumber(text: string): string {
  return `\`number(${text})\` reads a text as a number`;
}

/** Where a value of the wanted kind may be found in one of another. */
function lookInside(type: Type, text: string, wanted: string): string {
  switch (type.kind) {
    case 'pair':
      return `\`${text}[0]\` is the key of a pair, \`${text}[1]\` its value`;
    case 'list':
      return `\`${text}[0]\` is the first item, \`len(${text})\` how many there are`;
    case 'object':
      return `take one of its fields, \`${text === '_' ? '' : text}.name\``;
    case 'boolean':
      return `\`${text} ? 1 : 0\` makes a number of it`;
    default:
      return `write ${wanted} here`;
  }
}

/** The type of `left operator right`, and what is surely wrong with it. */
export function binaryType(
  operator: BinaryOperator,
  left: { readonly type: Type; readonly text: string },
  right: { readonly type: Type; readonly text: string },
): { readonly type: Type; readonly mistake?: Mistake | undefined } {
  switch (operator) {
    case '==':
    case '!=':
      return { type: BOOLEAN, mistake: comparisonMistake(operator, left, right) };
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { type: BOOLEAN, mistake: comparisonMistake(operator, left, right) };
    case '+':
      return sumType(left, right);
    default:
      return {
        type: operator === '-' && isTime(left.type) && !isTime(right.type) ? TIME : NUMBER,
        mistake:
          arithmeticMistake(operator, left.type, left.text) ?? arithmeticMistake(operator, right.type, right.text),
      };
  }
}

function sumType(
  left: { readonly type: Type; readonly text: string },
  right: { readonly type: Type; readonly text: string },
): { readonly type: Type; readonly mistake?: Mistake | undefined } {
  if (left.type.kind === 'string' || right.type.kind === 'string') return { type: STRING };
  if (left.type.kind === 'number' && right.type.kind === 'number') {
    // A time and a duration are a time.
    return { type: isTime(left.type) !== isTime(right.type) ? TIME : NUMBER };
  }
  // An unknown side may be a string, and anything can be joined to a string.
  if (left.type.kind === 'unknown' || right.type.kind === 'unknown') return { type: UNKNOWN };
  const wrong = isSurelyNot(left.type, 'number') ? left : right;
  const mistake = arithmeticMistake('+', wrong.type, wrong.text);
  if (mistake === undefined) return { type: NUMBER };
  const lists = mayBe(left.type, listOf(UNKNOWN)) && mayBe(right.type, listOf(UNKNOWN));
  return {
    type: NUMBER,
    mistake: {
      message: `\`+\` adds numbers or joins texts, and \`${wrong.text}\` is ${article(wrong.type)}`,
      help: lists
        ? `\`[...${left.text}, ...${right.text}]\` joins lists`
        : lookInside(wrong.type, wrong.text, 'a number'),
    },
  };
}

/** Values of different types are never equal, and never in an order. */
function comparisonMistake(
  operator: string,
  left: { readonly type: Type; readonly text: string },
  right: { readonly type: Type; readonly text: string },
): Mistake | undefined {
  if (left.type.kind === 'null' || right.type.kind === 'null') return undefined;
  if (mayBe(left.type, right.type) || mayBe(right.type, left.type)) return undefined;
  const always = operator === '!=' ? 'always true' : 'never true';
  const message = `\`${operator}\` between ${article(left.type)} and ${article(right.type)} is ${always}`;
  const text = left.type.kind === 'string' ? left : right;
  const isTextAndNumber = (left.type.kind === 'number' || right.type.kind === 'number') && text.type.kind === 'string';
  return { message, label: always, help: isTextAndNumber ? readNumber(text.text) : 'compare values of the same kind' };
}

/** The type of `object.name`, and what is surely wrong with it. */
export function memberType(object: Type, name: string, text: string): { type: Type; mistake?: Mistake } {
  if (name === 'length' && (object.kind === 'string' || object.kind === 'list' || object.kind === 'pair')) {
    return { type: NUMBER };
  }
  switch (object.kind) {
    case 'unknown':
      return { type: UNKNOWN };
    case 'null':
      return { type: NULL };
    case 'object': {
      const type = object.fields.get(name);
      if (type !== undefined || !isWhole(object)) return { type: type ?? UNKNOWN };
      return { type: NULL, mistake: missingField([...object.fields.keys()], name, text) };
    }
    default: {
      const message = `${article(object)} has no field \`${name}\``;
      return { type: UNKNOWN, mistake: { message, help: memberHelp(object, name, text) } };
    }
  }
}

/** What is said of a field that an object made by the program does not have. */
function missingField(names: readonly string[], name: string, text: string): Mistake {
  const near = nearest(name, names) ?? sameField(name, names);
  const shown = names.slice(0, MOST_NAMES).map((other) => `\`${other}\``);
  const others = names.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
  return {
    message: `${text === '_' ? 'the record' : `\`${text}\``} has no field \`${name}\``,
    label: near === undefined ? 'no such field' : `did you mean \`${near}\`?`,
    help:
      names.length < 2
        ? `it has ${others === '' ? 'no fields' : `${others} and no other`}`
        : `its fields are ${others}`,
  };
}

/** So many names are listed in a message. */
const MOST_NAMES = 12;

function memberHelp(object: Type, name: string, text: string): string {
  if (object.kind === 'pair') {
    if (name === 'key' || name === '_1') return `\`${text}[0]\` is the key of a pair`;
    if (name === 'value' || name === '_2') return `\`${text}[1]\` is the value of a pair`;
    return `\`${text}[0]\` is the key of a pair, \`${text}[1]\` its value`;
  }
  if (object.kind === 'string') return 'a parser such as `json`, `csv` or `logfmt` before it makes objects of lines';
  if (object.kind === 'list')
    return `\`${text}[0]\` is the first item, \`${text}.map(.${name})\` takes the field of each`;
  return 'only objects have fields';
}

/** The type of `object[index]`, and what is surely wrong with it. */
export function indexType(
  object: Type,
  index: { readonly type: Type; readonly value?: Value | undefined },
  text: string,
): { type: Type; mistake?: Mistake } {
  if (typeof index.value === 'string') return memberType(object, index.value, text);
  switch (object.kind) {
    case 'pair': {
      const { value } = index;
      if (typeof value !== 'number') return { type: itemType(object) };
      if (value === 0) return { type: object.key };
      if (value === 1) return { type: object.value };
      return {
        type: NULL,
        mistake: {
          message: `a pair has the items 0 and 1, and no item ${value}`,
          help: lookInside(object, text, 'an item'),
        },
      };
    }
    case 'list':
      return { type: object.item };
    case 'string':
      return { type: STRING };
    case 'null':
      return { type: NULL };
    case 'number':
    case 'boolean':
      return {
        type: UNKNOWN,
        mistake: {
          message: `${article(object)} has no items, and \`${text}\` is one`,
          help: 'lists and texts have items, objects have fields',
        },
      };
    default:
      return { type: UNKNOWN };
  }
}
