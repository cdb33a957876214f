import textWidth from 'fast-string-width';
import { visible } from '../../base/visible.ts';
import { label } from '../drawing/points.ts';
import { cutText } from '../formats/cells.ts';
import { shareOn } from '../plots/axis.ts';
import type { Axis, LinePlot, ScatterPlot } from '../plots/plot.ts';
import { bottomLabels, sideLabels } from './axes.ts';
import { type Canvas, createCanvas } from './canvas.ts';
import type { ChartLook } from './look.ts';

const COLORS = ['cyan', 'yellow', 'magenta', 'green', 'red', 'blue'] as const;
/** The lines of keys that cannot be told apart by colour. */
const MARKS = ['*', '+', 'o', 'x', '#', '@'];
/** Longest name of a key in the legend. */
const LEGEND = 24;
/** Lines of a drawing below which its sides are not named: there is no room. */
const LEAST_NAMED = 5;

/** Lines, with the areas between them where they are bands. */
export function seriesLines(plot: LinePlot, columns: number, rows: number, look: ChartLook): readonly string[] {
  const { series, places, x, y } = plot;
  const newest = series.map(({ values }) => label(values.findLast((value) => value !== null) ?? 0));
  return framed(plot, columns, rows, look, newest, (canvas) => {
    const across = places.map((place) => dot(x, place, canvas.width));
    const down = series.map(({ values }) =>
      values.map((value) => (value === null ? undefined : dot(y, value, canvas.height))),
    );
    if (plot.kind === 'bands') fillBetween(canvas, across, down);
    for (const [mark, heights] of down.entries()) {
      heights.forEach((height, i) => {
        const before = heights[i - 1];
        if (height === undefined || across[i] === undefined) return;
        // Where a value is missing the line is broken.
        if (before === undefined || across[i - 1] === undefined)
          canvas.line(across[i], height, across[i], height, mark);
        else canvas.line(across[i - 1]!, before, across[i], height, mark);
      });
    }
  });
}

/** A dot for each point. */
export function dotLines(plot: ScatterPlot, columns: number, rows: number, look: ChartLook): readonly string[] {
  const { series, x, y } = plot;
  return framed(plot, columns, rows, look, [], (canvas) => {
    for (const [mark, { points }] of series.entries()) {
      for (const [left, height] of points) {
        const [across, up] = [dot(x, left, canvas.width), dot(y, height, canvas.height)];
        if (across !== undefined && up !== undefined) canvas.line(across, up, across, up, mark);
      }
    }
  });
}

/** What is drawn on a canvas, with labels on two sides, and a legend. @param numbers what stands behind each key in it. */
function framed(
  { x, y, series }: LinePlot | ScatterPlot,
  columns: number,
  rows: number,
  look: ChartLook,
  numbers: readonly string[],
  drawOn: (canvas: Canvas) => void,
): readonly string[] {
  const { ascii, color, paint } = look;
  const hasLegend = series.length > 1 || series[0]?.name !== '';
  const hasPlaces = x.most > x.least && rows > LEAST_NAMED;
  const height = Math.max(1, Math.min(look.height, rows - 1 - (hasLegend ? 1 : 0) - (hasPlaces ? 1 : 0)));
  const labels = sideLabels(y, height);
  const margin = Math.max(...labels.map((text) => text.length));
  const width = Math.max(4, columns - margin - 2);
  const byColor = color || series.length === 1;
  const canvas = createCanvas(width, height, ascii || !byColor ? MARKS : undefined);
  drawOn(canvas);
  const [wall, corner, floor] = ascii ? ['|', '+', '-'] : ['│', '└', '─'];
  const paintOf = (mark: number) => (series.length === 1 ? paint.cyan : paint[COLORS[mark]!]);
  const drawn = canvas.rows().map((row, i) => {
    const text = row.map((cell) => (cell.mark === undefined ? ' ' : paintOf(cell.mark)(cell.text))).join('');
    return `${labels[i]!.padStart(margin)} ${wall}${text}`.replace(/ +$/, '');
  });
  const legend = series.map(({ name }, mark) => {
    const sign = ascii || !byColor ? MARKS[mark]! : '─';
    return `${paintOf(mark)(sign)} ${cutText(visible(name), LEGEND)} ${numbers[mark] ?? ''}`.trimEnd();
  });
  return [
    ...drawn,
    `${' '.repeat(margin + 1)}${corner}${floor!.repeat(width)}`,
    ...(hasPlaces ? [`${' '.repeat(margin + 2)}${paint.dim(bottomLabels(x, width))}`] : []),
    ...(hasLegend ? [fitting(legend, columns)] : []),
  ];
}

function dot(axis: Axis, value: number, size: number): number | undefined {
  const share = shareOn(axis, value);
  return share === undefined ? undefined : Math.round(share * (size - 1));
}

/** Every second dot of every second column between neighbours, so that their lines are seen. */
function fillBetween(
  canvas: Canvas,
  across: readonly (number | undefined)[],
  lines: readonly (readonly (number | undefined)[])[],
): void {
  for (let mark = 1; mark < lines.length; mark++) {
    const [lower, upper] = [lines[mark - 1]!, lines[mark]!];
    for (let i = 1; i < across.length; i++) {
      const [from, to] = [across[i - 1], across[i]];
      const ends = [lower[i - 1], lower[i], upper[i - 1], upper[i]];
      if (from === undefined || to === undefined || ends.some((end) => end === undefined)) continue;
      const [lowFrom, lowTo, highFrom, highTo] = ends as number[];
      for (let x = from + (from % 2); x < to; x += 2) {
        const part = (x - from) / Math.max(1, to - from);
        const low = lowFrom! + (lowTo! - lowFrom!) * part;
        const high = highFrom! + (highTo! - highFrom!) * part;
        for (let y = Math.ceil(low) + 1; y < high; y++) if ((y + x / 2) % 2 === 0) canvas.line(x, y, x, y, mark);
      }
    }
  }
}

/** As many of the parts as fit beside each other. */
function fitting(parts: readonly string[], columns: number): string {
  let line = '';
  for (const part of parts) {
    const next = line === '' ? part : `${line}   ${part}`;
    if (textWidth(next) > columns) break;
    line = next;
  }
  return line;
}
