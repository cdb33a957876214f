import { parseJsonNumbers, parseNumber } from './json.ts';
import { SpeltNumber } from './spelt-number.ts';
import type { AnyNumber, Value } from './value.ts';

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** The longest text that is read here, digit by digit. */
const LONGEST = 17;
/** Numbers below it have at most 15 digits, which a double keeps. */
const MANY_DIGITS = 1e15;
/** Numbers below it are written with an exponent. */
const LEAST_DECIMAL = 1e-6;

/** The powers of ten that a number of so few decimals is divided by, all of which a double holds exactly. */
const POWERS = Array.from({ length: LONGEST }, (_, power) => 10 ** power);

/**
 * The number that a field of a text format spells in JSON's way, with that spelling; undefined for other texts. Where a number is written as
 * the text has it, as most are, it is a plain one.
 */
export function readNumber(text: string): AnyNumber | undefined {
  const { length } = text;
  const first = text.charCodeAt(0);
  // Most texts end here, with their first character: "." and "/" lie between what numbers begin with. Of an empty one it is NaN.
  if (!(first >= MINUS && first <= NINE)) return undefined;
  const start = first === MINUS ? 1 : 0;
  if (length > LONGEST || length === start) return readSlowly(text);
  let digits = 0;
  let point = 0;
  for (let i = start; i < length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (digit === POINT - ZERO && point === 0 && i > start) point = i;
    else return readSlowly(text);
  }
  const last = text.charCodeAt(length - 1);
  const wholeLength = (point === 0 ? length : point) - start;
  const isZeroFirst = wholeLength > 1 && text.charCodeAt(start) === ZERO;
  if (isZeroFirst || last === POINT || digits >= MANY_DIGITS || (digits === 0 && start === 1)) return readSlowly(text);
  // Both are exact, so this is rounded once, as reading it is (Clinger, "How to read floating point numbers accurately", 1990).
  const size = point === 0 ? digits : digits / POWERS[length - 1 - point]!;
  const value = start === 1 ? -size : size;
  return point === 0 || (last !== ZERO && size >= LEAST_DECIMAL) ? value : new SpeltNumber(value, text);
}

/** A value of JSON whose numbers are spelt as `toJson` wrote them. Throws JsonError. */
export function parseSpeltJson(text: string): Value {
  return parseJsonNumbers(text, readNumber);
}

/**
 * One with `e+` is never written so, that two texts of 10^21, as `1e+21` and as an integer of 22 digits, do not become one key.
 */
function readSlowly(text: string): AnyNumber | undefined {
  const value = parseNumber(text);
  if (typeof value !== 'number' || (String(value) === text && !text.includes('+'))) return value;
  return new SpeltNumber(value, text);
}
