/**
 * Reads lines of `key=value` and gives out some of the values.
 *
 * A line is OK only if it surely is one, with no other white space between its members than ASCII's, no escapes in wanted values, and no
 * number among them that a double may not hold; of keys that are the same the last counts. Any other line is told where it lies, for
 * others to read.
 *
 * The input is valid UTF-8 and ends with "\n", which ends every scan.
 */
import { allocate } from './memory';
import { fieldOf, firstGuess, guessedEnd, guessedField, isGuessed, nextGuess, setGuess } from './names';
import { putMeaning } from './numbers';
import { BLANK, clearSlots, fieldTotal, MOST_ROWS, OK, OTHER, rowAt, setNextLine, slotOf, TRUE } from './rows';
import { endOfLine, endOfText, NEWLINE, plainEnd } from './scanning';
import { startsWideSpace } from './white-space';

const SPACE: u8 = 0x20;
const QUOTE: u8 = 0x22;
const EQUALS: u8 = 0x3d;
const BACKSLASH: u8 = 0x5c;

/** Of each field, whether it is a text whatever it looks like; 0 where none is. */
let texts: u32 = 0;

/** From now on the values of a field are texts, also where they look like numbers. Called after `makeRows`. */
export function keepText(field: u32): void {
  if (texts === 0) texts = allocate(fieldTotal());
  store<u8>(texts + field, 1);
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function isText(field: i32): bool {
  return texts !== 0 && load<u8>(texts + field) !== 0;
}

/** Reads the lines of `[start, end)` into rows, as many as there is room for; values that are numbers as such if told so. Gives how many they are. */
export function readLogfmt(start: u32, end: u32, numbers: bool): u32 {
  let at = start;
  let index: u32 = 0;
  for (; at < end && index < MOST_ROWS; index++) {
    const row = rowAt(index);
    clearSlots(row);
    const first = skipBlanks(at);
    let kind = BLANK;
    let newline = first;
    if (load<u8>(first) !== NEWLINE) {
      newline = readMembers(first, row, numbers);
      kind = newline === 0 ? OTHER : OK;
      if (newline === 0) newline = endOfLine(at);
    }
    store<u32>(row, at);
    store<u32>(row + 4, endOfText(at, newline));
    store<i32>(row + 8, kind);
    at = newline + 1;
  }
  setNextLine(at);
  return index;
}

/** Reads all members of a line. Like all that is called by it, it gives where what it read ends, 0 where it is not sure of it. */
function readMembers(start: u32, row: u32, numbers: bool): u32 {
  let at = start;
  const first = firstGuess(0);
  let guess = first;
  while (true) {
    let field: i32;
    let hasValue = true;
    if (isGuessed(guess, at)) {
      field = guessedField(guess);
      at = guessedEnd(guess, at);
    } else {
      const keyEnd = endOfKey(at);
      if (keyEnd === at) return 0;
      field = fieldOf(at, keyEnd, 0);
      hasValue = load<u8>(keyEnd) === EQUALS;
      if (hasValue) setGuess(guess, at, keyEnd + 1, field);
      at = hasValue ? keyEnd + 1 : keyEnd;
    }
    if (hasValue) {
      at = readValue(at, field, row, numbers);
      if (at === 0) return 0;
    } else if (field >= 0) {
      store<i32>(slotOf(row, field), TRUE);
    }
    const next = skipBlanks(at);
    if (load<u8>(next) === NEWLINE) return next;
    if (next === at) return 0;
    at = next;
    guess = nextGuess(guess, first);
  }
}

/** Reads the value of a field, -1 for one that is not wanted. */
function readValue(start: u32, field: i32, row: u32, numbers: bool): u32 {
  if (load<u8>(start) !== QUOTE) {
    const end = endOfPlain(start);
    return field < 0 || putMeaning(slotOf(row, field), start, end, numbers && !isText(field)) ? end : 0;
  }
  let end = plainEnd(start + 1);
  let isPlain = true;
  while (load<u8>(end) !== QUOTE) {
    if (load<u8>(end) === NEWLINE) return 0;
    // Any other control character stands for itself.
    if (load<u8>(end) === BACKSLASH) {
      if (load<u8>(++end) === NEWLINE) return 0;
      isPlain = false;
    }
    end = plainEnd(end + 1);
  }
  if (field >= 0 && !(isPlain && putMeaning(slotOf(row, field), start + 1, end, numbers && !isText(field)))) return 0;
  return end + 1;
}

/** The first byte at or behind `at` that is no white space of ASCII, or a newline. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function skipBlanks(at: u32): u32 {
  let next = at;
  while (load<u8>(next) === SPACE || (load<u8>(next) - 0x09 <= 4 && load<u8>(next) !== NEWLINE)) next++;
  return next;
}

/** The first byte at or behind `at` that ends a key: white space, a control character, "=", or a quote. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function endOfKey(at: u32): u32 {
  let block = at;
  while (true) {
    const bytes = v128.load(block);
    const signs = v128.or(i8x16.eq(bytes, i8x16.splat(EQUALS)), i8x16.eq(bytes, i8x16.splat(QUOTE)));
    // Bytes from 0x80 are below 0 here.
    const found = i8x16.bitmask(v128.or(signs, i8x16.le_s(bytes, i8x16.splat(SPACE))));
    block += found === 0 ? 16 : <u32>ctz(found);
    if (found === 0) continue;
    if (load<i8>(block) >= 0 || startsWideSpace(block)) return block;
    block++;
  }
}

/** The first byte at or behind `at` that is white space or a control character. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function endOfPlain(at: u32): u32 {
  let block = at;
  while (true) {
    const found = i8x16.bitmask(i8x16.le_s(v128.load(block), i8x16.splat(SPACE)));
    block += found === 0 ? 16 : <u32>ctz(found);
    if (found === 0) continue;
    if (load<i8>(block) >= 0 || startsWideSpace(block)) return block;
    block++;
  }
}
