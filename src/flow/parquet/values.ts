import { isUtf8 } from 'node:buffer';
import type { SchemaElement, SchemaTree } from 'hyparquet';
import { keyOf } from '../../base/field-key.ts';
import { parseJson } from '../../base/json.ts';
import { readNumber } from '../../base/number-text.ts';
import { type NewFields, setFieldAt, type Value } from '../../base/value.ts';

/** Told, once each, what of a column is not as it stands in the file. */
type Note = (what: string) => void;

/** What a value as it is stored is in leat. Null and undefined are null. */
type ToValue = (stored: unknown) => Value;

const DAY = 86_400_000;
const NANOS: { readonly [unit: string]: bigint } = { MILLIS: 1_000_000n, MICROS: 1000n, NANOS: 1n };

/** How many digits behind the point a time of a unit has. */
const DIGITS: { readonly [unit: string]: number } = { MILLIS: 3, MICROS: 6, NANOS: 9 };

/**
 * Makes records of rows, whose values stand as they are stored: {@link storedAs} sees to that. Integers keep all digits, and decimals too, as
 * they are spelt; dates, times and timestamps are texts of ISO 8601 with all digits of their unit, a timestamp in UTC with its `Z`. Maps are
 * objects. What is neither text nor a number is base64.
 */
export function recordsOf(root: SchemaTree, note: Note): (row: readonly unknown[]) => Value {
  const columns = root.children.map((node) => {
    const { name } = node.element;
    return { key: keyOf(name), toValue: valueIn(node, (what) => note(`"${name}" ${what}`)) };
  });
  return (row) => {
    const record: NewFields = {};
    for (const [i, { key, toValue }] of columns.entries()) setFieldAt(record, key, toValue(row[i]));
    return record;
  };
}

/** The schema by which the library gives leaves as they are stored, and maps as lists: what it makes of them itself has lost digits. */
export function storedAs(schema: readonly SchemaElement[]): SchemaElement[] {
  return schema.map((element) => {
    const { converted_type, logical_type, ...rest } = element;
    const isMade = converted_type?.startsWith('MAP') || logical_type?.type === 'VARIANT';
    return element.type === undefined && isMade !== true ? element : rest;
  });
}

/** @param note told of what is not as it stands in the file. */
function valueIn(node: SchemaTree, note: Note): ToValue {
  const { element, children } = node;
  const own = children.length === 0 ? leaf(element, note) : group(node, note);
  return (stored) => (stored === null || stored === undefined ? null : own(stored));
}

function group({ element, children }: SchemaTree, note: Note): ToValue {
  const { converted_type: kind, repetition_type } = element;
  const [first] = children;
  if (kind === 'LIST' && children.length === 1 && first!.element.repetition_type === 'REPEATED') {
    const item = first!.children.length === 1 ? first!.children[0]! : first!;
    return listOf(item === first ? struct(item.children, note, item.element) : valueIn(item, note));
  }
  if (kind === 'MAP' || kind === 'MAP_KEY_VALUE') return map(first!, note);
  const one = struct(children, note, element);
  return repetition_type === 'REPEATED' ? listOf(one) : one;
}

function struct(children: readonly SchemaTree[], note: Note, element: SchemaElement): ToValue {
  if (children.length === 0) return leaf({ ...element, repetition_type: 'OPTIONAL' }, note);
  const fields = children.map((node) => ({ name: node.element.name, toValue: valueIn(node, note) }));
  return (stored) => {
    const made: NewFields = {};
    const of = stored as { readonly [name: string]: unknown };
    for (const { name, toValue } of fields) setFieldAt(made, keyOf(name), toValue(of[name]));
    return made;
  };
}

function listOf(item: ToValue): ToValue {
  return (stored) => Array.from(stored as Iterable<unknown>, (each) => (each == null ? null : item(each)));
}

/** Pairs of keys and values as an object. */
function map(pairs: SchemaTree, note: Note): ToValue {
  const [key, value] = pairs.children.map((node) => valueIn(node, note));
  const [keyName, valueName] = pairs.children.map(({ element }) => element.name);
  return (stored) => {
    const made: NewFields = {};
    const list = (stored as { readonly [name: string]: unknown })[pairs.element.name];
    for (const pair of (list ?? []) as Iterable<{ readonly [name: string]: unknown }>) {
      setFieldAt(made, keyOf(String(key!(pair[keyName!]))), value === undefined ? null : value(pair[valueName!]));
    }
    return made;
  };
}

function leaf(element: SchemaElement, note: Note): ToValue {
  const one = single(element, note);
  return element.repetition_type === 'REPEATED' ? listOf(one) : one;
}

function single(element: SchemaElement, note: Note): ToValue {
  const { type, converted_type: kind, logical_type: logical } = element;
  if (kind === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const { scale = logical?.type === 'DECIMAL' ? logical.scale : 0 } = element;
    return (stored) => decimal(unscaled(stored), scale);
  }
  if (kind === 'DATE' || logical?.type === 'DATE') return (stored) => date(stored as number);
  const unit = unitOf(element);
  if (logical?.type === 'TIME' || kind?.startsWith('TIME_'))
    return (stored) => timeOfDay(BigInt(stored as number), unit);
  if (logical?.type === 'TIMESTAMP' || kind?.startsWith('TIMESTAMP_')) {
    const zone = logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC ? '' : 'Z';
    return (stored) => timestamp(BigInt(stored as number), unit, zone);
  }
  // Its only use is a timestamp, in nanoseconds and without a zone.
  if (type === 'INT96') return (stored) => timestamp(stored as bigint, 'NANOS', '');
  if (type === 'BOOLEAN') return (stored) => stored === true;
  if (type === 'INT32' || type === 'INT64') return integers(element);
  if (logical?.type === 'FLOAT16') return (stored) => real(half(stored as Uint8Array), note);
  if (type === 'FLOAT' || type === 'DOUBLE') return (stored) => real(stored as number, note);
  if (logical?.type === 'UUID') return (stored) => uuid(stored as Uint8Array);
  if (kind === 'JSON' || logical?.type === 'JSON') return (stored) => json(stored as Uint8Array, note);
  const isText = kind === 'UTF8' || kind === 'ENUM' || logical?.type === 'STRING' || logical?.type === 'ENUM';
  return (stored) => textOf(stored as Uint8Array, isText || (type === 'BYTE_ARRAY' && kind === undefined), note);
}

function unitOf({ converted_type: kind, logical_type: logical }: SchemaElement): string {
  if (logical !== undefined && 'unit' in logical) return logical.unit;
  return kind?.endsWith('MICROS') ? 'MICROS' : 'MILLIS';
}

function integers({ type, converted_type: kind, logical_type: logical }: SchemaElement): ToValue {
  const isUnsigned = kind?.startsWith('UINT_') || (logical?.type === 'INTEGER' && !logical.isSigned);
  const bits = type === 'INT32' ? 32 : 64;
  return (stored) => {
    if (typeof stored === 'number') return isUnsigned && stored < 0 ? stored + 2 ** 32 : stored;
    const whole = isUnsigned ? BigInt.asUintN(bits, stored as bigint) : (stored as bigint);
    const number = Number(whole);
    return Number.isSafeInteger(number) ? number : whole;
  };
}

/** No text of JSON is one of these. */
function real(stored: number, note: Note): Value {
  if (Number.isFinite(stored)) return stored;
  note('has numbers that are none (NaN) or infinite, which are null here');
  return null;
}

function half(bytes: Uint8Array): number {
  const all = bytes[0]! | (bytes[1]! << 8);
  const [exponent, fraction] = [(all >> 10) & 31, all & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  if (exponent === 31) return Number.NaN;
  return all >> 15 === 1 ? -size : size;
}

/** The digits of a decimal: an integer, or its bytes, the highest first. */
function unscaled(stored: unknown): bigint {
  if (!(stored instanceof Uint8Array)) return BigInt(stored as number);
  let digits = 0n;
  for (const byte of stored) digits = (digits << 8n) | BigInt(byte);
  return BigInt.asIntN(stored.length * 8, digits);
}

function decimal(digits: bigint, scale: number): Value {
  if (scale <= 0) return readNumber(`${digits * 10n ** BigInt(-scale)}`)!;
  const text = `${digits < 0n ? -digits : digits}`.padStart(scale + 1, '0');
  const sign = digits < 0n ? '-' : '';
  return readNumber(`${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`)!;
}

function date(days: number): string {
  const day = new Date(days * DAY);
  // As below; DuckDB has such a date for infinity.
  if (Number.isNaN(day.getTime())) return `${days}`;
  return day.toISOString().slice(0, -'T00:00:00.000Z'.length);
}

function timeOfDay(count: bigint, unit: string): string {
  return timestamp(count, unit, '').slice('1970-01-01T'.length);
}

function timestamp(count: bigint, unit: string, zone: string): string {
  const nanos = count * NANOS[unit]!;
  const second = BigInt.asIntN(
    64,
    (nanos - (((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n,
  );
  const fraction = `${nanos - second * 1_000_000_000n}`.padStart(9, '0').slice(0, DIGITS[unit]);
  const moment = new Date(Number(second) * 1000);
  // A time that no calendar here reaches is told by its number.
  if (Number.isNaN(moment.getTime())) return `${count}`;
  return `${moment.toISOString().slice(0, -'.000Z'.length)}.${fraction}${zone}`;
}

function uuid(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function json(bytes: Uint8Array, note: Note): Value {
  const text = textOf(bytes, true, note);
  try {
    return parseJson(text);
  } catch {
    note('has JSON that is none, which is text here');
    return text;
  }
}

function textOf(stored: Uint8Array, isText: boolean, note: Note): string {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (isText && isUtf8(bytes)) return bytes.toString();
  note('has bytes that are not known to be text, which are base64 here');
  return bytes.toString('base64');
}
