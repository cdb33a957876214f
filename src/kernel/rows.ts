/**
 * What the readers of fields give out: a row for each line, with a slot for each field that was asked for. All are 32-bit integers,
 * but for the number of a slot, which is a double.
 *
 *     row    start, end, kind, –   | slot of field 0 | slot of field 1 | …     start and end of the line in the input, without its end
 *     slot   kind, –, number           NUMBER
 *            kind, spelling, number    SPELT; how a text spells the number, see `putMeaning`
 *            kind, id, start, end      a text in the input, with an id where it was found in the table of texts
 */
import { allocate } from './memory';

/** The rows given out at a time: few enough to stay in a cache near the processor. */
export const MOST_ROWS: u32 = 2048;

/** The kinds of rows: no field was looked for in a line that is not OK. */
export const BLANK: i32 = 0;
export const OK: i32 = 1;
export const OTHER: i32 = 2;

/** The kinds of slots. */
export const NOTHING: i32 = 0;
export const TRUE: i32 = 1;
export const FALSE: i32 = 2;
export const NUMBER: i32 = 3;
/** A string as it stands in the input. */
export const PLAIN: i32 = 4;
/** A string as it stands in the input, which has been looked up. */
export const INTERNED: i32 = 5;
/** A value that stands in the input as JSON. */
export const JSON: i32 = 6;
/** A number that is not written as a text of the input spells it. Only the highest of its bits tells it from NUMBER. */
export const SPELT: i32 = 7;
/** A text of the input that is a number, but has to be read by others. */
export const NUMBER_TEXT: i32 = 8;
/** An object that stands in the input as JSON, of which members are in slots of their own. */
export const OBJECT: i32 = 9;

let firstRow: u32 = 0;
/** A list of numbers of rows that those who look at them may write down. */
let chosen: u32 = 0;
/** Where the lines begin that there was no more room for. */
let nextStart: u32 = 0;
let fieldCount: u32 = 0;

/** A place for {@link MOST_ROWS} rows of so many fields. Called once. */
export function makeRows(fields: u32): u32 {
  fieldCount = fields;
  firstRow = (allocate(MOST_ROWS * (rowSize() + 4) + 8) + 7) & ~7;
  chosen = firstRow + MOST_ROWS * rowSize();
  return firstRow;
}

/** A place for the numbers of {@link MOST_ROWS} rows, 32 bits each, from which {@link chosenRow} takes them. */
export function chosenRows(): u32 {
  return chosen;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function chosenRow(index: u32): u32 {
  return rowAt(load<u32>(chosen + index * 4));
}

/** How many fields a row has. */
export function fieldTotal(): u32 {
  return fieldCount;
}

/** Where the lines begin that the last reading had no rows for. */
export function nextLine(): u32 {
  return nextStart;
}

export function setNextLine(start: u32): void {
  nextStart = start;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function rowAt(index: u32): u32 {
  return firstRow + index * rowSize();
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function rowSize(): u32 {
  return 16 + 16 * fieldCount;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function slotOf(row: u32, field: u32): u32 {
  return row + 16 + 16 * field;
}

/** The slots of a row hold nothing. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function clearSlots(row: u32): void {
  const end = row + rowSize();
  for (let slot = row + 16; slot < end; slot += 16) store<i32>(slot, NOTHING);
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function putText(slot: u32, kind: i32, start: u32, end: u32): void {
  store<i32>(slot, kind);
  store<u32>(slot + 8, start);
  store<u32>(slot + 12, end);
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function putNumber(slot: u32, value: f64): void {
  store<i32>(slot, NUMBER);
  store<f64>(slot + 8, value);
}
