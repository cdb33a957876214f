import { Chalk, type ChalkInstance } from 'chalk';
import { formatDuration } from '../../base/duration.ts';
import type { Value } from '../../base/value.ts';
import type { SinkContext } from '../define/context.ts';
import type { Span } from '../define/span.ts';
import { cutText, fitWidths } from './cells.ts';
import type { Format, Write } from './format.ts';
import { gridOf, headLine, rowLine } from './grid.ts';
import { type BarsOptions, barsOf } from './pictures.ts';
import { isCutShort } from './rest.ts';
import { type Columns, namesOfColumns } from './rows.ts';
import { formatClock, formatMoment, formatPeriod } from './times.ts';

/** So many rows are laid out together; a longer batch is written in blocks, so that it takes constant memory. */
const BLOCK = 1000;
const GAP = '  ';

/** How wide a line with bars is made where no terminal says. */
const PAPER = 80;

export type TableOptions = Pick<
  SinkContext,
  | 'color'
  | 'width'
  | 'interval'
  | 'output'
  | 'ascii'
  | 'isRunning'
  | 'isOneBatch'
  | 'isStopped'
  | 'type'
  | 'recordsIn'
  | 'now'
>;

/**
 * A table a batch, for people: a line with time, span and how many records were read for it, then aligned columns.
 *
 *     12:00:30  10s window 12:00:20–12:00:30  1,204 records
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
  let hasOthers = false;

  const block = (): void => {
    if (rows.length === 0) return;
    // A bar says how much of the highest value a number is, which is not known before the batch is whole.
    const isDrawn = bars && written === 0 && rows.length <= BLOCK;
    const ascii = options.ascii === true;
    shown = writeBlock(write, rows, shown, paint, options, isDrawn ? { ascii } : undefined);
    written += rows.length;
    rows = [];
  };

  return {
    push(record) {
      rows.push(record);
      // One more than a block: a batch of exactly one block still has its line on top. What may not be shown at all waits for its end.
      if (rows.length > BLOCK && !isCutShort({ partial: true }, hasOthers && written === 0, options)) block();
    },
    get isHolding() {
      return rows.length > 0;
    },
    close(span, leftOut) {
      const total = written + rows.length + leftOut;
      if (total === 0) return;
      if (isCutShort(span, hasOthers && written === 0, options)) {
        rows = [];
        return;
      }
      hasOthers = true;
      const title = `${titleLine(span, options.recordsIn?.(span), paint, options)}\n`;
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
function screenOf({ width }: Pick<TableOptions, 'width'>): number | undefined {
  return width() || undefined;
}

/**
 * The heading of an emission, as a line without its end: its time, the number of the output, what it is of, and how many records were
 * read for it.
 *
 *     12:00:30  batch  1,204 records
 *     12:00:30  output 2  since 11:58:02  170,311 records
 *
 * @param read undefined where that is not known.
 */
export function titleLine(
  span: Span,
  read: number | undefined,
  paint: ChalkInstance,
  options: Pick<TableOptions, 'output' | 'interval' | 'width' | 'isRunning' | 'isOneBatch'>,
): string {
  const parts: [text: string, style: ChalkInstance][] = [[formatClock(span.time), paint.bold]];
  if (options.output !== undefined) parts.push([`output ${options.output}`, paint.dim]);
  const what = spanName(span, options);
  if (what !== undefined) parts.push([what, paint.dim]);
  if (span.partial) parts.push(['partial', paint.yellow]);
  if (read !== undefined) parts.push([read === 1 ? '1 record' : `${read.toLocaleString('en-US')} records`, paint.dim]);
  const plain = parts.map(([text]) => text).join(GAP);
  const cut = cutText(plain, screenOf(options) ?? Infinity);
  return `${cut === plain ? parts.map(([text, style]) => style(text)).join(GAP) : cut}`;
}

/** What an emission is of; undefined where that is all there is. */
function spanName(
  { time, start, end, batches }: Span,
  { interval, isRunning, isOneBatch }: Pick<TableOptions, 'interval' | 'isRunning' | 'isOneBatch'>,
): string | undefined {
  if (batches !== undefined) return `all ${batches.toLocaleString('en-US')} batches`;
  if (isRunning) return `since ${formatMoment(start, time)}`;
  if (end !== time || end - start !== interval) {
    return `${formatDuration(end - start)} window ${formatPeriod(start, end, time)}`;
  }
  return isOneBatch ? undefined : 'batch';
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
 * @param options for how wide a screen, and what is known of the records.
 * @param wantsHead whether, with these widths, the names of the columns are written though they are those of the block before.
 */
export function writeBlock(
  write: Write,
  records: readonly Value[],
  before: Shown | undefined,
  paint: ChalkInstance,
  options: Pick<TableOptions, 'width' | 'type' | 'now'>,
  bars: BarsOptions | undefined,
  wantsHead: (widths: readonly number[]) => boolean = () => false,
): Shown {
  const screen = screenOf(options);
  const grid = gridOf(records, { type: options.type, now: options.now() });
  const isNew = before === undefined || namesIn(before.columns) !== namesIn(grid.columns);
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

function namesIn(columns: Columns): string {
  return namesOfColumns(columns).join('\n');
}
