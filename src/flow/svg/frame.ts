import { shareOn, ticksOf } from '../plots/axis.ts';
import type { Axis } from '../plots/plot.ts';
import { coordinate as c, escaped } from './escape.ts';

/** About how wide a letter is. */
export const CHAR = 7;
const HEIGHT = 260;
const LEGEND = 24;
const TITLE = 24;
const SUBTITLE = 20;

/** What stands above a picture. */
export interface Titled {
  readonly width: number;
  /** Empty where there is none. */
  readonly title: string;
  readonly subtitle: string;
}

export function titled({ title, subtitle }: Titled): { readonly body: string; readonly height: number } {
  const head = title === '' ? '' : text(12, 22, title, 'start', 'title');
  const top = title === '' ? 0 : TITLE;
  return { body: head + text(12, top + 18, subtitle, 'start', 'faint'), height: top + SUBTITLE + 10 };
}

/** The surroundings of a drawing with two sides, and where shares of them are. */
export interface Frame {
  readonly body: string;
  readonly height: number;
  x(share: number): number;
  y(share: number): number;
}

/** @param names of the series, in the order of their colours. */
export function frame(xAxis: Axis, yAxis: Axis, names: readonly string[], width: number): Frame {
  const side = ticksOf(yAxis, 5);
  const left = 24 + side.reduce((most, tick) => Math.max(most, tick.text.length), 1) * CHAR;
  const right = width - 24;
  const x = (share: number) => left + share * (right - left);
  const y = (share: number) => HEIGHT - share * (HEIGHT - 8);
  const grid = side.map(({ value, text: name }) => {
    const at = y(shareOn(yAxis, value) ?? 0);
    return `<path class="grid" d="M${left} ${c(at)}H${right}"/>${text(left - 8, at + 4, name, 'end', 'faint')}`;
  });
  const bottom = ticksOf(xAxis, 7).map(({ value, text: name }) => {
    const at = x(shareOn(xAxis, value) ?? 0);
    return `<path class="axis" d="M${c(at)} ${HEIGHT}v4"/>${text(at, HEIGHT + 18, name, 'middle', 'faint')}`;
  });
  const hasLegend = names.length > 1 || names.some((name) => name !== '');
  const legend = hasLegend ? legendOf(names, left, HEIGHT + 38, width) : { body: '', rows: 1 };
  const body = `${grid.join('')}<path class="axis" d="M${left} 8V${HEIGHT}H${right}"/>${bottom.join('')}${legend.body}`;
  return { body, height: HEIGHT + 26 + (hasLegend ? LEGEND : 0) + (legend.rows - 1) * LEGEND_ROW, x, y };
}

/** Between two rows of names. */
const LEGEND_ROW = 18;

/** All names, each with its colour, in as many rows as they take. */
function legendOf(names: readonly string[], left: number, top: number, width: number) {
  let at = left;
  let rows = 1;
  const parts: string[] = [];
  for (const [i, name] of names.entries()) {
    const shown = short(name, 24);
    const wide = 18 + [...shown].length * CHAR;
    if (at + wide > width && at > left) {
      at = left;
      rows++;
    }
    const y = top + (rows - 1) * LEGEND_ROW;
    parts.push(`<rect class="fill c${i}" x="${at}" y="${y - 9}" width="10" height="10"/>${text(at + 15, y, shown)}`);
    at += wide + 14;
  }
  return { body: parts.join(''), rows };
}

/** A text in so many characters, cut with a mark. */
export function short(value: string, most: number): string {
  const characters = [...value];
  return characters.length <= most ? value : `${characters.slice(0, most - 1).join('')}…`;
}

export function text(
  x: number,
  y: number,
  value: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
  style = '',
): string {
  const look = style === '' ? '' : ` class="${style}"`;
  const place = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${c(x)}" y="${c(y)}"${place}${look}>${escaped(value)}</text>`;
}
