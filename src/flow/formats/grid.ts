import type { ChalkInstance } from 'chalk';
import textWidth from 'fast-string-width';
import type { Type } from '../../base/type.ts';
import { isNumber as isAnyNumber, type Value } from '../../base/value.ts';
import { visible } from '../../base/visible.ts';
import { type Cell, cellOf, cutText, padText, timeCell } from './cells.ts';
import { holdsTimes } from './column-type.ts';
import { fractionWidth, hasBeenWorkedOut } from './numbers.ts';
import { type Column, type Columns, cellAt, columnsOf } from './rows.ts';
import { timeTexts } from './times.ts';
import { toneOf } from './tone.ts';

const GAP = '  ';
/** Objects within objects are taken apart as long as that makes no more columns: of more, most would not be on the screen. */
const MOST_COLUMNS = 16;

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

/** How records are laid out. */
interface GridOptions {
  /** Names that come first among the columns, where they occur. */
  readonly order?: readonly string[];
  /** By the name of the column, room that it has at least from the points of its numbers on. */
  readonly fractions?: ReadonlyMap<string, number>;
  /** What is known of the records. */
  readonly type?: Type | undefined;
  /** ms: times of this day are shown without it. */
  readonly now: number;
}

export function gridOf(records: readonly Value[], options: GridOptions): Grid {
  const { fractions, order = [], type, now } = options;
  const found = columnsOf(records, MOST_COLUMNS);
  const columns = { ...found, all: inOrder(found.all, order) };
  const shown = columns.kind === 'value' ? [''] : columns.all.map(({ name }) => visible(name));
  const byColumn = columns.all.map((column) => {
    const values = records.map((record) => cellAt(record, column));
    return holdsTimes(type, column.path) ? timesAsCells(values, now) : cellsOf(values);
  });
  const isNumber = byColumn.map(
    (cells) => cells.some((cell) => cell.isNumber) && cells.every((cell) => cell.isNumber || cell.isNothing),
  );
  const cells = records.map((_, row) => byColumn.map((column) => column[row]!));
  const room = columns.all.map(({ name }, i) =>
    isNumber[i] ? Math.max(fractions?.get(name) ?? 0, widestFraction(cells, i)) : 0,
  );
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

/** The cells of a column. If one of its numbers has been worked out, all were, and have as many digits. */
function cellsOf(values: readonly (Value | undefined)[]): readonly Cell[] {
  const isWorkedOut = values.some((value) => value !== undefined && isAnyNumber(value) && hasBeenWorkedOut(value));
  return values.map((value) => cellOf(value, isWorkedOut));
}

/** The cells of a column of times: all with their days, where one of them is of another day than `now`. */
function timesAsCells(values: readonly (Value | undefined)[], now: number): readonly Cell[] {
  const times = values.map((value) => (value !== undefined && isAnyNumber(value) ? Number(value) : undefined));
  const texts = timeTexts(times, now);
  return values.map((value, i) => (texts[i] === undefined ? cellOf(value, false) : timeCell(texts[i])));
}

/** The same without so many columns behind the first one, of which the keys are. */
export function withoutColumns(grid: Grid, count: number): Grid {
  if (count === 0) return grid;
  const keep = <T>(all: readonly T[]): readonly T[] => [...all.slice(0, 1), ...all.slice(1 + count)];
  return {
    columns: { ...grid.columns, all: keep(grid.columns.all) },
    names: keep(grid.names),
    rows: grid.rows.map(keep),
    natural: keep(grid.natural),
    isNumber: keep(grid.isNumber),
    fractions: keep(grid.fractions),
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

function inOrder(columns: readonly Column[], order: readonly string[]): readonly Column[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const first = order.flatMap((name) => byName.get(name) ?? []);
  const taken = new Set(first);
  return [...first, ...columns.filter((column) => !taken.has(column))];
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
    (text, i) => {
      if (look.paint.level === 0) return text;
      const tone = row[i]!.isNothing ? look.paint.dim : toneOf(grid.names[i]!, row[i]!.text.trimEnd(), look.paint);
      return tone === undefined ? text : tone(text);
    },
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
