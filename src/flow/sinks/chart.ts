import { toJson, toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import { barChart } from '../charts/bar-chart.ts';
import { histogram } from '../charts/histogram.ts';
import { lineChart } from '../charts/line-chart.ts';
import { type Chart, type ChartLook, chartLook, type ReadPoints } from '../charts/look.ts';
import type { Compiled } from '../define/compiled.ts';
import type { Frame, SinkContext } from '../define/context.ts';
import { lambda, text, whole } from '../define/parameters.ts';
import { defineSink, type Sink } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { asNumber, type Point, PointReader } from '../drawing/points.ts';
import { HeldText } from '../formats/held.ts';
import { isCutShort, isRest } from '../formats/rest.ts';
import { reportBad } from '../records/report-bad.ts';
import { print } from './print.ts';

/** How wide a chart is where no terminal says. */
const PAPER = 80;

export const chart = defineSink({
  name: 'chart',
  summary: 'Draws the records: lines over the last batches, bars, or how numbers are spread',
  synonyms: ['graph', 'plot', 'histogram'],
  docs: [
    'A pair is drawn as a key and its value, a number by itself, and an object of `groupBy` by its key and its first aggregate; `value` and',
    '`key` say otherwise. `line` shows the last batches or windows, a line for each of the six keys with the largest values; `bar` a bar for',
    'each record of a batch; `histogram` how the numbers of a batch are spread over ranges. On a terminal the chart is drawn anew in place with each',
    'batch; otherwise bars and histograms are written for each batch, and lines once, at the end. With `--format` json, csv, tsv, batches or',
    'spark the records are written instead, as `print` writes them. What is not a number is counted as bad; null is not drawn. At most 1,000 records',
    'of a batch are drawn as lines or bars. The rest of a batch that the end of the run cut short is no point of a line that has others.',
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
    kind: text('what is drawn', { choices: ['line', 'bar', 'histogram'] }).or('line'),
    value: lambda('the number of a record', (input) => [input], { named: true }).optional(),
    key: lambda('what the number is of; needs `value`', (input) => [input], { named: true, with: 'value' }).optional(),
    height: whole('lines of the drawing, and ranges of a histogram', { named: true, least: 2, most: 200 }).or(10),
    batches: whole('how many of the last batches or windows `line` shows', { named: true, least: 2, most: 1000 }).or(
      60,
    ),
  },
  prints: true,
  draws: true,
  byClock: () => true,
  promise: 'again',
  create({ kind, value, key, height, batches }, context) {
    // A program that reads us wants the records, whatever people are shown.
    const isForPeople = context.format === 'table' || context.format === 'text';
    if (!isForPeople) return print.create({}, context);
    const look = chartLook(context, height);
    const read = pointsOf(value, key, context);
    return chartSink(createChart(kind, read, look, batches), look, context);
  },
});

function createChart(kind: string, read: ReadPoints, look: ChartLook, batches: number): Chart {
  switch (kind) {
    case 'bar':
      return barChart(read, look);
    case 'histogram':
      return histogram(read, look);
    default:
      return lineChart(read, look, batches);
  }
}

/** How the points of records are found; what is no number is reported. */
function pointsOf(value: Compiled | undefined, key: Compiled | undefined, context: SinkContext): ReadPoints {
  if (value === undefined) {
    const reader = new PointReader();
    return (records) => {
      const points = reader.read(records);
      points.forEach((point, i) => {
        if (point.value === null && point.isBad) reportBad(context, notNumber(records[i]!), records[i]!);
      });
      return points;
    };
  }
  return (records) =>
    records.flatMap((record): readonly Point[] => {
      try {
        const found = value.call(record);
        const number = asNumber(found);
        if (number === null && found !== null) throw notNumber(found);
        return [{ key: key === undefined ? '' : toText(key.call(record)), value: number }];
      } catch (error) {
        reportBad(context, error, record);
        return [];
      }
    });
}

function notNumber(value: Value): BadRecord {
  return new BadRecord('no number to draw', toJson(value).slice(0, 60));
}

function chartSink(chart: Chart, look: ChartLook, context: SinkContext): Sink {
  const { stdout, region, output } = context;
  // Outputs come in the order of the program, batch by batch: all but the first wait for their turn.
  const held = output !== undefined && output > 1 ? new HeldText() : undefined;
  let count = 0;
  let isFirst = true;
  let last: Emission | undefined;

  const write = (): void => {
    if (last === undefined) return;
    const columns = context.width || PAPER;
    const lines = [look.title(last.span, last.read, columns), ...chart.lines(columns, Number.POSITIVE_INFINITY)];
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
      const isLeftOut = isRest(span, last?.span) || isCutShort(span, last !== undefined, context);
      chart.close(isLeftOut);
      if (count > 0 || (region !== undefined && chart.isOfAll)) last = { span, read: context.recordsIn?.(span) };
      if (region !== undefined) {
        if (last !== undefined) region.show(frameOf(chart, look, last));
      } else if (count > 0 && !chart.isOfAll) write();
      count = 0;
      void stdout.flush();
    },
    get isClear() {
      return count === 0 && !chart.isOfAll;
    },
    blocked: () => stdout.blocked(),
    finish() {
      if (region === undefined && chart.isOfAll) write();
      return stdout.flush();
    },
  };
}

/** The newest emission, and how many records were read for it. */
interface Emission {
  readonly span: Span;
  readonly read: number | undefined;
}

function frameOf(chart: Chart, look: ChartLook, { span, read }: Emission): Frame {
  const title = (columns: number) => look.title(span, read, columns);
  // What it draws is settled when it is drawn: a chart that is not the newest any more is never asked.
  const height = 1 + chart.lines(PAPER, Number.POSITIVE_INFINITY).length;
  return { height, paint: (columns, rows) => [title(columns), ...chart.lines(columns, rows - 1)].slice(0, rows) };
}
