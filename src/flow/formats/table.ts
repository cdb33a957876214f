import { Chalk, type ChalkInstance } from 'chalk';
import { formatDuration } from '../../base/duration.ts';
import type { Value } from '../../base/value.ts';
import type { SinkContext } from '../define/context.ts';
import type { Span } from '../define/span.ts';
import { cutText, fitWidths } from './cells.ts';
import type { Format, Write } from './format.ts';
import { gridOf, headLine, rowLine } from './grid.ts';
import { type BarsOptions, barsOf } from './pictures.ts';
import type { Columns } from './rows.ts';
import { formatClock, formatMoment, formatPeriod } from './times.ts';

/** So many rows are laid out together; a longer batch is written in blocks, so that it takes constant memory. */
const BLOCK = 1000;
const GAP = '  ';

/** How wide a line with bars is made where no terminal says. */
const PAPER = 80;

export type TableOptions = Pick<SinkContext, 'color' | 'width' | 'interval' | 'output' | 'ascii' | 'isRunning'>;

/**
 * A table a batch, for people: a line with time, span and number of records, then aligned columns.
 *
 *     12:00:30  10s window 12:00:20–12:00:30  2 records
 *     status  n  mean
 *     ok     12   3.5
 *     error   1    80
 *
 * Of a batch longer than a block the line with the number comes last, since only then the number is known. Empty batches
 * write nothing.
 *
 * @param bars draws a bar behind each number, of batches that are no longer than a block.
 */
export function tableFormat(write: Write, options: TableOptions, bars = false): Format {
  const paint = new Chalk({ level: options.color ? 1 : 0 });
  let rows: Value[] = [];
  let written = 0;
  let shown: Shown | undefined;

  const block = (): void => {
    if (rows.length === 0) return;
    // A bar says how much of the highest value a number is, which is not known before the batch is whole.
    const isDrawn = bars && written === 0 && rows.length <= BLOCK;
    const ascii = options.ascii === true;
    shown = writeBlock(write, rows, shown, paint, screenOf(options), isDrawn ? { ascii } : undefined);
    written += rows.length;
    rows = [];
  };

  return {
    push(record) {
      rows.push(record);
      // One more than a block: a batch of exactly one block still has its line on top.
      if (rows.length > BLOCK) block();
    },
    get isHolding() {
      return rows.length > 0;
    },
    close(span, leftOut) {
      const total = written + rows.length + leftOut;
      if (total === 0) return;
      const title = `${titleLine(span, total, paint, options)}\n`;
      const isWhole = written === 0;
      if (isWhole) write(title);
      block();
      if (leftOut > 0) write(`${paint.dim(`… and ${leftOut.toLocaleString('en-US')} more`)}\n`);
      if (!isWhole) write(title);
      write('\n');
      written = 0;
      shown = undefined;
    },
  };
}

/** The columns of the terminal; undefined where there is none. Some say that they have no columns at all: they do not know. */
export function screenOf({ width }: Pick<TableOptions, 'width'>): number | undefined {
  return width === 0 ? undefined : width;
}

/** Time, number of the output, span and number of records of an emission, as a line without its end. */
export function titleLine(
  span: Span,
  total: number,
  paint: ChalkInstance,
  options: Pick<TableOptions, 'output' | 'interval' | 'width' | 'isRunning'>,
): string {
  const { time, start, end, partial } = span;
  const parts: [text: string, style: ChalkInstance][] = [[formatClock(time), paint.bold]];
  if (options.output !== undefined) parts.push([`output ${options.output}`, paint.dim]);
  if (span.batches !== undefined) {
    parts.push([`all ${span.batches.toLocaleString('en-US')} batches`, paint.dim]);
  } else if (options.isRunning) {
    parts.push([`since ${formatMoment(start, time)}`, paint.dim]);
  } else if (end !== time || end - start !== options.interval) {
    parts.push([`${formatDuration(end - start)} window ${formatPeriod(start, end, time)}`, paint.dim]);
  }
  if (partial) parts.push(['partial', paint.yellow]);
  parts.push([total === 1 ? '1 record' : `${total.toLocaleString('en-US')} records`, paint.dim]);
  const plain = parts.map(([text]) => text).join(GAP);
  const cut = cutText(plain, options.width || Infinity);
  return `${cut === plain ? parts.map(([text, style]) => style(text)).join(GAP) : cut}`;
}

/** The columns of the block before, and what their widths would be, for the next one of the batch to go on with. */
export interface Shown {
  readonly columns: Columns;
  readonly natural: readonly number[];
  readonly widths: readonly number[];
  /** Whether the names of the columns were written. */
  readonly hasHead: boolean;
}

/** Where no terminal sets a limit, columns are aligned up to this width, and a longer text just sticks out. */
const WIDEST = 60;

/**
 * Lays rows out and writes them.
 *
 * @param before the block that they go on with, whose columns do not become narrower.
 * @param wantsHead whether, with these widths, the names of the columns are written though they are those of the block before.
 */
export function writeBlock(
  write: Write,
  records: readonly Value[],
  before: Shown | undefined,
  paint: ChalkInstance,
  screen: number | undefined,
  bars: BarsOptions | undefined,
  wantsHead: (widths: readonly number[]) => boolean = () => false,
): Shown {
  const grid = gridOf(records);
  const isNew = before === undefined || before.columns.names.join('\n') !== grid.columns.names.join('\n');
  const natural = grid.natural.map((width, i) => Math.max(width, isNew ? 0 : before.natural[i]!));
  const fit =
    screen === undefined
      ? { widths: natural.map((width) => Math.min(width, WIDEST)), more: false }
      : fitWidths(natural, grid.isNumber, screen);
  const pictures = bars === undefined || fit.more ? undefined : barsOf(grid, fit.widths, screen ?? PAPER, bars);
  // Nothing stands beside bare values that they would push away: all of them is shown.
  const cuts = screen !== undefined && grid.columns.kind !== 'value';
  const look = { ...fit, cuts, paint, ...(pictures === undefined ? {} : { pictures }) };
  const head = isNew || wantsHead(fit.widths) ? headLine(grid, look) : undefined;
  if (head !== undefined) write(`${head}\n`);
  for (let i = 0; i < grid.rows.length; i++) write(`${rowLine(grid, i, look)}\n`);
  return { columns: grid.columns, natural, widths: fit.widths, hasHead: head !== undefined };
}
