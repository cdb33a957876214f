import { Chalk } from 'chalk';
import { visible } from '../../base/visible.ts';
import { draw } from '../charts/draw.ts';
import { type ChartLook, chartLook } from '../charts/look.ts';
import type { Frame, SinkContext } from '../define/context.ts';
import { flag, lambda, text, whole } from '../define/parameters.ts';
import { defineSink, type Sink } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { cutText } from '../formats/cells.ts';
import { HeldText } from '../formats/held.ts';
import { isCutShort, isRest } from '../formats/rest.ts';
import { titleLine } from '../formats/table.ts';
import { formatClock, formatMoment } from '../formats/times.ts';
import type { Chart } from '../plots/chart.ts';
import { ChosenChart, KINDS, type Kind } from '../plots/chosen-chart.ts';
import type { Plot } from '../plots/plot.ts';
import { drawSvg } from '../svg/draw-svg.ts';
import { print } from './print.ts';

/** How wide a chart is where no terminal says. */
const PAPER = 80;

export const chart = defineSink({
  name: 'chart',
  summary: 'Draws the records: lines over time, bars, heat maps, dots, boxes, ranges',
  synonyms: ['graph', 'plot', 'histogram', 'heatmap', 'scatter', 'boxplot', 'percentiles', 'png', 'svg'],
  docs: [
    'Without a kind, the first records say what they are best drawn as. A pair is drawn as a key and its value, a number by itself, and an object of',
    '`groupBy` by its key and its first aggregate; `value`, `key` and `x` say otherwise.',
    '`line` shows the last batches or windows along their times, or what `x` (a time, a number) gives, a line for each of the six keys with the largest values;',
    '`bands` the percentiles of one key with the areas between them; `heat` a row for each key and a shade for each time;',
    '`bar` a bar for each record of a batch; `histogram` how the numbers of a batch are spread over ranges; `box` the same by key, from the least to the',
    'highest with half of them in the box; `scatter` a dot for each record, by its first two numbers or `x` and `value`.',
    'A field that is known to be a time (`start` of `stamp`, `time(…)`) is what stands along the bottom. With `log: true` equal distances are equal factors.',
    'On a terminal the chart is drawn anew in place with each batch; otherwise those of one batch are written for each, and those over time once, at the end.',
    '`--save FILE.svg` or `FILE.html` leaves what was on the screen at the end. With `--format` json, csv, tsv, batches or spark the records are written instead, as',
    '`print` writes them. What is not a number is counted as bad; null is not drawn. At most 1,000 records of a batch are drawn as lines or bars. The rest of a',
    'batch that the end of the run cut short is no point of a line that has others.',
  ].join(' '),
  examples: [
    {
      program: 'words | countByValue | chart("bar")',
      in: 'to be or not to be be be',
      out: [
        '1s  1 record',
        `to  ${'█'.repeat(37)} 2`,
        `be  ${'█'.repeat(74)} 4`,
        `or  ${'█'.repeat(18)}▌ 1`,
        `not ${'█'.repeat(18)}▌ 1`,
      ].join('\n'),
    },
  ],
  parameters: {
    kind: text('what is drawn; chosen by the first records unless given', { choices: [...KINDS] }).optional(),
    value: lambda('the number of a record', (input) => [input], { named: true }).optional(),
    key: lambda('what the number is of; needs `value`', (input) => [input], { named: true, with: 'value' }).optional(),
    x: lambda('where it stands from left to right, a time or a number; needs `value`', (input) => [input], {
      named: true,
      with: 'value',
    }).optional(),
    title: text('what stands above it', { named: true }).optional(),
    log: flag('a logarithmic scale'),
    height: whole('lines of the drawing, and ranges of a histogram', { named: true, least: 2, most: 200 }).or(10),
    batches: whole('how many of the last batches or windows are shown along time', {
      named: true,
      least: 2,
      most: 1000,
    }).or(60),
  },
  prints: true,
  draws: true,
  byClock: () => true,
  promise: 'again',
  create({ kind, value, key, x, title, log, height, batches }, context) {
    // A program that reads us wants the records, whatever people are shown.
    const isForPeople = context.format === 'table' || context.format === 'text';
    if (!isForPeople) return print.create({}, context);
    const wish = { kind: kind as Kind | undefined, value, key, x, isLog: log, height, batches };
    return chartSink(
      new ChosenChart(wish, context),
      new Heading(title ?? '', context),
      chartLook(context, height),
      context,
    );
  },
});

/** The newest emission, and how many records were read for it. */
interface Emission {
  readonly span: Span;
  readonly read: number | undefined;
}

/** What stands above a chart. */
class Heading {
  readonly title: string;
  private readonly context: SinkContext;

  constructor(title: string, context: SinkContext) {
    this.title = title;
    this.context = context;
  }

  lines({ span, read }: Emission, columns: number, { paint }: ChartLook): readonly string[] {
    const line = titleLine(span, read, paint, { ...this.context, width: () => columns });
    return this.title === '' ? [line] : [paint.bold(cutText(visible(this.title), columns)), line];
  }

  /** With the date, for those who look at it later. */
  subtitle({ span, read }: Emission): string {
    const line = titleLine(span, read, new Chalk({ level: 0 }), { ...this.context, width: () => undefined });
    return formatMoment(span.time, 0) + line.slice(formatClock(span.time).length);
  }
}

function chartSink(chart: Chart, heading: Heading, look: ChartLook, context: SinkContext): Sink {
  const { stdout, region, output } = context;
  // Outputs come in the order of the program, batch by batch: all but the first wait for their turn.
  const held = output !== undefined && output > 1 ? new HeldText() : undefined;
  let count = 0;
  let isFirst = true;
  let last: Emission | undefined;

  const write = (): void => {
    const plot = chart.plot();
    if (last === undefined || plot === undefined) return;
    const columns = context.width() || PAPER;
    const lines = [...heading.lines(last, columns, look), ...draw(plot, columns, Number.POSITIVE_INFINITY, look)];
    if (!isFirst) lines.unshift('');
    isFirst = false;
    for (const line of lines) (held ?? stdout).write(`${line}\n`);
    held?.release((text) => stdout.write(text));
  };

  return {
    push(record) {
      count++;
      chart.push(record);
    },
    close(span) {
      const isLeftOut = isCutShort(span, last !== undefined, context) || (chart.isOfAll && isRest(span, last?.span));
      chart.close(span, isLeftOut);
      const isNew = !isLeftOut && (count > 0 || (region !== undefined && chart.isOfAll));
      if (isNew) last = { span, read: context.recordsIn?.(span) };
      if (isNew) show(chart.plot(), last!, heading, look, context);
      if (isNew && region === undefined && !chart.isOfAll) write();
      count = 0;
      void stdout.flush();
    },
    get isClear() {
      return count === 0 && !chart.isOfAll;
    },
    blocked: () => stdout.blocked(),
    mark: () => stdout.flush().then(() => null),
    finish() {
      if (region === undefined && chart.isOfAll) write();
      return stdout.flush();
    },
  };
}

/** In place, and for who keeps what is on the screen. */
function show(
  plot: Plot | undefined,
  emission: Emission,
  heading: Heading,
  look: ChartLook,
  context: SinkContext,
): void {
  context.region?.show(frameOf(plot, emission, heading, look));
  if (plot === undefined) return;
  const { title } = heading;
  context.keepPicture?.(() => ({ title, ...drawSvg(plot, { title, subtitle: heading.subtitle(emission) }) }));
}

function frameOf(plot: Plot | undefined, emission: Emission, heading: Heading, look: ChartLook): Frame {
  const above = heading.title === '' ? 1 : 2;
  return {
    height: above + (plot === undefined ? 0 : draw(plot, PAPER, Number.POSITIVE_INFINITY, look).length),
    paint(columns, rows) {
      const head = heading.lines(emission, columns, look);
      return [...head, ...(plot === undefined || rows <= above ? [] : draw(plot, columns, rows - above, look))].slice(
        0,
        rows,
      );
    },
  };
}
