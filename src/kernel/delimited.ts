/**
 * Reads rows of delimited fields, as RFC 4180 has them, and gives out some of the columns.
 *
 * A row is OK only if it stands in one line, has no more fields than there are columns, and nothing in the wanted ones has to be changed:
 * no doubled quotes, no number that a double may not hold. Any other line is told where it lies, for others to read. One that leaves a
 * quoted field open, or has text behind the quote that closes one, is the last that is given out, since others know what the next ones are.
 *
 * The input is valid UTF-8 and ends with "\n", which ends every scan.
 */
import { allocate } from './memory';
import { putMeaning } from './numbers';
import {
  BLANK,
  clearSlots,
  fieldTotal,
  MOST_ROWS,
  OK,
  OTHER,
  rowAt,
  setNextLine,
  slotOf,
} from './rows';
import { CARRIAGE_RETURN, endOfLine, endOfText, NEWLINE } from './scanning';

const QUOTE: u8 = 0x22;

let delimiter: u8 = 0;
let hasQuotes: bool = false;
let hasNumbers: bool = false;
/** Whether a line without a byte is a row with one empty field. */
let hasBlanks: bool = false;
let columnCount: u32 = 0;
/**
 * Of each wanted column, in their order: its number, the number of the field, and whether its texts may be numbers. Behind the last one a
 * number that no column has.
 */
let wanted: u32 = 0;
const ENTRY_SIZE: u32 = 12;

let wantedCount: u32 = 0;

/** How fields are told from each other: one byte of ASCII, which stands in no number where these are looked for. Called once. */
export function setLayout(byte: u32, quotes: bool, numbers: bool, blanks: bool): void {
  delimiter = <u8>byte;
  hasQuotes = quotes;
  hasNumbers = numbers;
  hasBlanks = blanks;
}

/** From now on rows have so many columns, of which none is wanted yet. */
export function startColumns(count: u32): void {
  if (wanted === 0) wanted = allocate(fieldTotal() * ENTRY_SIZE + 4);
  columnCount = count;
  wantedCount = 0;
  store<u32>(wanted, u32.MAX_VALUE);
}

/** The wanted field is that column, which stands behind those that were named before. `isText`: what looks like a number is none. */
export function addColumn(column: u32, field: u32, isText: bool): void {
  const entry = wanted + wantedCount++ * ENTRY_SIZE;
  store<u32>(entry, column);
  store<u32>(entry + 4, field);
  store<u32>(entry + 8, <u32>(hasNumbers && !isText));
  store<u32>(entry + ENTRY_SIZE, u32.MAX_VALUE);
}

/** Leaves the line at `start` to others. Gives how many rows that is: 1. */
export function leaveLine(start: u32): u32 {
  finishRow(rowAt(0), start, endOfLine(start), OTHER);
  return 1;
}

/** Reads the lines of `[start, end)` into rows, as many as there is room for. Gives how many they are. */
export function readDelimited(start: u32, end: u32): u32 {
  let at = start;
  let index: u32 = 0;
  for (let isOpen = false; at < end && index < MOST_ROWS && !isOpen; index++) {
    const row = rowAt(index);
    clearSlots(row);
    const result = readRow(at, row);
    const newline = lineEnd;
    finishRow(row, at, newline, result);
    isOpen = result === OPEN;
    at = newline + 1;
  }
  return index;
}

function finishRow(row: u32, start: u32, newline: u32, kind: i32): void {
  store<u32>(row, start);
  store<u32>(row + 4, endOfText(start, newline));
  store<i32>(row + 8, kind === OPEN ? OTHER : kind);
  setNextLine(newline + 1);
}

/** What {@link readRow} gives, beside the kinds of rows: a quoted field goes on in the next line, or text behind its closing quote leaves that open. */
const OPEN: i32 = 3;

/** Where the line ended that {@link readRow} has read. */
let lineEnd: u32 = 0;

/** Reads a row. The line is read to its end in any case, since that tells whether it leaves a field open. */
function readRow(start: u32, row: u32): i32 {
  let cell = start;
  let kind = OK;
  let entry = wanted;
  let next = load<u32>(entry);
  let column: u32 = 0;
  while (true) {
    let from = cell;
    let to: u32;
    let sign: u32;
    let isWhole = true;
    if (hasQuotes && load<u8>(cell) === QUOTE) {
      from++;
      to = quoteOrNewline(from);
      while (load<u8>(to) === QUOTE && load<u8>(to + 1) === QUOTE) {
        isWhole = false;
        to = quoteOrNewline(to + 2);
      }
      if (load<u8>(to) === NEWLINE) {
        lineEnd = to;
        return OPEN;
      }
      sign = to + 1;
      if (load<u8>(sign) === CARRIAGE_RETURN && load<u8>(sign + 1) === NEWLINE) sign++;
      if (load<u8>(sign) !== delimiter && load<u8>(sign) !== NEWLINE) {
        lineEnd = endOfLine(sign);
        return OPEN;
      }
    } else {
      sign = delimiterOrNewline(cell);
      to = load<u8>(sign) === NEWLINE ? endOfText(cell, sign) : sign;
    }
    if (column === next) {
      const slot = slotOf(row, load<u32>(entry + 4));
      // Nothing between two delimiters is null where texts may be numbers, which the slot is by now.
      const isNull = hasNumbers && from === to && from === cell;
      if (!isWhole || !(isNull || putMeaning(slot, from, to, load<u32>(entry + 8) !== 0))) kind = OTHER;
      entry += ENTRY_SIZE;
      next = load<u32>(entry);
    }
    if (load<u8>(sign) === NEWLINE) {
      lineEnd = sign;
      if (column === 0 && to === start && !hasBlanks) return BLANK;
      return column < columnCount ? kind : OTHER;
    }
    cell = sign + 1;
    column++;
  }
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function delimiterOrNewline(at: u32): u32 {
  const sign = i8x16.splat(delimiter);
  let block = at;
  while (true) {
    const bytes = v128.load(block);
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, sign), i8x16.eq(bytes, i8x16.splat(NEWLINE))));
    if (found !== 0) return block + ctz(found);
    block += 16;
  }
}

function quoteOrNewline(at: u32): u32 {
  let block = at;
  while (true) {
    const bytes = v128.load(block);
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(NEWLINE))));
    if (found !== 0) return block + ctz(found);
    block += 16;
  }
}
