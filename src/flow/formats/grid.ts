import type { ChalkInstance } from 'chalk';
import textWidth from 'fast-string-width';
import { hasField } from '../../base/fields.ts';
import { field, type Value } from '../../base/value.ts';
import { visible } from '../../base/visible.ts';
import { type Cell, cellOf, cutText, padText } from './cells.ts';
import { fractionWidth } from './numbers.ts';
import { type Columns, cellsOf, columnsNamed, columnsOf } from './rows.ts';

const GAP = '  ';

/** Records laid out as cells, before it is known how wide the columns may be. */
export interface Grid {
  readonly columns: Columns;
  /** What stands above the columns; the one column of bare values has no name. */
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** How wide each column is by itself, in columns of the terminal. */
  readonly natural: readonly number[];
  /** Whether all of a column are numbers, which stand on the right. */
  readonly isNumber: readonly boolean[];
  /** How many characters the numbers of a column have room for from their point on. */
  readonly fractions: readonly number[];
}

/**
 * @param order names that come first among the columns of objects, where they occur.
 * @param fractions by the name of the column, room that it has at least from the points of its numbers on.
 */
export function gridOf(
  records: readonly Value[],
  order: readonly string[] = [],
  fractions: ReadonlyMap<string, number> = new Map(),
): Grid {
  const found = columnsOf(records);
  const names = found.kind === 'object' ? inOrder(found.names, order) : found.names;
  const columns = columnsNamed(found.kind, names);
  const shown = columns.kind === 'value' ? [''] : names.map(visible);
  const cells = records.map((record) => rowOf(record, columns));
  const isNumber = shown.map(
    (_, i) => cells.some((row) => row[i]!.isNumber) && cells.every((row) => row[i]!.isNumber || row[i]!.isNothing),
  );
  const room = names.map((name, i) => (isNumber[i] ? Math.max(fractions.get(name) ?? 0, widestFraction(cells, i)) : 0));
  const rows = withPointsAligned(cells, room);
  return {
    columns,
    names: shown,
    rows,
    natural: shown.map((name, i) => rows.reduce((widest, row) => Math.max(widest, row[i]!.width), textWidth(name))),
    isNumber,
    fractions: room,
  };
}

function widestFraction(rows: readonly (readonly Cell[])[], column: number): number {
  return rows.reduce(
    (widest, row) => Math.max(widest, row[column]!.isNumber ? fractionWidth(row[column]!.text) : 0),
    0,
  );
}

/** Numbers with spaces behind them, so that the points of a column stand below each other. @param room by column, from the point on. */
function withPointsAligned(rows: readonly (readonly Cell[])[], room: readonly number[]): readonly (readonly Cell[])[] {
  if (room.every((width) => width === 0)) return rows;
  return rows.map((row) =>
    row.map((cell, i) => {
      if (room[i] === 0 || !cell.isNumber) return cell;
      const spaces = ' '.repeat(room[i]! - fractionWidth(cell.text));
      return { ...cell, text: cell.text + spaces, width: cell.width + spaces.length };
    }),
  );
}

function inOrder(names: readonly string[], order: readonly string[]): readonly string[] {
  const isThere = new Set(names);
  const first = order.filter((name) => isThere.has(name));
  const taken = new Set(first);
  return [...first, ...names.filter((name) => !taken.has(name))];
}

/** The cells of a record; a field that it does not have is told from one that is null. */
function rowOf(record: Value, columns: Columns): readonly Cell[] {
  if (columns.kind !== 'object') return cellsOf(record, columns).map(cellOf);
  return columns.names.map((name) => cellOf(hasField(record, name) ? field(record, name) : undefined));
}

/** Something drawn behind a column: a bar, a line of the last values. */
export interface Picture {
  readonly width: number;
  /** Of the row with this index; padded to the width by who lays it out. */
  of(row: number): string;
}

interface GridLook {
  readonly widths: readonly number[];
  /** Whether columns were left out on the right, which a mark says. */
  readonly more: boolean;
  /** Whether a text that is too long is cut; else it sticks out. */
  readonly cuts: boolean;
  /** By column, where there is one. */
  readonly pictures?: readonly (Picture | undefined)[];
  readonly paint: ChalkInstance;
}

/** The names of the columns as a line without its end; undefined for bare values, which need none. */
export function headLine(grid: Grid, look: GridLook): string | undefined {
  if (grid.columns.kind === 'value') return undefined;
  return line(
    grid,
    look,
    (i) => grid.names[i]!,
    (text) => look.paint.bold(text),
  );
}

/** A row as a line without its end. */
export function rowLine(grid: Grid, index: number, look: GridLook): string {
  const row = grid.rows[index]!;
  return line(
    grid,
    look,
    (i) => row[i]!.text,
    (text, i) => (row[i]!.isNothing ? look.paint.dim(text) : text),
    index,
  );
}

function line(
  { isNumber }: Grid,
  { widths, more, cuts, pictures, paint }: GridLook,
  text: (i: number) => string,
  style: (text: string, i: number) => string,
  row?: number,
): string {
  const parts: string[] = [];
  widths.forEach((width, i) => {
    const shown = cuts ? cutText(text(i), width) : text(i);
    const picture = pictures?.[i];
    const isLast = i === widths.length - 1 && !more && picture === undefined;
    parts.push(style(isLast && !isNumber[i] ? shown : padText(shown, width, isNumber[i]!), i));
    if (picture === undefined) return;
    const drawn = row === undefined ? '' : picture.of(row);
    parts.push(paint.cyan(drawn) + ' '.repeat(Math.max(0, picture.width - textWidth(drawn))));
  });
  if (more) parts.push(paint.dim('…'));
  return parts.join(GAP).replace(/ +$/, '');
}

/** The columns that a line takes. */
export function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
}
