import { fewDigits, parseJsonNumbers, parseNumber } from './json.ts';
import { SpeltNumber } from './spelt-number.ts';
import type { AnyNumber, Value } from './value.ts';

const ZERO = 0x30;
const NINE = 0x39;

/**
 * The number that a field of a text format spells in JSON's way, with that spelling; undefined for other texts. Where a number is written as
 * the text has it, as most are, it is a plain one.
 */
export function readNumber(text: string): AnyNumber | undefined {
  const whole = fewDigits(text);
  if (whole !== undefined && (text.length === 1 || text.charCodeAt(0) !== ZERO)) return whole;
  const value = parseNumber(text);
  return typeof value !== 'number' || isWritten(value, text) ? value : new SpeltNumber(value, text);
}

/** A value of JSON whose numbers are spelt as `toJson` wrote them. Throws JsonError. */
export function parseSpeltJson(text: string): Value {
  return parseJsonNumbers(text, readNumber);
}

/** Digits that any double keeps, with a sign and a point: 15 and these. */
const LONGEST = 16;
/** Numbers below it are written with an exponent. */
const LEAST_DECIMAL = 1e-6;

/**
 * Whether a number is written as the text of JSON that it was read from. One with `e+` never is, so that two texts of 10^21, as `1e+21`
 * and as an integer of 22 digits, do not become one key.
 */
function isWritten(value: number, text: string): boolean {
  return (Math.abs(value) >= LEAST_DECIMAL && isShortDecimal(text)) || (String(value) === text && !text.includes('+'));
}

/** Whether it is a decimal that has all its digits and no zeros at its end, which costs less to see. */
function isShortDecimal(text: string): boolean {
  const { length } = text;
  const point = text.indexOf('.');
  if (length > LONGEST || point < 0 || text.charCodeAt(length - 1) === ZERO) return false;
  for (let i = point + 1; i < length; i++) if (text.charCodeAt(i) < ZERO || text.charCodeAt(i) > NINE) return false;
  return true;
}
