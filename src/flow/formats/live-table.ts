import { Chalk, type ChalkInstance } from 'chalk';
import textWidth from 'fast-string-width';
import type { Value } from '../../base/value.ts';
import type { Frame, Region, SinkContext } from '../define/context.ts';
import type { Span } from '../define/span.ts';
import { History } from '../drawing/history.ts';
import { PointReader } from '../drawing/points.ts';
import { fitWidths } from './cells.ts';
import type { Format } from './format.ts';
import { type Grid, gridOf, headLine, type Picture, rowLine, totalWidth } from './grid.ts';
import { barsOf, sparklines } from './pictures.ts';
import { isRest } from './rest.ts';
import { namesOfColumns } from './rows.ts';
import { titleLine } from './table.ts';
import { formatClock } from './times.ts';

/** More rows of an emission are counted but not kept: no terminal is so high. */
const KEPT_ROWS = 500;
/** More emissions of one tick are counted but not kept. */
const KEPT_EMISSIONS = 50;
/** Room that a column is given beyond what it needs when it outgrows what it had, so that it does not grow with each batch. */
const SLACK = 3;
/** How many batches a line of last values shows. */
const LAST = 20;
/** Title, names of columns and a row: an emission with less room is not begun. */
const LEAST_ROWS = 3;

type LiveOptions = Pick<
  SinkContext,
  'color' | 'interval' | 'output' | 'ascii' | 'sparklines' | 'isRunning' | 'isOneBatch' | 'type' | 'recordsIn'
>;

/** An emission as it is shown. */
interface Emission {
  readonly span: Span;
  /** Records that were read for it; undefined where that is not known. */
  readonly read: number | undefined;
  /** Of all records, also those that were not kept. */
  readonly total: number;
  readonly grid: Grid;
  /** By row, where they are wanted. */
  readonly lasts: readonly (readonly (number | null)[])[] | undefined;
}

/**
 * A table that is drawn anew in place with each tick: the newest result, as the table of {@link tableFormat} shows it. Several windows
 * that come out in one tick stand one below the other. Columns keep their place and never become narrower, so that numbers can be read
 * while they change. After a batch without records the table stays, and says so. What the end of the run left over of a batch comes below
 * the last whole one, which was looked at when the run was ended; where the result of all batches comes last, it stands there instead.
 *
 * @param bars whether a bar stands behind each number; undefined: where the records are pairs.
 */
export function liveTable(region: Region, options: LiveOptions, bars: boolean | undefined): Format {
  const paint = new Chalk({ level: options.color ? 1 : 0 });
  const reader = new PointReader();
  const history = new History(LAST);
  const widths = new KeptWidths();
  let order: readonly string[] = [];
  let rows: Value[] = [];
  let unseen = 0;
  let emissions: Emission[] = [];
  let before = 0;

  const emissionOf = (span: Span, total: number): Emission => {
    const points = options.sparklines ? reader.read(rows) : [];
    history.add(points);
    const grid = gridOf(rows, { order, fractions: widths.fractions, type: options.type, now: span.time });
    order = mergeOrder(order, namesOfColumns(grid.columns));
    widths.see(grid);
    const lasts = options.sparklines ? points.map(({ key }) => history.of(key).slice()) : undefined;
    return { span, read: options.recordsIn?.(span), total, grid, lasts };
  };

  return {
    push(record) {
      if (rows.length < KEPT_ROWS) rows.push(record);
      else unseen++;
    },
    close(span, leftOut) {
      const total = rows.length + unseen + leftOut;
      if (total === 0) {
        const isFirstOfTick = emissions.at(-1)?.span.time !== span.time;
        if (isFirstOfTick)
          region.show(frameOf(emissions, before, { ...options, bars, paint, widths, emptyAt: span.time }));
        return;
      }
      if (span.batches !== undefined) {
        // Beside what all of it amounts to, nobody wants what was left over.
        emissions = emissions.filter((emission) => !emission.span.partial);
      } else if (emissions.at(-1)?.span.time !== span.time && !isRest(span, emissions.at(-1)?.span)) {
        emissions = [];
        before = 0;
      }
      emissions = [...emissions, emissionOf(span, total)];
      if (emissions.length > KEPT_EMISSIONS) {
        emissions.shift();
        before++;
      }
      rows = [];
      unseen = 0;
      region.show(frameOf(emissions, before, { ...options, bars, paint, widths, emptyAt: undefined }));
    },
  };
}

interface Look extends LiveOptions {
  readonly bars: boolean | undefined;
  readonly paint: ChalkInstance;
  readonly widths: KeptWidths;
  /** The tick of the last batch, if it was empty. */
  readonly emptyAt: number | undefined;
}

/** @param before how many emissions of the tick came before those that were kept. */
function frameOf(emissions: readonly Emission[], before: number, look: Look): Frame {
  const height = emissions.reduce((sum, emission) => sum + heightOf(emission) + 1, before > 0 ? 1 : 0);
  return {
    height: Math.max(1, height - 1),
    paint(columns, rows) {
      if (emissions.length === 0) return [emptyLine(look)];
      const blocks: string[] = [];
      let room = rows;
      let isFirst = true;
      let shown = 0;
      // The newest first, as far as there is room; a line is kept for what is left out.
      for (const emission of emissions.toReversed()) {
        const needed = heightOf(emission);
        const isLast = shown === emissions.length - 1 && before === 0;
        const available = room - (isFirst ? 0 : 1) - (isLast ? 0 : 1);
        if (!isFirst && available < Math.min(needed, LEAST_ROWS)) break;
        const lines = linesOf(emission, columns, Math.max(1, available), look);
        if (!isFirst) lines.push('');
        blocks.unshift(...lines);
        room -= lines.length;
        isFirst = false;
        shown++;
      }
      const left = emissions.length - shown + before;
      if (left > 0 && rows > 1) blocks.unshift(look.paint.dim(`… ${left.toLocaleString('en-US')} before`));
      return blocks;
    },
  };
}

function emptyLine({ emptyAt = 0, paint }: Look): string {
  return `${paint.bold(formatClock(emptyAt))}  ${paint.dim('0 records')}`;
}

function heightOf({ grid, total }: Emission): number {
  return 1 + (grid.columns.kind === 'value' ? 0 : 1) + grid.rows.length + (total > grid.rows.length ? 1 : 0);
}

function linesOf(emission: Emission, columns: number, room: number, look: Look): string[] {
  const { span, read, total, grid } = emission;
  const { paint, emptyAt } = look;
  const title = titleLine(span, read, paint, { ...look, width: columns });
  const since = emptyAt === undefined ? '' : `  nothing since, to ${formatClock(emptyAt)}`;
  const lines = [textWidth(title) + since.length <= columns ? title + paint.dim(since) : title];
  const layout = layOut(emission, columns, look);
  const head = headLine(grid, layout);
  if (head !== undefined && lines.length < room) lines.push(head);
  const isCut = total > grid.rows.length || lines.length + grid.rows.length > room;
  const count = isCut ? Math.max(0, Math.min(grid.rows.length, room - lines.length - 1)) : grid.rows.length;
  for (let i = 0; i < count; i++) lines.push(rowLine(grid, i, layout));
  if (isCut && lines.length < room) lines.push(paint.dim(`… and ${(total - count).toLocaleString('en-US')} more`));
  return lines;
}

function layOut({ grid, lasts }: Emission, screen: number, look: Look) {
  const { paint, bars, widths } = look;
  const ascii = look.ascii === true;
  const roomy = widths.of(grid);
  const fit =
    totalWidth(roomy) <= screen ? { widths: roomy, more: false } : fitWidths(widths.tight(grid), grid.isNumber, screen);
  let left = screen;
  const pictures: (Picture | undefined)[] = grid.names.map(() => undefined);
  if (lasts !== undefined && !fit.more && totalWidth(fit.widths) + LAST + 2 <= screen) {
    left -= LAST + 2;
    pictures[pictures.length - 1] = sparklines(LAST, ascii, (row) => lasts[row]!);
  }
  const wantsBars = bars ?? (grid.columns.kind === 'pair' && lasts === undefined);
  const drawn = wantsBars && !fit.more ? barsOf(grid, fit.widths, left, { ascii }) : undefined;
  drawn?.forEach((picture, i) => {
    pictures[i] ??= picture;
  });
  return { ...fit, cuts: true, pictures, paint };
}

/** The order of columns: those that were there first stay first. */
function mergeOrder(order: readonly string[], names: readonly string[]): readonly string[] {
  return [...new Set([...order, ...names])];
}

/** How wide columns are, by their names. */
class KeptWidths {
  private readonly most = new Map<string, number>();
  private readonly given = new Map<string, number>();
  /** The most that the numbers of a column had from their points on: a point stays where it was. */
  readonly fractions = new Map<string, number>();

  /** Before a grid is laid out: columns that it outgrows become wider. */
  see({ columns, natural, fractions }: Grid): void {
    columns.all.forEach(({ name }, i) => {
      this.fractions.set(name, Math.max(fractions[i]!, this.fractions.get(name) ?? 0));
      const width = natural[i]!;
      const given = this.given.get(name);
      this.most.set(name, Math.max(width, this.most.get(name) ?? 0));
      if (given === undefined) this.given.set(name, width);
      else if (width > given) this.given.set(name, width + SLACK);
    });
  }

  /** With the room that they were given. */
  of({ columns }: Grid): readonly number[] {
    return columns.all.map(({ name }) => this.given.get(name)!);
  }

  /** No more than has ever been needed. */
  tight({ columns }: Grid): readonly number[] {
    return columns.all.map(({ name }) => this.most.get(name)!);
  }
}
