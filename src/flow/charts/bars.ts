import textWidth from 'fast-string-width';
import { visible } from '../../base/visible.ts';
import { bar } from '../drawing/bars.ts';
import { label } from '../drawing/points.ts';
import { cutText, padText } from '../formats/cells.ts';
import { axisOf, shareOn } from '../plots/axis.ts';
import type { BarPlot, HistogramPlot } from '../plots/plot.ts';
import type { ChartLook } from './look.ts';

const WIDEST_KEY = 30;
const LEAST_BAR = 4;

/** Bars with a name before and a number behind. Those below zero are told by their numbers only. */
export function barLines(
  { bars: all, isLog, more: left }: BarPlot,
  columns: number,
  rows: number,
  { ascii, paint }: Pick<ChartLook, 'ascii' | 'paint'>,
): readonly string[] {
  const shown = all.length + (left > 0 ? 1 : 0) > rows ? all.slice(0, Math.max(0, rows - 1)) : all;
  const bars = shown.map(({ name, value }) => ({ name: visible(name), value }));
  const numbers = bars.map(({ value }) => label(value));
  const widestNumber = Math.max(0, ...numbers.map(({ length }) => length));
  const widestName = Math.min(
    Math.max(0, ...bars.map(({ name }) => textWidth(name))),
    WIDEST_KEY,
    Math.max(1, columns - widestNumber - LEAST_BAR - 2),
  );
  const width = Math.max(LEAST_BAR, columns - widestName - widestNumber - (widestName > 0 ? 2 : 1));
  const exact = axisOf(
    bars.map(({ value }) => value),
    { isLog, fromZero: true },
  );
  // With room for the least of all to be seen.
  const axis = isLog ? { ...exact, least: exact.least / 2 } : exact;
  const lines = bars.map(({ name, value }, i) => {
    const head = widestName > 0 ? `${padText(cutText(name, widestName), widestName, false)} ` : '';
    const drawn = value > 0 ? bar(isLog ? (shareOn(axis, value) ?? 0) : value / axis.most, width, ascii) : '';
    return `${head}${drawn === '' ? '' : `${paint.cyan(drawn)} `}${numbers[i]}`;
  });
  const more = all.length - shown.length + left;
  return more > 0 ? [...lines, paint.dim(`… and ${label(more)} more`)] : lines;
}

/** A bar for each range of values. */
export function histogramLines(
  { bins: counted, isLog, most }: HistogramPlot,
  columns: number,
  rows: number,
  look: ChartLook,
): readonly string[] {
  const { width, bins } = counted.merged(Math.max(1, Math.min(most, rows)));
  const names = bins.map(({ start }) => `${label(start)} ${look.ascii ? '-' : '–'} ${label(start + width)}`);
  const widest = Math.max(...names.map(({ length }) => length));
  const bars = bins.map(({ count }, i) => ({ name: names[i]!.padStart(widest), value: count }));
  return barLines({ kind: 'bar', bars, isLog, more: 0 }, columns, rows, look);
}
