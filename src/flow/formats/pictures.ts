import { bar, sparkline } from '../drawing/bars.ts';
import { type Grid, type Picture, totalWidth } from './grid.ts';

/** A bar is at least and at most so wide, in columns of the terminal. */
const LEAST = 6;
const MOST = 40;
const GAP = 2;

export interface BarsOptions {
  readonly ascii: boolean;
}

/**
 * Bars behind the columns of numbers, one as wide as the other: how much of the column's highest value each is. Columns with a number
 * below zero have none, since a bar has no other side, and neither have the keys of pairs, which are names. Undefined where there is no room.
 */
export function barsOf(
  grid: Grid,
  widths: readonly number[],
  screen: number,
  { ascii }: BarsOptions,
): readonly (Picture | undefined)[] | undefined {
  const isKey = (i: number) => grid.columns.kind === 'pair' && i === 0;
  const values = grid.isNumber.map((isNumber, i) =>
    isNumber && !isKey(i) ? grid.rows.map((row) => Number(row[i]!.text)) : [],
  );
  const isDrawn = values.map((column) => column.some((value) => value > 0) && column.every((value) => !(value < 0)));
  const count = isDrawn.filter(Boolean).length;
  const width = Math.min(MOST, Math.floor((screen - totalWidth(widths)) / count) - GAP);
  if (count === 0 || width < LEAST) return undefined;
  return values.map((column, i) => {
    if (!isDrawn[i]) return undefined;
    const highest = column.reduce((most, value) => (value > most ? value : most), 0);
    return { width, of: (row) => (column[row]! > 0 ? bar(column[row]! / highest, width, ascii) : '') };
  });
}

/** A line of the last values of each row. @param values of a row, the newest last. */
export function sparklines(
  length: number,
  ascii: boolean,
  values: (row: number) => readonly (number | null)[],
): Picture {
  return { width: length, of: (row) => sparkline(values(row), ascii).padStart(length) };
}
