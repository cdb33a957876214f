/**
 * Reads lines of JSON and gives out some of the members of each line's object.
 *
 * A line is OK only if it is one JSON object by RFC 8259 whose own names have no escapes, that nests no deeper than 64, and whose numbers
 * surely fit a double, and is no longer than 4 MB; of members of one name the last counts. The same holds of an object within it whose members are wanted, which must come once. Any other line is told where it lies, for others to read.
 *
 * The input is valid UTF-8 and ends with "\n". This one ends every scan, since it stands in no value: no length is compared.
 */

import { fieldOf, firstGuess, guessedEnd, guessedField, isGuessed, nextGuess, setGuess } from './names';
import { isDigit, readNumber, skipNumber } from './numbers';
import {
  BLANK,
  clearSlots,
  FALSE,
  JSON,
  MOST_ROWS,
  NOTHING,
  OBJECT,
  OK,
  OTHER,
  PLAIN,
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

const DEEPEST: i32 = 64;
/** Whoever parses a longer line looks whether it has too many parts (`base/json-parts.ts`), also in what is passed over here, bytes. */
const LONGEST: u32 = 4 * 1024 * 1024;
/** The numbers of wanted members of which members may be wanted begin here. */
const WITH_MEMBERS: i32 = 1 << 20;

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
      if (load<u8>(first) === OPEN_OBJECT) newline = readObject(first, row, 0);
      if (newline !== 0) newline = skipBlanks(newline);
      if (newline === 0 || load<u8>(newline) !== NEWLINE || newline - at > LONGEST) {
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

/** Reads the object of a line, level 0, or one within it. Like all that is called by it, it gives where what it read ends, 0 where it is not sure of it. */
function readObject(start: u32, row: u32, level: u32): u32 {
  let at = skipBlanks(start + 1);
  if (load<u8>(at) === CLOSE_OBJECT) return at + 1;
  const first = firstGuess(level);
  let guess = first;
  while (true) {
    let field: i32;
    if (isGuessed(guess, at)) {
      field = guessedField(guess);
      at = skipBlanks(guessedEnd(guess, at));
    } else {
      if (load<u8>(at) !== QUOTE) return 0;
      const nameEnd = plainEnd(at + 1);
      if (load<u8>(nameEnd) !== QUOTE) return 0;
      field = fieldOf(at + 1, nameEnd, level);
      if (field >= 0 && firstGuess(<u32>field + 1) !== 0) field |= WITH_MEMBERS;
      const colon = skipBlanks(nameEnd + 1);
      if (load<u8>(colon) !== COLON) return 0;
      setGuess(guess, at, colon + 1, field);
      at = skipBlanks(colon + 1);
    }
    if (field < 0) at = skipValue(at);
    else at = field < WITH_MEMBERS ? readValue(at, slotOf(row, field)) : readInner(at, row, <u32>(field ^ WITH_MEMBERS));
    if (at === 0) return 0;
    at = skipBlanks(at);
    const sign = load<u8>(at);
    if (sign === CLOSE_OBJECT) return at + 1;
    if (sign !== COMMA) return 0;
    at = skipBlanks(at + 1);
    guess = nextGuess(guess, first);
  }
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

/** The same of one whose members are wanted where it is an object. */
function readInner(at: u32, row: u32, field: u32): u32 {
  const slot = slotOf(row, field);
  // Another member of that name: what was read of it would have to be taken back.
  if (load<i32>(slot) !== NOTHING) return 0;
  if (load<u8>(at) !== OPEN_OBJECT) return readValue(at, slot);
  const end = readObject(at, row, field + 1);
  if (end !== 0) putText(slot, OBJECT, at, end);
  return end;
}

/** Passes over a value of any kind. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function skipValue(start: u32): u32 {
  const first = load<u8>(start);
  if (first === QUOTE) return skipString(start + 1);
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

/** Passes over a string, from behind its first quote. Most have no escapes. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function skipString(start: u32): u32 {
  const end = plainEnd(start);
  return load<u8>(end) === QUOTE ? end + 1 : skipEscaped(end);
}

/** The same from its first escape on. */
function skipEscaped(start: u32): u32 {
  let at = start;
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
