import { Chalk, type ChalkInstance } from 'chalk';
import textWidth from 'fast-string-width';
import { formatDuration } from '../../../base/duration.ts';
import { type Fields, field, type Value } from '../../../base/value.ts';
import type { SinkContext } from '../../batch/context.ts';
import type { Span } from '../../batch/span.ts';
import { type Cell, cellOf, cutText, fitWidths, padText, visible } from './cells.ts';
import type { Format, Write } from './format.ts';
import { type Columns, cellsOf, columnsOf } from './rows.ts';
import { formatClock, formatPeriod } from './times.ts';

/** So many rows are laid out together; a longer batch is written in blocks, so that it takes constant memory. */
const BLOCK = 1000;
const GAP = '  ';

export type TableOptions = Pick<SinkContext, 'color' | 'width' | 'interval' | 'output'>;

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
 */
export function tableFormat(write: Write, options: TableOptions): Format {
  // Some terminals say that they have no columns at all: they do not know.
  const screen = options.width === 0 ? undefined : options.width;
  const paint = new Chalk({ level: options.color ? 1 : 0 });
  let rows: Value[] = [];
  let written = 0;
  let shown: Shown | undefined;

  const block = (): void => {
    if (rows.length === 0) return;
    shown = writeBlock(write, rows, shown, paint, screen);
    written += rows.length;
    rows = [];
  };

  return {
    push(record) {
      rows.push(record);
      // One more than a block: a batch of exactly one block still has its line on top.
      if (rows.length > BLOCK) block();
    },
    close(span, leftOut) {
      const total = written + rows.length + leftOut;
      if (total === 0) return;
      const title = titleLine(span, total, paint, options);
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

function titleLine(span: Span, total: number, paint: ChalkInstance, options: TableOptions): string {
  const { time, start, end, partial } = span;
  const parts: [text: string, style: ChalkInstance][] = [[formatClock(time), paint.bold]];
  if (options.output !== undefined) parts.push([`output ${options.output}`, paint.dim]);
  if (end !== time || end - start !== options.interval) {
    parts.push([`${formatDuration(end - start)} window ${formatPeriod(start, end, time)}`, paint.dim]);
  }
  if (partial) parts.push(['partial', paint.yellow]);
  parts.push([total === 1 ? '1 record' : `${total.toLocaleString('en-US')} records`, paint.dim]);
  const plain = parts.map(([text]) => text).join(GAP);
  const cut = cutText(plain, options.width || Infinity);
  return `${cut === plain ? parts.map(([text, style]) => style(text)).join(GAP) : cut}\n`;
}

/** The columns of the block before, and what their widths would be, for the next one of the batch to go on with. */
interface Shown {
  readonly columns: Columns;
  readonly natural: readonly number[];
}

/** Where no terminal sets a limit, columns are aligned up to this width, and a longer text just sticks out. */
const WIDEST = 60;

function writeBlock(
  write: Write,
  records: readonly Value[],
  before: Shown | undefined,
  paint: ChalkInstance,
  screen: number | undefined,
): Shown {
  const columns = columnsOf(records);
  const isNew = before === undefined || before.columns.names.join('\n') !== columns.names.join('\n');
  // The one column of bare values needs no name.
  const names = columns.kind === 'value' ? [''] : columns.names.map(visible);
  const rows = records.map((record) => rowOf(record, columns));
  const natural = names.map((name, i) =>
    rows.reduce(
      (widest, row) => Math.max(widest, row[i]!.width),
      Math.max(textWidth(name), isNew ? 0 : before.natural[i]!),
    ),
  );
  const isNumber = names.map(
    (_, i) => rows.some((row) => row[i]!.isNumber) && rows.every((row) => row[i]!.isNumber || row[i]!.isNothing),
  );
  const { widths, more } =
    screen === undefined
      ? { widths: natural.map((width) => Math.min(width, WIDEST)), more: false }
      : fitWidths(natural, isNumber, screen);

  const line = (text: (i: number) => string, style: (text: string, i: number) => string): string => {
    const parts = widths.map((width, i) => {
      const shown = screen === undefined ? text(i) : cutText(text(i), width);
      const isLast = i === widths.length - 1 && !more;
      return style(isLast && !isNumber[i] ? shown : padText(shown, width, isNumber[i]!), i);
    });
    if (more) parts.push(paint.dim('…'));
    return `${parts.join(GAP).replace(/ +$/, '')}\n`;
  };

  if (isNew && columns.kind !== 'value')
    write(
      line(
        (i) => names[i]!,
        (text) => paint.bold(text),
      ),
    );
  for (const row of rows) {
    write(
      line(
        (i) => row[i]!.text,
        (text, i) => (row[i]!.isNothing ? paint.dim(text) : text),
      ),
    );
  }
  return { columns, natural };
}

/** The cells of a record; a field that it does not have is told from one that is null. */
function rowOf(record: Value, columns: Columns): readonly Cell[] {
  if (columns.kind !== 'object') return cellsOf(record, columns).map(cellOf);
  return columns.names.map((name) => cellOf(Object.hasOwn(record as Fields, name) ? field(record, name) : undefined));
}
