/** Reading numbers as JSON spells them (RFC 8259). What stands behind a number must be there: no length is compared. */
import { JSON, NUMBER, NUMBER_TEXT, PLAIN, putNumber, putText, SPELT } from './rows';

const MINUS: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const E: u8 = 0x65;

/** With an exponent of two digits as well, a number is far from the end of the range of doubles. Longer ones are left to others. */
const LONGEST_NUMBER: u32 = 200;

/** The powers of ten that a double holds exactly. */
const POWERS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
  1e22,
]);

/** Stands for a number of decimals where there is an exponent. */
const EXPONENT: u32 = 0xffff;
/** Digits that any double keeps, with a sign and a point: 15 and these. */
const LONGEST_DECIMAL: u32 = 16;
/** Numbers below it are written with an exponent. */
const LEAST_DECIMAL: f64 = 1e-6;
/** Decimals of no number below that but 0. */
const FEW_DECIMALS: u32 = 6;

/** Of the number that {@link readNumber} has read, how many digits stand behind the point, or {@link EXPONENT}. Not set where it has neither. */
let decimals: u32 = 0;

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function isDigit(byte: u8): bool {
  return byte - ZERO <= 9;
}

/**
 * Reads a number into a slot. It is given out as a double where that is exact after one rounding: digits that a double holds, times or
 * divided by a power of ten that a double holds (Clinger, "How to read floating point numbers accurately", 1990). Else it is left to
 * others as JSON.
 *
 * Gives where the number ends; 0 where none is, or where it may be too large for a double.
 */
export function readNumber(start: u32, slot: u32): u32 {
  let at = start;
  const negative = load<u8>(at) === MINUS;
  if (negative) at++;
  const whole = at;
  let digits: u64 = 0;
  let byte = load<u8>(at);
  for (; isDigit(byte); byte = load<u8>(++at)) digits = digits * 10 + (byte - ZERO);
  let count = at - whole;
  if (count === 0 || (count > 1 && load<u8>(whole) === ZERO)) return 0;
  let exponent: i32 = 0;
  if (byte === POINT) {
    const fraction = ++at;
    for (byte = load<u8>(at); isDigit(byte); byte = load<u8>(++at)) digits = digits * 10 + (byte - ZERO);
    if (at === fraction) return 0;
    const places = at - fraction;
    decimals = places;
    count += places;
    exponent = -(<i32>places);
  }
  if ((byte | 0x20) === E) {
    decimals = EXPONENT;
    byte = load<u8>(++at);
    const down = byte === MINUS;
    if (down || byte === PLUS) at++;
    const power = at;
    let given: i32 = 0;
    for (byte = load<u8>(at); isDigit(byte); byte = load<u8>(++at)) given = given * 10 + (byte - ZERO);
    // Three digits may be beyond the range of doubles.
    if (at === power || at - power > 2) return 0;
    exponent += down ? -given : given;
  }
  if (at - start > LONGEST_NUMBER) return 0;
  // Integers of 2^53 and more are no doubles, however exact.
  if (count > 18 || digits >= (<u64>1) << 53 || exponent < -22 || exponent > 22) {
    putText(slot, JSON, start, at);
    return at;
  }
  let value = <f64>digits;
  if (exponent < 0) value /= load<f64>(POWERS + (<u32>-exponent << 3));
  else if (exponent > 0) value *= load<f64>(POWERS + (<u32>exponent << 3));
  putNumber(slot, negative ? -value : value);
  return at;
}

/** Passes over a number. Gives where it ends, 0 where {@link readNumber} does. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function skipNumber(start: u32): u32 {
  let at = start;
  if (load<u8>(at) === MINUS) at++;
  if (load<u8>(at) === ZERO) at++;
  else {
    at = skipDigits(at);
    if (at === 0) return 0;
  }
  if (load<u8>(at) === POINT) {
    at = skipDigits(at + 1);
    if (at === 0) return 0;
  }
  if ((load<u8>(at) | 0x20) === E) {
    at++;
    if (load<u8>(at) === PLUS || load<u8>(at) === MINUS) at++;
    const end = skipDigits(at);
    if (end === 0 || end - at > 2) return 0;
    at = end;
  }
  return at - start <= LONGEST_NUMBER ? at : 0;
}

/** Passes over one digit or more. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function skipDigits(start: u32): u32 {
  let at = start;
  while (isDigit(load<u8>(at))) at++;
  return at === start ? 0 : at;
}

/**
 * Gives out a text as what it means: a number where all of it is one and numbers are looked for, else as it is. What stands behind it must
 * be in no number. False where others have to say what it means.
 *
 * A number that is not written as the text spells it is SPELT, with how many decimals it has, where that is all that is special about it
 * (`1.10`), or the address of the text, below 0.
 */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function putMeaning(slot: u32, from: u32, to: u32, hasNumbers: bool): bool {
  if (hasNumbers && from < to) {
    const first = load<u8>(from);
    if (isDigit(first) || first === MINUS) {
      decimals = 0;
      const end = readNumber(from, slot);
      if (end === to) {
        if (first === MINUS || decimals > FEW_DECIMALS || to - from > LONGEST_DECIMAL) putSpelling(slot, from, to);
        else if (decimals !== 0) {
          // Most are such as `12.50`: no branch, since every tenth has a zero at its end, and nobody can tell which.
          store<i32>(slot, NUMBER | (<i32>(load<u8>(to - 1) === ZERO) << 2));
          store<i32>(slot + 4, decimals);
        }
        return true;
      }
      if (end === 0 && mayBeNumber(from, to)) return false;
    }
  }
  putText(slot, PLAIN, from, to);
  return true;
}

/** How the text in `[from, to)` spells the number in the slot: with decimals, an exponent, or a minus sign. */
function putSpelling(slot: u32, from: u32, to: u32): void {
  if (load<i32>(slot) !== NUMBER) {
    store<i32>(slot, NUMBER_TEXT);
    return;
  }
  const value = load<f64>(slot + 8);
  const isNegativeZero = value === 0 && load<u8>(from) === MINUS;
  if (decimals === 0 && !isNegativeZero) return;
  const isDecimal = decimals !== EXPONENT && to - from <= LONGEST_DECIMAL && !isNegativeZero;
  if (isDecimal && load<u8>(to - 1) !== ZERO && abs(value) >= LEAST_DECIMAL) return;
  store<i32>(slot, SPELT);
  store<i32>(slot + 4, isDecimal ? <i32>decimals : -(<i32>from));
}

/** Whether a text that {@link readNumber} does not read may be a number all the same: one with a large exponent, or a very long one. */
function mayBeNumber(from: u32, to: u32): bool {
  if (to - from > LONGEST_NUMBER) return true;
  for (let at = from; at < to; at++) if ((load<u8>(at) | 0x20) === E) return true;
  return false;
}
