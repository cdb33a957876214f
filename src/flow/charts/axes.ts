import textWidth from 'fast-string-width';
import { label } from '../drawing/points.ts';
import { shareOn, ticksOf, valueAt } from '../plots/axis.ts';
import type { Axis } from '../plots/plot.ts';

/** Columns that a label along the bottom takes, with room to the next one. */
const ROOM = 14;

/** The highest value at the top, the least at the bottom, and what lies in the middle. */
export function sideLabels(axis: Axis, height: number): readonly string[] {
  const labels = Array.from({ length: height }, () => '');
  const middle = Math.floor((height - 1) / 2);
  labels[height - 1] = label(axis.least);
  if (height > 4) labels[middle] = label(rounded(valueAt(axis, 1 - middle / (height - 1))));
  labels[0] = label(axis.most);
  return labels;
}

/** Round values of an axis below it, each under its place, as far as there is room. */
export function bottomLabels(axis: Axis, width: number): string {
  let line = '';
  for (const { value, text } of ticksOf(axis, Math.max(2, Math.floor(width / ROOM)))) {
    const middle = Math.round((shareOn(axis, value) ?? 0) * (width - 1));
    const start = Math.max(0, Math.min(width - textWidth(text), middle - Math.floor(textWidth(text) / 2)));
    if (start < textWidth(line) + (line === '' ? 0 : 2) || start + textWidth(text) > width) continue;
    line = line.padEnd(start) + text;
  }
  return line;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
