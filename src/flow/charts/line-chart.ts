import textWidth from 'fast-string-width';
import type { Value } from '../../base/value.ts';
import { visible } from '../../base/visible.ts';
import { History } from '../drawing/history.ts';
import { label } from '../drawing/points.ts';
import { cutText } from '../formats/cells.ts';
import { createCanvas } from './canvas.ts';
import { type Chart, type ChartLook, MOST_DRAWN, type ReadPoints } from './look.ts';

const COLORS = ['cyan', 'yellow', 'magenta', 'green', 'red', 'blue'] as const;
/** The lines of keys that cannot be told apart by colour. */
const MARKS = ['*', '+', 'o', 'x', '#', '@'];
/** Longest name of a key in the legend. */
const LEGEND = 24;

/**
 * Lines over the last emissions, one a key: of more keys than there are colours, those with the largest values.
 *
 * @param length how many emissions.
 */
export function lineChart(read: ReadPoints, look: ChartLook, length: number): Chart {
  const history = new History(length);
  let records: Value[] = [];

  const keys = (): readonly string[] => {
    const largest = history.keys.map((key) => ({
      key,
      size: Math.max(...history.of(key).map((v) => Math.abs(v ?? 0))),
    }));
    const chosen = new Set(
      largest
        .sort((a, b) => b.size - a.size)
        .slice(0, COLORS.length)
        .map(({ key }) => key),
    );
    return history.keys.filter((key) => chosen.has(key));
  };

  return {
    isOfAll: true,
    push(record) {
      if (records.length < MOST_DRAWN) records.push(record);
    },
    close(isRest) {
      const points = read(records);
      records = [];
      if (!isRest) history.add(points);
    },
    lines(columns, rows) {
      const shown = keys();
      const values = shown.map((key) => history.of(key));
      const known = values.flat().filter((value) => value !== null);
      if (known.length === 0) return [];
      const least = Math.min(0, ...known);
      const most = Math.max(...known, least === 0 ? Number.MIN_VALUE : 0);
      const hasLegend = shown.length > 1 || shown[0] !== '';
      const height = Math.max(1, Math.min(look.height, rows - 1 - (hasLegend ? 1 : 0)));
      const labels = axisLabels(least, most, height);
      const margin = Math.max(...labels.map((text) => text.length));
      const width = Math.max(4, columns - margin - 2);
      const shownLength = look.isLive ? length : history.size;
      const byColor = look.color || shown.length === 1;
      const canvas = createCanvas(width, height, look.ascii || !byColor ? MARKS : undefined);
      for (const [mark, series] of values.entries())
        drawSeries(canvas, series, { length: shownLength, least, most, mark });
      const [wall, corner, floor] = look.ascii ? ['|', '+', '-'] : ['│', '└', '─'];
      const paintOf = (mark: number) => (shown.length === 1 ? look.paint.cyan : look.paint[COLORS[mark]!]);
      const drawn = canvas.rows().map((row, i) => {
        const text = row.map((cell) => (cell.mark === undefined ? ' ' : paintOf(cell.mark)(cell.text))).join('');
        return `${labels[i]!.padStart(margin)} ${wall}${text}`.replace(/ +$/, '');
      });
      const legend = shown.map((key, mark) => {
        const sign = look.ascii || !byColor ? MARKS[mark]! : '─';
        const newest = values[mark]!.findLast((value) => value !== null);
        return `${paintOf(mark)(sign)} ${cutText(visible(key), LEGEND)} ${label(newest ?? 0)}`;
      });
      return [
        ...drawn,
        `${' '.repeat(margin + 1)}${corner}${floor!.repeat(width)}`,
        ...(hasLegend ? [fitting(legend, columns)] : []),
      ];
    },
  };
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

interface Scale {
  readonly length: number;
  readonly least: number;
  readonly most: number;
  readonly mark: number;
}

/** The newest value stands on the right; where a value is missing the line is broken. */
function drawSeries(
  canvas: ReturnType<typeof createCanvas>,
  series: readonly (number | null)[],
  { length, least, most, mark }: Scale,
): void {
  const x = (i: number) => Math.round(((length - series.length + i) * (canvas.width - 1)) / Math.max(1, length - 1));
  const y = (value: number) => Math.round(((value - least) / (most - least)) * (canvas.height - 1));
  series.forEach((value, i) => {
    if (value === null) return;
    const before = series[i - 1] ?? null;
    if (before === null) canvas.line(x(i), y(value), x(i), y(value), mark);
    else canvas.line(x(i - 1), y(before), x(i), y(value), mark);
  });
}

/** The highest value at the top, the least at the bottom, and what lies in the middle. */
function axisLabels(least: number, most: number, height: number): readonly string[] {
  const labels = Array.from({ length: height }, () => '');
  labels[height - 1] = label(least);
  if (height > 4)
    labels[Math.floor((height - 1) / 2)] = label(most - ((most - least) * Math.floor((height - 1) / 2)) / (height - 1));
  labels[0] = label(most === Number.MIN_VALUE ? 0 : most);
  return labels;
}
