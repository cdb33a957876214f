import textWidth from 'fast-string-width';
import { visible } from '../../base/visible.ts';
import { label } from '../drawing/points.ts';
import { cutText, padText } from '../formats/cells.ts';
import { shareOn } from '../plots/axis.ts';
import type { HeatPlot } from '../plots/plot.ts';
import { bottomLabels } from './axes.ts';
import type { ChartLook } from './look.ts';

const WIDEST_KEY = 24;
const SHADES = ['░', '▒', '▓', '█'];
const ASCII_SHADES = ['.', ':', '=', '#'];
/** A value that is there and is the least of all. */
const NOTHING = '·';
const ASCII_NOTHING = '-';

/** A row for each key, a shade for each place; where there are more places than columns, the highest of those that share one. */
export function heatLines(
  plot: HeatPlot,
  columns: number,
  rows: number,
  { ascii, paint }: ChartLook,
): readonly string[] {
  const { series, places, x, shade, more } = plot;
  const hasPlaces = x.most > x.least && rows > 4;
  const room = Math.max(1, rows - 1 - (hasPlaces ? 1 : 0));
  const fits = series.length <= room && more === 0;
  const shown = fits ? series : series.slice(0, Math.max(1, room - 1));
  const names = shown.map(({ name }) => visible(name));
  const margin = Math.min(WIDEST_KEY, Math.max(0, ...names.map((name) => textWidth(name))), Math.max(1, columns - 8));
  const width = Math.max(4, columns - margin - 1);
  const shades = ascii ? ASCII_SHADES : SHADES;
  const signOf = (value: number | null): string => {
    if (value === null) return ' ';
    const share = shareOn(shade, value) ?? 0;
    if (share <= 0) return ascii ? ASCII_NOTHING : NOTHING;
    return shades[Math.min(shades.length - 1, Math.floor(share * shades.length))]!;
  };
  // Each place has its width behind it, the last one too.
  const along = { ...x, most: x.most + usualGap(places) };
  const starts = places.map((place) => (shareOn(along, place) ?? 0) * width);
  const lines = shown.map(({ values }, i) => {
    const cells = cellsOf(values, starts, width);
    const drawn = cells.map(signOf).join('').trimEnd();
    return `${padText(cutText(names[i]!, margin), margin, false)} ${paint.cyan(drawn)}`.trimEnd();
  });
  const left = series.length - shown.length + more;
  const legend = `${shades[0]} ${label(shade.least)} ${ascii ? '-' : '–'} ${shades.at(-1)} ${label(shade.most)}`;
  return [
    ...lines,
    ...(left > 0 ? [paint.dim(`… and ${label(left)} more`)] : []),
    ...(hasPlaces ? [`${' '.repeat(margin + 1)}${paint.dim(bottomLabels(along, width))}`] : []),
    paint.dim(cutText(legend, columns)),
  ];
}

/** One value a column: a place lasts up to the next one, but no longer than one and a half times what places are apart most often. */
function cellsOf(values: readonly (number | null)[], starts: readonly number[], width: number): (number | null)[] {
  const cells = Array.from({ length: width }, (): number | null => null);
  const usual = usualGap([...starts, width]);
  values.forEach((value, i) => {
    if (value === null) return;
    const start = Math.round(starts[i]!);
    const next = starts[i + 1];
    const isNear = next !== undefined && next - starts[i]! <= usual * 1.5;
    const end = Math.max(start + 1, Math.round(isNear ? next : starts[i]! + usual));
    for (let at = start; at < Math.min(end, width); at++) cells[at] = Math.max(cells[at] ?? value, value);
  });
  return cells;
}

/** How far places are apart most often. */
function usualGap(places: readonly number[]): number {
  const gaps = places.slice(1).map((place, i) => place - places[i]!);
  return gaps.length === 0 ? 1 : gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)]!;
}
