import { toText } from '../../../base/json.ts';
import { isNumber, type Value } from '../../../base/value.ts';
import type { Result } from './result.ts';
import { cell } from './rows.ts';

/** What the numbers of a column come to, over the rows that are looked at. */
export interface ColumnSum {
  readonly total: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** Of each column with nothing but numbers in it, by its name; `rows` are their places in the result. */
export function columnSums({ columns, records }: Result, rows: readonly number[]): ReadonlyMap<string, ColumnSum> {
  const sums = new Map<string, ColumnSum>();
  for (const column of columns.all) {
    let [total, least, most, count] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    const isOfNumbers = rows.every((row) => {
      const value = cell(records[row]!, column);
      if (value === null) return true;
      if (!isNumber(value)) return false;
      const number = asNumber(value);
      total += number;
      least = Math.min(least, number);
      most = Math.max(most, number);
      count++;
      return true;
    });
    if (isOfNumbers && count > 0) sums.set(column.name, { total, least, most, count });
  }
  return sums;
}

/** A number that may be spelt with more digits than a double has. */
export function asNumber(value: Value): number {
  return typeof value === 'number' ? value : Number(toText(value));
}

/** `1234567.5` as `1,234,567.5`: the digits in front of the point in threes, as they are where none stand together by so many. */
export function grouped(text: string): string {
  return /e/i.test(text) ? text : text.replace(/^(-?\d{4,})/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
}
