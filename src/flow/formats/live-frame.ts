import type { ChalkInstance } from 'chalk';
import textWidth from 'fast-string-width';
import type { Value } from '../../base/value.ts';
import { visible } from '../../base/visible.ts';
import type { Frame, SinkContext } from '../define/context.ts';
import type { Span } from '../define/span.ts';
import { fitWidths } from './cells.ts';
import { type Grid, gridOf, headLine, type Picture, rowLine, totalWidth, withoutColumns } from './grid.ts';
import type { KeptWidths } from './kept-widths.ts';
import { barsOf, sparklines } from './pictures.ts';
import { namesOfColumns } from './rows.ts';
import { titleLine } from './table.ts';
import type { TableView } from './table-view.ts';
import { formatClock } from './times.ts';

/** How many batches a line of last values shows, where there is room, and where there is less. */
export const LAST = 20;
const SHORTER = [LAST, 10, 5];
/** Title, names of columns and a row: an emission with less room is not begun. */
const LEAST_ROWS = 3;

export type LiveOptions = Pick<
  SinkContext,
  | 'color'
  | 'interval'
  | 'output'
  | 'ascii'
  | 'sparklines'
  | 'isRunning'
  | 'isOneBatch'
  | 'isStopped'
  | 'type'
  | 'recordsIn'
>;

/** An emission as it is shown. */
export interface Emission {
  readonly span: Span;
  /** Records that were read for it; undefined where that is not known. */
  readonly read: number | undefined;
  /** Of all rows, also those that were not kept. */
  readonly total: number;
  readonly rows: readonly Value[];
  /** The first of the rows, as they are laid out. */
  readonly grid: Grid;
  /** Of the rows of the grid, where they are wanted. */
  readonly lasts: readonly (readonly (number | null)[])[] | undefined;
}

interface Look extends LiveOptions {
  readonly bars: boolean | undefined;
  readonly paint: ChalkInstance;
  readonly widths: KeptWidths;
  readonly view: TableView;
  /** Names of columns that come first, in their order. */
  readonly order: readonly string[];
  /** The tick of the last batch, if it was empty. */
  readonly emptyAt: number | undefined;
}

/** The emissions of a tick as a picture, one below the other. @param before how many more came before them. */
export function frameOf(emissions: readonly Emission[], before: number, look: Look): Frame {
  const { view } = look;
  const height = emissions.reduce((sum, emission) => sum + heightOf(emission) + 1, before > 0 ? 1 : 0);
  return {
    height: Math.max(1, height - 1),
    move: (move) => view.move(move),
    paint(columns, rows) {
      if (emissions.length === 0) return [emptyLine(look)];
      view.see({ emissions: emissions.length });
      const shown = emissions.slice(0, emissions.length - view.emissionsBelow);
      return blocksOf(shown, before, emissions.length, { columns, rows, look });
    },
  };
}

interface Paper {
  readonly columns: number;
  readonly rows: number;
  readonly look: Look;
}

/** The newest first, as far as there is room; a line is kept for what is left out. @param all how many emissions there are. */
function blocksOf(
  emissions: readonly Emission[],
  before: number,
  all: number,
  { columns, rows, look }: Paper,
): string[] {
  const blocks: string[] = [];
  const below = all - emissions.length;
  const lastLines = below > 0 && rows > 1 ? [look.paint.dim(`… ${count(below)} behind`)] : [];
  let room = rows - lastLines.length;
  let shown = 0;
  for (const emission of emissions.toReversed()) {
    const isFirst = shown === 0;
    const needed = heightOf(emission);
    const isLast = shown === emissions.length - 1 && before === 0;
    const available = room - (isFirst ? 0 : 1) - (isLast ? 0 : 1);
    if (!isFirst && available < Math.min(needed, LEAST_ROWS)) break;
    const lines = linesOf(emission, columns, Math.max(1, available), look, isFirst);
    if (!isFirst) lines.push('');
    blocks.unshift(...lines);
    room -= lines.length;
    shown++;
  }
  const left = emissions.length - shown + before;
  blocks.push(...lastLines);
  if (left > 0 && blocks.length < rows) blocks.unshift(look.paint.dim(`… ${count(left)} before`));
  return blocks;
}

function emptyLine({ emptyAt = 0, paint }: Look): string {
  return `${paint.bold(formatClock(emptyAt))}  ${paint.dim('0 records')}`;
}

function heightOf({ grid, total }: Emission): number {
  return 1 + (grid.columns.kind === 'value' ? 0 : 1) + total;
}

/** @param isScrolled whether it is the one that keys scroll. */
function linesOf(emission: Emission, columns: number, room: number, look: Look, isScrolled: boolean): string[] {
  const { total, rows, grid } = emission;
  const { view, paint } = look;
  const order = view.rowsOf(rows, grid.columns);
  const kept = order?.length ?? rows.length;
  const wanted = view.filter === '' ? total : kept;
  const title = titleOf(emission, columns, look, kept);
  const space = room - 1 - (grid.columns.kind === 'value' ? 0 : 1);
  const isCut = wanted > space;
  const fit = Math.max(0, isCut ? space - 1 : wanted);
  if (isScrolled) view.see({ names: namesOfColumns(grid.columns), rows: kept, room: fit });
  const top = isScrolled ? view.rowsAbove : 0;
  const end = Math.min(kept, top + fit);
  const drawn = drawnRows(emission, order, top, end, look);
  const layout = layOut(drawn, columns, look);
  const lines = [title];
  const head = headLine(drawn.grid, layout);
  if (head !== undefined && lines.length < room) lines.push(head);
  for (let i = 0; i < end - top; i++) lines.push(rowLine(drawn.grid, drawn.from + i, layout));
  if (isCut && lines.length < room) lines.push(paint.dim(moreLine(top, wanted - end)));
  return lines;
}

function moreLine(above: number, below: number): string {
  if (above === 0) return `… and ${count(below)} more`;
  return below === 0 ? `… ${count(above)} above` : `… ${count(above)} above, ${count(below)} more`;
}

function titleOf({ span, read, grid, rows, total }: Emission, columns: number, look: Look, kept: number): string {
  const { paint, emptyAt, view, ascii } = look;
  let line = titleLine(span, read, paint, { ...look, width: () => columns });
  const sort = view.sortOf(rows, grid.columns);
  const left = view.columnsLeftOut;
  const more = [
    ...(emptyAt === undefined ? [] : [`nothing since, to ${formatClock(emptyAt)}`]),
    ...(sort === undefined ? [] : [`by ${visible(sort.name)} ${arrow(sort.isFalling, ascii === true)}`]),
    ...(view.filter === '' ? [] : [`"${visible(view.filter)}" in ${count(kept)} of ${count(total)}`]),
    ...(left === 0 ? [] : [left === 1 ? '1 column left out' : `${left} columns left out`]),
  ];
  for (const text of more) if (textWidth(line) + textWidth(text) + 2 <= columns) line += paint.dim(`  ${text}`);
  return line;
}

function arrow(isFalling: boolean, ascii: boolean): string {
  if (ascii) return isFalling ? 'falling' : 'rising';
  return isFalling ? '↓' : '↑';
}

interface Drawn {
  readonly grid: Grid;
  /** Where in the grid the rows to draw begin. */
  readonly from: number;
  readonly lasts: Emission['lasts'];
}

/** Some rows laid out: those that the grid has, or others beside the first ones, so that columns keep their places. */
function drawnRows(
  { rows, grid, lasts, span }: Emission,
  order: readonly number[] | undefined,
  top: number,
  end: number,
  { view, widths, type, order: names }: Look,
): Drawn {
  const left = view.columnsLeftOut;
  if (order === undefined && end <= grid.rows.length) return { grid: withoutColumns(grid, left), from: top, lasts };
  const numbers = Array.from({ length: end - top }, (_, i) => order?.[top + i] ?? top + i);
  const records = [...numbers.map((row) => rows[row]!), ...rows.slice(0, grid.rows.length)];
  const laidOut = gridOf(records, { order: names, fractions: widths.fractions, type, now: span.time });
  widths.see(laidOut);
  return { grid: withoutColumns(laidOut, left), from: 0, lasts: lasts && numbers.map((row) => lasts[row] ?? []) };
}

function layOut({ grid, lasts }: Drawn, screen: number, look: Look) {
  const { paint, bars, widths } = look;
  const ascii = look.ascii === true;
  const roomy = widths.of(grid);
  const fit =
    totalWidth(roomy) <= screen ? { widths: roomy, more: false } : fitWidths(widths.tight(grid), grid.isNumber, screen);
  let left = screen;
  const pictures: (Picture | undefined)[] = grid.names.map(() => undefined);
  const length = SHORTER.find((columns) => totalWidth(fit.widths) + columns + 2 <= screen);
  if (lasts !== undefined && !fit.more && length !== undefined) {
    left -= length + 2;
    pictures[pictures.length - 1] = sparklines(length, ascii, (row) => lasts[row]!.slice(-length));
  }
  const wantsBars = bars ?? (grid.columns.kind === 'pair' && lasts === undefined);
  const drawn = wantsBars && !fit.more ? barsOf(grid, fit.widths, left, { ascii }) : undefined;
  drawn?.forEach((picture, i) => {
    pictures[i] ??= picture;
  });
  return { ...fit, cuts: true, pictures, paint };
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
