import { namesOf } from '../../base/fields.ts';
import { toJson, toText } from '../../base/json.ts';
import { field, isFields, isNumber, isPair, type Value } from '../../base/value.ts';

/** What is drawn of a record: whose value it is, and the value; null where it has none. */
export interface Point {
  readonly key: string;
  readonly value: number | null;
  /** There is something where the number should be, and it is none. */
  readonly isBad?: boolean;
}

/**
 * Finds key and value of the records of one output. A pair has both; a number is a value without a key. Of an object the key is the
 * shortest run of its first fields that tells the records of every emission so far apart, and the value is the first number behind them:
 * what `groupBy` gives, with the columns of the key first.
 */
export class PointReader {
  /** How many of the first fields are the key. */
  private keys = 1;

  /** The points of an emission, in order. */
  read(records: readonly Value[]): readonly Point[] {
    if (records.every(isFields) && records.length > 0) {
      const names = namesOf(records[0]!);
      while (this.keys < names.length - 1 && !this.tellsApart(records, names)) this.keys++;
      return records.map((record) => this.ofFields(record, names));
    }
    return records.map((record) => {
      const [key, value] = isPair(record) ? [toText(record[0]), record[1]] : ['', record];
      return { key, ...numberIn([value]) };
    });
  }

  private tellsApart(records: readonly Value[], names: readonly string[]): boolean {
    return new Set(records.map((record) => this.keyOf(record, names))).size === records.length;
  }

  private keyOf(record: Value, names: readonly string[]): string {
    return names
      .slice(0, this.keys)
      .map((name) => toText(field(record, name)))
      .join(' ');
  }

  private ofFields(record: Value, names: readonly string[]): Point {
    // An object of one field is all value: what `aggregate` gives.
    if (names.length === 1) return { key: '', ...numberIn([field(record, names[0]!)]) };
    return {
      key: this.keyOf(record, names),
      ...numberIn(names.slice(this.keys).map((name) => field(record, name))),
    };
  }
}

/** The first number among the values. */
function numberIn(values: readonly Value[]): Pick<Point, 'value' | 'isBad'> {
  const value = values.map(asNumber).find((number) => number !== null) ?? null;
  return { value, isBad: value === null && values.some((other) => other !== null) };
}

/** A number to draw; null for anything else. */
export function asNumber(value: Value): number | null {
  return isNumber(value) ? Number(value) : null;
}

/** A number for a label: short, with marks between thousands. */
export function label(value: number): string {
  if (Math.abs(value) >= 1e15 || (value !== 0 && Math.abs(value) < 1e-4)) return toJson(value);
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 });
}
