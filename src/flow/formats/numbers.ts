import { toText } from '../../base/json.ts';
import type { AnyNumber } from '../../base/value.ts';

/** A number with more significant digits than this has been worked out: nobody measures so exactly, or would read it. */
const MEASURED = 10;
/** Significant digits that such a number keeps; whole digits are never cut. */
const DIGITS = 4;

/**
 * A number for people: `210.63532939327303` is `210.6`, `17505.59` as it came out of a division `17506`, `0.1 + 0.2` is `0.3`. Whole
 * numbers, and fractions that come from the data or may, are shown as they are.
 *
 * @param isWorkedOut whether it is one of several that have been worked out, though it has no more digits than a measured one.
 */
export function numberText(value: AnyNumber, isWorkedOut = hasBeenWorkedOut(value)): string {
  if (!isWorkedOut || typeof value !== 'number' || Number.isInteger(value)) return toText(value);
  // Back through a number, so that no zeros stand at the end, and very small ones are written as they are elsewhere.
  return toText(Number(Math.abs(value) < 10 ** DIGITS ? value.toPrecision(DIGITS) : value.toFixed(0)));
}

/** Whether a number has more digits than anybody measures. */
export function hasBeenWorkedOut(value: AnyNumber): boolean {
  return typeof value === 'number' && !Number.isInteger(value) && digitsOf(toText(value)) > MEASURED;
}

/** Of a number as JSON writes it: `-0.00125e-8` has three. */
function digitsOf(text: string): number {
  const end = text.indexOf('e');
  return (end === -1 ? text : text.slice(0, end)).replace(/[-.]/g, '').replace(/^0+/, '').length;
}

/** How many characters a number takes from its point or exponent on: what is padded so that points stand below each other. */
export function fractionWidth(text: string): number {
  const start = text.search(/[.e]/);
  return start === -1 ? 0 : text.length - start;
}
