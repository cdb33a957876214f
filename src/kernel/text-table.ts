/**
 * Counts texts by their bytes. Texts are handed over in batches of places in the input, which are looked up one behind the other, short and
 * long ones each in their own way; those not seen before are kept in the order in which they came.
 */
import { clearLong, countLong, longSize, readyLong, touchLong } from './long-texts';
import { releaseAll } from './memory';
import { clearShort, countShort, LONGEST_SHORT, readyShort, settleShort, shortSize, touchShort } from './short-texts';
import { bytesOf, firstTexts, forgetTexts, isWhole, lengthOf, timesOf } from './text-store';

/** So many texts are looked up at once: few enough for what is noted of them to stay near the processor. */
const BATCH: u32 = 256;
/** The slots of so many texts stay near the processor. */
const FEW: u32 = 100_000;

/** Where each text of the batch starts and ends, 4 bytes each. */
const places: usize = memory.data(3200, 16);
/** How often each was counted, where texts come from another table: 8 bytes each. */
const times: usize = memory.data(2048, 16);

/** Where each may be kept. */
const texts: usize = memory.data(1600, 16);

/** So that touching is not optimised away. */
let touched: u32 = 0;

/** How many different texts there are. */
export function tableSize(): u32 {
  return shortSize() + longSize();
}

/** The first stretch of texts; 0 if there is none. Counts are up to date after this, and where the last stretch ends. */
export function firstStretch(): u32 {
  settleShort();
  return firstTexts();
}

/** Empties the table, with room for about as many texts as it had. Inputs are gone as well. */
export function clearTable(): void {
  releaseAll();
  forgetTexts();
  clearShort();
  clearLong();
}

/** Where the places of a batch are put: start and end of each text, 4 bytes each. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function firstPlace(): u32 {
  return <u32>places;
}

/** Whether a batch is large enough, with its places up to `end`; it may be larger by 128 texts. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function isBatch(end: u32): bool {
  return end >= <u32>places + BATCH * 8;
}

/** Counts the texts of a batch once more each. Traps where there is no memory for them. */
export function countBatch(end: u32): void {
  countPlaces(end, true);
}

/**
 * Counts the texts of another table, as often as they were counted there: part of a stretch, from where a text starts.
 *
 * @returns where the first text starts that is not whole.
 */
export function countTexts(start: u32, end: u32): u32 {
  let text = start;
  while (text < end) {
    let place = <u32>places;
    for (; !isBatch(place) && isWhole(text, end); place += 8) {
      const length = lengthOf(text);
      const bytes = bytesOf(text, length);
      store<u64>(times + (place - <u32>places), timesOf(text));
      store<u32>(place, bytes);
      text = bytes + length;
      store<u32>(place, text, 4);
    }
    if (place === <u32>places) break;
    countPlaces(place, false);
  }
  return text;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function countPlaces(end: u32, isOnce: bool): void {
  readyShort();
  readyLong();
  if (tableSize() > FEW) touchSlots(end);
  for (let place = <u32>places; place < end; place += 8) {
    const start = load<u32>(place);
    const length = load<u32>(place, 4) - start;
    const count = isOnce ? 1 : load<u64>(times + (place - <u32>places));
    if (length <= LONGEST_SHORT) countShort(start, length, count);
    else countLong(start, length, count);
  }
}

/**
 * Fetches the slots where the texts of a batch would be found, then the texts that are said there: as long as none is waited for, several
 * are fetched at once.
 */
function touchSlots(end: u32): void {
  let text = <u32>texts;
  for (let place = <u32>places; place < end; place += 8) {
    const start = load<u32>(place);
    const length = load<u32>(place, 4) - start;
    store<u32>(text, length <= LONGEST_SHORT ? touchShort(start, length) : touchLong(start, length));
    text += 4;
  }
  let found: u32 = 0;
  for (let at = <u32>texts; at < text; at += 4) found ^= load<u32>(load<u32>(at));
  touched = found;
}
