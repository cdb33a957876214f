import { type FieldKey, nameOf } from './field-key.ts';
import { keysOf } from './fields.ts';
import { SpeltNumber } from './spelt-number.ts';
import { type AnyNumber, type Fields, isFields, isList, isNumber, type Value } from './value.ts';

/** Whether two values have the same content; fields in any order, numbers by their values, types never converted. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  const kind = typeof a;
  if (kind === 'bigint' || typeof b === 'bigint' || a instanceof SpeltNumber || b instanceof SpeltNumber) {
    // biome-ignore lint/suspicious/noDoubleEquals: the one comparison that knows that 2n and 2 are one number
    return isNumber(a) && isNumber(b) && plain(a) == plain(b);
  }
  if (kind !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i]!, b[i]!)) return false;
    return true;
  }
  if (!isFields(a) || !isFields(b)) return false;
  const keys = keysOf(a);
  if (keys.length !== keysOf(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !equal(a[key]!, b[key]!)) return false;
  }
  return true;
}

/** What `==` says: as {@link equal}, and a number equals a text that is its spelling, since it may have been read of one. */
export function same(a: Value, b: Value): boolean {
  if (typeof a === 'string' && isNumber(b)) return a === String(b);
  if (typeof b === 'string' && isNumber(a)) return b === String(a);
  return equal(a, b);
}

const RANK = { null: 0, boolean: 1, number: 2, bigint: 2, string: 3, list: 4, object: 5 };

function rank(value: Value): number {
  if (value === null) return RANK.null;
  if (isList(value)) return RANK.list;
  if (value instanceof SpeltNumber) return RANK.number;
  return RANK[typeof value as keyof typeof RANK];
}

/** The value of a number, however it is spelt. */
function plain(value: AnyNumber): number | bigint {
  return value instanceof SpeltNumber ? value.valueOf() : value;
}

/** Strings by code point; JavaScript's own order is by UTF-16 unit, which puts U+FFFD before U+10000. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above all others of the plane.
    const xHigh = x >= 0xd800 && x <= 0xdfff;
    const yHigh = y >= 0xd800 && y <= 0xdfff;
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}

/**
 * The total order of values, as `sort` uses it: null, booleans, numbers by their values, strings by code point, lists by their
 * first difference, objects by their fields in order of name.
 *
 * @returns below 0 if `a` comes first, above 0 if `b` does, 0 if they are equal in content, as {@link equal} says.
 */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const byRank = rank(a) - rank(b);
  if (byRank !== 0) return byRank;
  if (isList(a)) return compareLists(a, b as readonly Value[]);
  if (isFields(a)) return compareFields(a, b as Fields);
  if (isNumber(a)) return compareNumbers(plain(a), plain(b as AnyNumber));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = compare(a[i]!, b[i]!);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareFields(a: Fields, b: Fields): number {
  const left = keysInOrder(a);
  const right = keysInOrder(b);
  const byNames = compareLists(left.map(nameOf), right.map(nameOf));
  if (byNames !== 0) return byNames;
  for (const key of left) {
    const difference = compare(a[key]!, b[key]!);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The keys of an object in order of the names that they stand for. */
function keysInOrder(fields: Fields): readonly FieldKey[] {
  return keysOf(fields).sort((a, b) => compareText(nameOf(a), nameOf(b)));
}

/** Something by which a `Map` tells keys apart. */
export type Identity = string | number | bigint | boolean | null;

/**
 * The identity of a value, to group by it: equal values give the same and different values different ones, but that numbers of texts are
 * told apart by their spelling, so that `1.10` and `1.1` are two versions.
 */
export function identity(value: Value): Identity {
  switch (typeof value) {
    case 'string':
      // A leading U+0000 marks lists, objects and spellings, so a text that starts with it is moved out of their way.
      return value.charCodeAt(0) === 0 ? `\u0000s${value}` : value;
    case 'number':
      return Number.isSafeInteger(value) || !Number.isInteger(value) ? value : BigInt(value);
    case 'bigint':
      // A small one is equal to the number.
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case 'object':
      return value === null ? null : markedIdentity(value);
    default:
      return value;
  }
}

/** By itself, so that the engine takes what is done for the keys of most records into its callers. */
function markedIdentity(value: SpeltNumber | readonly Value[] | Fields): string {
  return value instanceof SpeltNumber ? `\u0000n${value}` : `\u0000${canonical(value)}`;
}

/**
 * The identity of a key of two streams or tables, where a number and a text that is its spelling are one key: what one program writes as
 * a number, the next writes as a text.
 */
export function joinIdentity(value: Value): Identity {
  if (isNumber(value)) return spelling(value);
  return typeof value === 'object' && value !== null ? `\u0000${canonical(value, spellingAsText)}` : identity(value);
}

/** Numbers that are equal are spelt alike, unless a text spelt one of them otherwise. */
function spelling(value: AnyNumber): string {
  return String(value instanceof SpeltNumber ? value : identity(value));
}

function spellingAsText(value: AnyNumber): string {
  return JSON.stringify(spelling(value));
}

/** JSON with the fields in order of name, and numbers as `number` writes them. */
function canonical(value: Value, number: (value: AnyNumber) => string = spelling): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isNumber(value)) return number(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isList(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + canonical(value[i]!, number);
    return `${text}]`;
  }
  const { sorted, heads } = shapeOf(keysOf(value));
  let text = '';
  for (let i = 0; i < sorted.length; i++) text += heads[i]! + canonical(value[sorted[i]!]!, number);
  return text === '' ? '{}' : `${text}}`;
}

/** The fields that an object has, in their order; by name; and what stands before the value of each in its canonical text. */
interface Shape {
  readonly keys: readonly FieldKey[];
  readonly sorted: readonly FieldKey[];
  readonly heads: readonly string[];
}

/** Of the object before: keys of groups have the same fields one after the other, which are sorted and quoted once. */
let lastShape: Shape = { keys: [], sorted: [], heads: [] };

function shapeOf(keys: readonly FieldKey[]): Shape {
  if (!hasKeys(lastShape, keys)) {
    const sorted = [...keys].sort();
    const heads = sorted.map((key, i) => `${i === 0 ? '{' : ','}${JSON.stringify(key)}:`);
    lastShape = { keys, sorted, heads };
  }
  return lastShape;
}

function hasKeys({ keys }: Shape, others: readonly FieldKey[]): boolean {
  if (keys.length !== others.length) return false;
  for (let i = 0; i < keys.length; i++) if (keys[i] !== others[i]) return false;
  return true;
}
