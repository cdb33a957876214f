/** Puts texts of rows behind each other, as a table of texts in another memory takes them (see text-store.ts). */
import { end as endOfMemory, extend } from './memory';
import { chosenRow, INTERNED, MOST_ROWS, PLAIN, slotOf } from './rows';
import { sizeOf, writeText } from './text-store';

/** Room for the texts of {@link MOST_ROWS} rows that are no longer, together, than most inputs, with their headers. */
const ROOM: u32 = 65536 + MOST_ROWS * 8;
/** So many bytes may be written behind a text. */
const BEHIND: u32 = 8;

let packed: u32 = 0;

/** Makes a place for packed texts, which is not touched before they come. Called once. @returns where it is. */
export function makePacked(): u32 {
  packed = (endOfMemory() + 7) & ~7;
  extend(packed - endOfMemory() + ROOM + BEHIND);
  return packed;
}

/**
 * Packs the texts of a field in the first `count` of the chosen rows, each of them once.
 *
 * @returns where they end; 0 where one of the rows has no text there, or there is no room for all.
 */
export function packTexts(field: u32, count: u32): u32 {
  let at = packed;
  for (let index: u32 = 0; index < count; index++) {
    const slot = slotOf(chosenRow(index), field);
    const kind = load<i32>(slot);
    if (kind !== PLAIN && kind !== INTERNED) return 0;
    const start = load<u32>(slot + 8);
    const length = load<u32>(slot + 12) - start;
    if (length > ROOM || sizeOf(length) > packed + ROOM - at) return 0;
    at = writeText(at, start, length, 1);
  }
  return at;
}
