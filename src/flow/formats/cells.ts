import textWidth from 'fast-string-width';
import { toText } from '../../base/json.ts';
import { isNumber, type Value } from '../../base/value.ts';
import { visible } from '../../base/visible.ts';
import { numberText } from './numbers.ts';

/** The text of one value in a table. */
export interface Cell {
  readonly text: string;
  /** In columns of the terminal. */
  readonly width: number;
  readonly isNumber: boolean;
  /** Null or missing: says nothing about whether its column is one of numbers, and is shown faint. */
  readonly isNothing: boolean;
}

/** Narrowest that a column of text is made so that others fit beside it. */
const LEAST = 8;
const GAP = 2;

/**
 * A value as a cell; undefined where the record has no such field.
 *
 * @param isWorkedOut whether the numbers of its column have been worked out.
 */
export function cellOf(value: Value | undefined, isWorkedOut: boolean): Cell {
  if (value === undefined) return { text: '', width: 0, isNumber: false, isNothing: true };
  const text = isNumber(value) ? numberText(value, isWorkedOut) : visible(toText(value));
  return { text, width: textWidth(text), isNumber: isNumber(value), isNothing: value === null };
}

/** A time as a cell; it stands on the right and is never cut, as numbers are. */
export function timeCell(text: string): Cell {
  return { text, width: textWidth(text), isNumber: true, isNothing: false };
}

/** The text in at most `width` columns of the terminal, with `…` at its end where it was cut. */
export function cutText(text: string, width: number): string {
  // Nothing is wider than two columns a character, so most texts need no measuring.
  if (text.length * 2 <= width || textWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  // Made with the first text that is cut: it takes 10 ms, and most runs cut nothing.
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of graphemes.segment(text)) {
    const next = used + textWidth(segment);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept}…`;
}

let graphemes: Intl.Segmenter | undefined;

/** The text with spaces to `width` columns of the terminal, before it where `right`. */
export function padText(text: string, width: number, right: boolean): string {
  const spaces = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? spaces + text : text + spaces;
}

/**
 * The widths that columns get so that they fit in `available` columns of the terminal. Text is cut first, the widest most, but never below
 * a few letters; numbers are never cut. Columns that do not fit even so are left out, and `more` says so.
 */
export function fitWidths(
  natural: readonly number[],
  isNumber: readonly boolean[],
  available: number,
): { readonly widths: readonly number[]; readonly more: boolean } {
  const widths = natural.map((width) => Math.min(width, available));
  let total = widths.reduce((sum, width) => sum + width + GAP, -GAP);
  while (total > available) {
    let widest = -1;
    for (let i = 0; i < widths.length; i++) {
      if (!isNumber[i] && widths[i]! > LEAST && widths[i]! > (widths[widest] ?? 0)) widest = i;
    }
    if (widest === -1) break;
    widths[widest]!--;
    total--;
  }
  if (total <= available) return { widths, more: false };
  // The last column on the screen is `…`.
  const room = available - GAP - 1;
  if (room < 1) return { widths: [available], more: false };
  let kept = widths.length;
  while (kept > 1 && total > room) total -= widths[--kept]! + GAP;
  const [first, ...others] = widths.slice(0, kept);
  return { widths: [Math.min(first!, room), ...others], more: true };
}
