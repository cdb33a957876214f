import textWidth from 'fast-string-width';
import type { Value } from '../../base/value.ts';
import { visible } from '../../base/visible.ts';
import { bar } from '../drawing/bars.ts';
import { label } from '../drawing/points.ts';
import { cutText, padText } from '../formats/cells.ts';
import { type Chart, type ChartLook, MOST_DRAWN, type ReadPoints } from './look.ts';

const WIDEST_KEY = 30;
const LEAST_BAR = 4;

/** A bar for each key of the newest emission, in the order of its records. */
export function barChart(read: ReadPoints, look: ChartLook): Chart {
  let records: Value[] = [];
  let count = 0;
  let bars: readonly NamedBar[] = [];
  let left = 0;
  return {
    isOfAll: false,
    push(record) {
      if (count++ < MOST_DRAWN) records.push(record);
    },
    close() {
      left = count - records.length;
      bars = read(records).flatMap(({ key, value }) => (value === null ? [] : [{ name: visible(key), value }]));
      records = [];
      count = 0;
    },
    lines: (columns, rows) => barLines(bars, columns, rows, look, left),
  };
}

interface NamedBar {
  readonly name: string;
  readonly value: number;
}

/**
 * Bars with a name before and a number behind. Those below zero are told by their numbers only.
 *
 * @param left how many there are besides.
 */
export function barLines(
  bars: readonly NamedBar[],
  columns: number,
  rows: number,
  { ascii, paint }: ChartLook,
  left = 0,
): readonly string[] {
  const shown = bars.length + (left > 0 ? 1 : 0) > rows ? bars.slice(0, Math.max(0, rows - 1)) : bars;
  const numbers = shown.map(({ value }) => label(value));
  const widestNumber = Math.max(0, ...numbers.map(({ length }) => length));
  const widestName = Math.min(
    Math.max(0, ...shown.map(({ name }) => textWidth(name))),
    WIDEST_KEY,
    Math.max(1, columns - widestNumber - LEAST_BAR - 2),
  );
  const width = Math.max(LEAST_BAR, columns - widestName - widestNumber - (widestName > 0 ? 2 : 1));
  const most = shown.reduce((highest, { value }) => Math.max(highest, value), 0);
  const lines = shown.map(({ name, value }, i) => {
    const head = widestName > 0 ? `${padText(cutText(name, widestName), widestName, false)} ` : '';
    const drawn = most > 0 && value > 0 ? bar(value / most, width, ascii) : '';
    return `${head}${drawn === '' ? '' : `${paint.cyan(drawn)} `}${numbers[i]}`;
  });
  const more = bars.length - shown.length + left;
  return more > 0 ? [...lines, paint.dim(`… and ${label(more)} more`)] : lines;
}
