import textWidth from 'fast-string-width';
import { visible } from '../../base/visible.ts';
import { label } from '../drawing/points.ts';
import { cutText, padText } from '../formats/cells.ts';
import { shareOn } from '../plots/axis.ts';
import type { Axis, Box, BoxPlot } from '../plots/plot.ts';
import { bottomLabels } from './axes.ts';
import type { ChartLook } from './look.ts';

const WIDEST_KEY = 24;

/**
 * A row for each key:
 *
 *     web   ├──▒▒▒█▒▒▒▒────────┤ 12        from the least to the highest, half of the values in the box, the middle one and its number
 */
export function boxLines(plot: BoxPlot, columns: number, rows: number, { ascii, paint }: ChartLook): readonly string[] {
  const { axis, boxes, more } = plot;
  const room = Math.max(1, rows - 1);
  const fits = boxes.length <= room && more === 0;
  const shown = fits ? boxes : boxes.slice(0, Math.max(1, room - 1));
  const names = shown.map(({ name }) => visible(name));
  const numbers = shown.map(({ middle }) => label(rounded(middle)));
  const widestNumber = Math.max(0, ...numbers.map(({ length }) => length));
  const widestName = Math.max(0, ...names.map((name) => textWidth(name)));
  const margin = Math.min(WIDEST_KEY, widestName, Math.max(1, columns - widestNumber - 8));
  const width = Math.max(4, columns - margin - widestNumber - 2);
  const lines = shown.map((box, i) => {
    const name = padText(cutText(names[i]!, margin), margin, false);
    return `${name} ${paint.cyan(boxText(box, axis, width, ascii))} ${numbers[i]!.padStart(widestNumber)}`;
  });
  const left = boxes.length - shown.length + more;
  return [
    ...lines,
    ...(left > 0 ? [paint.dim(`… and ${label(left)} more`)] : []),
    `${' '.repeat(margin + 1)}${paint.dim(bottomLabels(axis, width))}`,
  ];
}

function boxText({ least, low, middle, high, most }: Box, axis: Axis, width: number, ascii: boolean): string {
  // Of numbers that a logarithm has no place for, only the others are drawn.
  const at = (value: number) => Math.round((shareOn(axis, value) ?? 0) * (width - 1));
  const [line, start, end, inside, half] = ascii ? ['-', '|', '|', '=', '#'] : ['─', '├', '┤', '▒', '█'];
  const signs = Array.from({ length: width }, (_, i) => {
    if (i === at(middle)) return half;
    if (i >= at(low) && i <= at(high)) return inside;
    if (i === at(least)) return start;
    if (i === at(most)) return end;
    return i > at(least) && i < at(most) ? line : ' ';
  });
  return signs.join('');
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
