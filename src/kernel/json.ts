/**
 * Reads lines of JSON and gives out some of the members of each line's object.
 *
 * A line is OK only if it is one JSON object by RFC 8259 whose own names have no escapes, that nests no deeper than 64, and whose numbers
 * surely fit a double; of members of one name the last counts. Any other line is told where it lies, for others to read.
 *
 * The input is valid UTF-8 and ends with "\n". This one ends every scan, since it stands in no value: no length is compared.
 */

import { word } from './known-texts';
import { allocate } from './memory';
import {
  BLANK,
  clearSlots,
  FALSE,
  JSON,
  MOST_ROWS,
  NOTHING,
  OK,
  OTHER,
  PLAIN,
  putNumber,
  putText,
  rowAt,
  setNextLine,
  slotOf,
  TRUE,
} from './rows';
import { endOfLine, endOfText, NEWLINE, plainEnd } from './scanning';

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;
const OPEN_LIST: u8 = 0x5b;
const CLOSE_LIST: u8 = 0x5d;
const MINUS: u8 = 0x2d;
const ZERO: u8 = 0x30;

const DEEPEST: i32 = 64;
/** With an exponent of two digits as well, it is far from the range of doubles. */
const LONGEST_NUMBER: u32 = 200;

/** Of each wanted name: length, where it lies, and its first eight bytes. */
let names: u32 = 0;
let nameCount: u32 = 0;
/** A bit for each length that a wanted name has; the last for all of 63 bytes and more. */
let nameLengths: u64 = 0;

/** A place for the `size` bytes of `count` names. Called once, before {@link wantName}. */
export function makeNames(count: u32, size: u32): u32 {
  names = allocate(count * 16);
  return allocate(size);
}

/** The next wanted member is named by the bytes `[start, end)`, as they would stand in JSON without escapes. */
export function wantName(start: u32, end: u32): void {
  const name = names + nameCount++ * 16;
  const length = end - start;
  store<u32>(name, length);
  store<u32>(name + 4, start);
  store<u64>(name + 8, length === 0 ? 0 : word(start, length));
  nameLengths |= (<u64>1) << lengthBit(length);
}

/** Reads the lines of `[start, end)` into rows, as many as there is room for. Gives how many they are. */
export function readJson(start: u32, end: u32): u32 {
  let at = start;
  let index: u32 = 0;
  for (; at < end && index < MOST_ROWS; index++) {
    const row = rowAt(index);
    clearSlots(row);
    const first = skipBlanks(at);
    let kind = OK;
    let newline: u32 = 0;
    if (load<u8>(first) === NEWLINE) {
      kind = BLANK;
      newline = first;
    } else {
      if (load<u8>(first) === OPEN_OBJECT) newline = readObject(first, row);
      if (newline !== 0) newline = skipBlanks(newline);
      if (newline === 0 || load<u8>(newline) !== NEWLINE) {
        kind = OTHER;
        newline = endOfLine(at);
      }
    }
    store<u32>(row, at);
    store<u32>(row + 4, endOfText(at, newline));
    store<i32>(row + 8, kind);
    at = newline + 1;
  }
  setNextLine(at);
  return index;
}

/** Reads an object. Like all that is called by it, it gives where what it read ends, 0 where it is not sure of it. */
function readObject(start: u32, row: u32): u32 {
  let at = skipBlanks(start + 1);
  if (load<u8>(at) === CLOSE_OBJECT) return at + 1;
  let guess = guesses;
  while (true) {
    let field: i32;
    if (isGuessed(guess, at)) {
      field = load<i32>(guess + 36);
      at = skipBlanks(at + load<u32>(guess + 32));
    } else {
      if (load<u8>(at) !== QUOTE) return 0;
      const nameEnd = plainEnd(at + 1);
      if (load<u8>(nameEnd) !== QUOTE) return 0;
      field = fieldOf(at + 1, nameEnd);
      const colon = skipBlanks(nameEnd + 1);
      if (load<u8>(colon) !== COLON) return 0;
      setGuess(guess, at, colon + 1, field);
      at = skipBlanks(colon + 1);
    }
    at = field < 0 ? skipValue(at) : readValue(at, slotOf(row, field));
    if (at === 0) return 0;
    at = skipBlanks(at);
    const sign = load<u8>(at);
    if (sign === CLOSE_OBJECT) return at + 1;
    if (sign !== COMMA) return 0;
    at = skipBlanks(at + 1);
    guess = min(guess + GUESS_SIZE, lastGuess);
  }
}

/**
 * Lines of a file mostly have the same members in the same order, so each name is first compared with the one that stood there in a line
 * before: from its first quote to its colon, if that is at most 16 bytes.
 *
 *     guess    the bytes, a mask of them, their number, and the number of the wanted name, or -1
 */
const GUESS_SIZE: u32 = 48;
const guesses: u32 = <u32>memory.data(32 * 48, 16);
const lastGuess: u32 = guesses + 31 * GUESS_SIZE;

// @ts-expect-error: a decorator of AssemblyScript
@inline
function isGuessed(guess: u32, at: u32): bool {
  const differing = v128.and(v128.xor(v128.load(at), v128.load(guess)), v128.load(guess, 16));
  return !v128.any_true(differing) && load<u32>(guess + 32) !== 0;
}

function setGuess(guess: u32, start: u32, end: u32, field: i32): void {
  const length = end - start;
  store<u32>(guess + 32, 0);
  if (length > 16) return;
  v128.store(guess, v128.load(start));
  for (let i: u32 = 0; i < 16; i++) store<u8>(guess + 16 + i, i < length ? 0xff : 0);
  store<u32>(guess + 32, length);
  store<i32>(guess + 36, field);
}

/** The number of the wanted name `[start, end)`, or -1. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function fieldOf(start: u32, end: u32): i32 {
  const length = end - start;
  if ((nameLengths & ((<u64>1) << lengthBit(length))) === 0) return -1;
  const first = length === 0 ? 0 : word(start, length);
  for (let field: u32 = 0, name = names; field < nameCount; field++, name += 16) {
    if (load<u64>(name + 8) === first && load<u32>(name) === length) {
      if (length <= 8 || memory.compare(load<u32>(name + 4) + 8, start + 8, length - 8) === 0) return field;
    }
  }
  return -1;
}

function lengthBit(length: u32): u32 {
  return min<u32>(length, 63);
}

/** The first byte at or behind `at` that is no blank, or a newline. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function skipBlanks(at: u32): u32 {
  let next = at;
  while (load<u8>(next) <= 0x20 && isBlank(load<u8>(next))) next++;
  return next;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function isBlank(byte: u8): bool {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/** Reads a wanted value into its slot. */
function readValue(at: u32, slot: u32): u32 {
  const first = load<u8>(at);
  if (first === QUOTE) {
    const end = plainEnd(at + 1);
    if (load<u8>(end) === QUOTE) {
      putText(slot, PLAIN, at + 1, end);
      return end + 1;
    }
  } else if (isDigit(first) || first === MINUS) {
    return readNumber(at, slot);
  }
  const end = skipValue(at);
  if (first === 0x6e) store<i32>(slot, NOTHING);
  else if (first === 0x74) store<i32>(slot, TRUE);
  else if (first === 0x66) store<i32>(slot, FALSE);
  else putText(slot, JSON, at, end);
  return end;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function isDigit(byte: u8): bool {
  return byte - ZERO <= 9;
}

/** The powers of ten that a double holds exactly. */
const POWERS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
  1e22,
]);

/**
 * Reads a number. It is given out as a double where that is exact after one rounding: digits that a double holds, times or divided by a
 * power of ten that a double holds (Clinger, "How to read floating point numbers accurately", 1990). Else it is left to others as JSON.
 */
function readNumber(start: u32, slot: u32): u32 {
  const negative = load<u8>(start) === MINUS;
  const first = start + u32(negative);
  let digits: u64 = 0;
  let at = first;
  for (; isDigit(load<u8>(at)); at++) digits = digits * 10 + (load<u8>(at) - ZERO);
  let count = at - first;
  // One digit at least, and none behind a 0.
  if (count === 0 || (count > 1 && load<u8>(first) === ZERO)) return 0;
  let exponent = 0;
  if (load<u8>(at) === 0x2e) {
    const behind = ++at;
    for (; isDigit(load<u8>(at)); at++) digits = digits * 10 + (load<u8>(at) - ZERO);
    if (at === behind) return 0;
    exponent = <i32>(behind - at);
    count += at - behind;
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    const sign = load<u8>(++at);
    const down = sign === MINUS;
    if (down || sign === 0x2b) at++;
    const given = at;
    let power = 0;
    for (; isDigit(load<u8>(at)); at++) power = power * 10 + (load<u8>(at) - ZERO);
    // Three digits may be beyond the range of doubles.
    if (at === given || at - given > 2) return 0;
    exponent += down ? -power : power;
  }
  const end = at;
  if (end - start > LONGEST_NUMBER) return 0;
  // Integers of 2^53 and more are no doubles, however exact.
  if (count > 18 || digits >= (<u64>1) << 53 || exponent < -22 || exponent > 22) {
    putText(slot, JSON, start, end);
    return end;
  }
  let value = <f64>digits;
  if (exponent < 0) value /= load<f64>(POWERS + (<u32>-exponent << 3));
  else if (exponent > 0) value *= load<f64>(POWERS + (<u32>exponent << 3));
  putNumber(slot, negative ? -value : value);
  return end;
}

/** Passes over a number. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function skipNumber(start: u32): u32 {
  let at = start;
  if (load<u8>(at) === MINUS) at++;
  if (load<u8>(at) === ZERO) at++;
  else {
    at = skipDigits(at);
    if (at === 0) return 0;
  }
  if (load<u8>(at) === 0x2e) {
    at = skipDigits(at + 1);
    if (at === 0) return 0;
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    at++;
    if (load<u8>(at) === 0x2b || load<u8>(at) === MINUS) at++;
    const end = skipDigits(at);
    // Three digits may be beyond the range of doubles.
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

/** Passes over a value of any kind. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function skipValue(start: u32): u32 {
  const first = load<u8>(start);
  if (first === QUOTE) {
    // What most values are: a string without escapes.
    const end = plainEnd(start + 1);
    return load<u8>(end) === QUOTE ? end + 1 : skipString(start + 1);
  }
  return first === OPEN_OBJECT || first === OPEN_LIST ? skipNested(start) : skipScalar(start);
}

/** Passes over anything but lists and objects. */
function skipScalar(at: u32): u32 {
  const first = load<u8>(at);
  if (first === QUOTE) return skipString(at + 1);
  if (isDigit(first) || first === MINUS) return skipNumber(at);
  if (load<u32>(at) === 0x65757274) return at + 4; // true
  if (load<u32>(at) === 0x6c6c756e) return at + 4; // null
  if (first === 0x66 && load<u32>(at + 1) === 0x65736c61) return at + 5; // false
  return 0;
}

/** Passes over a string, from behind its first quote. */
function skipString(start: u32): u32 {
  let at = plainEnd(start);
  while (load<u8>(at) === BACKSLASH) {
    at = skipEscape(at);
    if (at === 0) return 0;
    at = plainEnd(at);
  }
  return load<u8>(at) === QUOTE ? at + 1 : 0;
}

function skipEscape(at: u32): u32 {
  switch (load<u8>(at + 1)) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // slash
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 2;
    case 0x75: {
      // u
      for (let digit = at + 2; digit < at + 6; digit++) if (!isHexDigit(load<u8>(digit))) return 0;
      return at + 6;
    }
    default:
      return 0;
  }
}

function isHexDigit(byte: u8): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 <= 5;
}

/** Passes over a list or an object with all that is in it. */
function skipNested(start: u32): u32 {
  /** A bit for each level, the innermost last: 1 for objects. */
  let levels: u64 = 0;
  let depth = 0;
  let at = start;
  while (true) {
    const first = load<u8>(at);
    if (first === OPEN_OBJECT || first === OPEN_LIST) {
      if (depth === DEEPEST) return 0;
      const isObject = first === OPEN_OBJECT;
      levels = (levels << 1) | u64(isObject);
      depth++;
      at = skipBlanks(at + 1);
      if (load<u8>(at) !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) {
        if (isObject) at = skipName(at);
        if (at === 0) return 0;
        continue;
      }
    } else {
      at = skipScalar(at);
      if (at === 0) return 0;
      at = skipBlanks(at);
    }
    // Behind a value, or before the end of what is empty.
    while (true) {
      const sign = load<u8>(at);
      if (sign === COMMA) break;
      if (sign !== ((levels & 1) !== 0 ? CLOSE_OBJECT : CLOSE_LIST)) return 0;
      levels >>= 1;
      if (--depth === 0) return at + 1;
      at = skipBlanks(at + 1);
    }
    at = skipBlanks(at + 1);
    if ((levels & 1) !== 0) at = skipName(at);
    if (at === 0) return 0;
  }
}

/** Passes over the name of a member and the colon behind it. */
function skipName(start: u32): u32 {
  if (load<u8>(start) !== QUOTE) return 0;
  const end = skipString(start + 1);
  if (end === 0) return 0;
  const colon = skipBlanks(end);
  return load<u8>(colon) === COLON ? skipBlanks(colon + 1) : 0;
}
