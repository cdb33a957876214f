import { toJson, toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import { parseTime } from '../../base/time.ts';
import { isFields, isList, isNumber, type Value } from '../../base/value.ts';

/** What a database is given. */
export type SqlValue = null | boolean | number | string;

/**
 * What a column holds: doubles (`number`), whole numbers, numbers with any digits (`decimal`), moments (`time`), any value as JSON, or what
 * only the database knows (`any`), which is given the text of a value.
 */
export type ColumnKind = 'number' | 'integer' | 'decimal' | 'boolean' | 'text' | 'time' | 'json' | 'any';

export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** As the database calls it. */
  readonly type: string;
  /** It has no null. */
  readonly isRequired?: boolean;
  /** The most characters of a text. */
  readonly length?: number | undefined;
  /** The size of a whole number, of other numbers that of those which keep all digits. */
  readonly bits?: number | undefined;
}

/** The kind that all values fit in, nulls aside; text where there are none. Whole numbers are numbers: the next may be none. */
export function kindOfValues(values: readonly Value[]): ColumnKind {
  let kind: ColumnKind | undefined;
  for (const value of values) {
    if (value === null) continue;
    const own = kindOfValue(value);
    if (kind === undefined || kind === own) kind = own;
    else if (kind === 'json' || own === 'json') kind = 'json';
    else kind = isNumeric(kind) && isNumeric(own) ? 'decimal' : 'text';
  }
  return kind ?? 'text';
}

function kindOfValue(value: Value): ColumnKind {
  if (isList(value) || isFields(value)) return 'json';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'number';
  // Digits that a double has not.
  return isNumber(value) ? 'decimal' : 'text';
}

function isNumeric(kind: ColumnKind): boolean {
  return kind === 'number' || kind === 'decimal';
}

/**
 * A value as a cell of a column.
 *
 * @param timeText a moment, ms, as the database reads it.
 * @throws BadRecord where it does not fit; the database would refuse the whole batch.
 */
export function cellFor(value: Value, column: TableColumn, timeText: (time: number) => string): SqlValue {
  if (value === null) {
    if (column.isRequired === true) throw new BadRecord(`"${column.name}" is null, and its column takes no null`);
    return null;
  }
  switch (column.kind) {
    case 'number':
      return doubleOf(value, column);
    case 'integer':
      return wholeOf(value, column);
    case 'decimal':
      return decimalOf(value, column);
    case 'boolean':
      if (typeof value !== 'boolean') throw misfit(value, column, 'true or false');
      return value;
    case 'time':
      return timeOf(value, column, timeText);
    case 'json':
      return toJson(value);
    case 'text':
      return textOf(toText(value), column);
    default:
      return typeof value === 'boolean' || typeof value === 'number' ? value : textOf(toText(value), column);
  }
}

/** Whether a column holds doubles, at the most, of numbers that are not whole. */
export function rounds({ kind, bits }: TableColumn): boolean {
  return kind === 'number' || (kind === 'decimal' && bits !== undefined);
}

function doubleOf(value: Value, column: TableColumn): SqlValue {
  if (typeof value === 'number') return value;
  if (value instanceof SpeltNumber) return value.valueOf();
  if (typeof value !== 'bigint') throw misfit(value, column, 'a number');
  throw new BadRecord(`"${column.name}" has more digits than its column keeps`, toText(value));
}

function decimalOf(value: Value, column: TableColumn): SqlValue {
  if (typeof value === 'number') return value;
  if (!isNumber(value)) throw misfit(value, column, 'a number');
  const { bits } = column;
  if (typeof value === 'bigint' && bits !== undefined && BigInt.asIntN(bits, value) !== value) {
    throw new BadRecord(`"${column.name}" has more digits than its column keeps`, toText(value));
  }
  return toText(value);
}

const WIDEST = 64;

function wholeOf(value: Value, column: TableColumn): SqlValue {
  if (!isNumber(value)) throw misfit(value, column, 'a whole number');
  const number = Number(value);
  if (!Number.isInteger(number)) throw misfit(value, column, 'a whole number');
  const exact = typeof value === 'bigint' ? value : BigInt(value instanceof SpeltNumber ? number : value);
  const { bits = WIDEST } = column;
  if (BigInt.asIntN(bits, exact) !== exact)
    throw new BadRecord(`"${column.name}" is out of the range of its column`, toText(value));
  return Number.isSafeInteger(number) ? number : exact.toString();
}

function timeOf(value: Value, column: TableColumn, timeText: (time: number) => string): SqlValue {
  const time = isNumber(value) ? Number(value) : typeof value === 'string' ? parseTime(value) : undefined;
  if (time === undefined || Number.isNaN(new Date(time).getTime())) throw misfit(value, column, 'a time');
  return timeText(time);
}

function textOf(text: string, { name, length }: TableColumn): string {
  if (text.includes('\0')) throw new BadRecord(`"${name}" has a null character, which no column of a database takes`);
  if (length !== undefined && text.length > length && Array.from(text).length > length) {
    throw new BadRecord(`"${name}" is longer than its column`, text);
  }
  return text;
}

function misfit(value: Value, { name }: TableColumn, needed: string): BadRecord {
  return new BadRecord(`"${name}" is not ${needed}, as its column needs`, toJson(value));
}

/** The names of columns, for messages. */
export function namesOfTable(columns: readonly TableColumn[]): string {
  return columns.map(({ name }) => name).join(', ');
}
