/**
 * Finds the texts of whole lines, and counts them. All take an input `[start, end)` of valid UTF-8: lines that are each ended by a newline,
 * but perhaps the last. The two bytes behind it are overwritten.
 */
import { countBatch, firstPlace, isBatch } from './text-table';
import { startWhiteSpace, whiteSpace } from './white-space';

const NEWLINE: u8 = 10;
const CARRIAGE_RETURN: u8 = 13;

/** Counts each word: what stands between white space. */
export function countEachWord(start: u32, end: u32): void {
  // The last word ends here at the latest.
  store<u8>(end, NEWLINE);
  startWhiteSpace();
  let place = firstPlace();
  let isInside: u64 = 0;
  for (let block = start; block <= end; block += 64) {
    const letters = ~whiteSpace(block) & upTo(end - block);
    // A bit wherever a word starts or the first byte behind one stands, in turn.
    const edges = letters ^ ((letters << 1) | isInside);
    isInside = letters >> 63;
    place = notePlaces(block, edges, place);
    // The end of the last one may not have come.
    const whole = place & ~7;
    if (!isBatch(whole)) continue;
    countBatch(whole);
    if (place !== whole) store<u32>(firstPlace(), load<u32>(whole));
    place = firstPlace() + (place - whole);
  }
  countBatch(place);
}

/** Notes where the bits of a block stand, from `place` on, and up to three more. @returns where the next ones go. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function notePlaces(block: u32, bits: u64, place: u32): u32 {
  const end = place + 4 * <u32>popcnt(bits);
  // Four at a time, since to guess how many there are takes longer than to note some in vain.
  for (let rest = bits; place < end; place += 16) {
    store<u32>(place, block + <u32>ctz(rest));
    rest &= rest - 1;
    store<u32>(place, block + <u32>ctz(rest), 4);
    rest &= rest - 1;
    store<u32>(place, block + <u32>ctz(rest), 8);
    rest &= rest - 1;
    store<u32>(place, block + <u32>ctz(rest), 12);
    rest &= rest - 1;
  }
  return end;
}

/** How many words there are. */
export function countWords(start: u32, end: u32): u32 {
  store<u8>(end, NEWLINE);
  startWhiteSpace();
  let words: u32 = 0;
  let isInside: u64 = 0;
  for (let block = start; block <= end; block += 64) {
    const letters = ~whiteSpace(block) & upTo(end - block);
    words += <u32>popcnt(letters & ~((letters << 1) | isInside));
    isInside = letters >> 63;
  }
  return words;
}

/** Counts each text between two signs, empty ones too: newlines and a delimiter, which is ASCII; with a newline as delimiter, each line. */
export function countEachPart(start: u32, end: u32, delimiter: u32): void {
  if (start === end) return;
  const last = load<u8>(end - 1) === NEWLINE ? end - 1 : end;
  store<u8>(last, NEWLINE);
  let place = firstPlace();
  store<u32>(place, start);
  for (let block = start; block <= last; block += 64) {
    for (let signs = separators(block, delimiter) & upTo(last - block + 1); signs !== 0; signs &= signs - 1) {
      const at = block + <u32>ctz(signs);
      store<u32>(place, at - endsWithReturn(load<u32>(place), at, end), 4);
      store<u32>(place, at + 1, 8);
      place += 8;
    }
    if (!isBatch(place)) continue;
    countBatch(place);
    store<u32>(firstPlace(), load<u32>(place));
    place = firstPlace();
  }
  countBatch(place);
}

/** How many such texts there are. */
export function countParts(start: u32, end: u32, delimiter: u32): u32 {
  if (start === end) return 0;
  const last = load<u8>(end - 1) === NEWLINE ? end - 1 : end;
  store<u8>(last, NEWLINE);
  let parts: u32 = 0;
  for (let block = start; block <= last; block += 64) {
    parts += <u32>popcnt(separators(block, delimiter) & upTo(last - block + 1));
  }
  return parts;
}

/** 1 where a carriage return belongs to the line end at `at`. At the end of the input there is no line end. */
function endsWithReturn(part: u32, at: u32, end: u32): u32 {
  return at > part && load<u8>(at - 1) === CARRIAGE_RETURN && at < end && load<u8>(at) === NEWLINE ? 1 : 0;
}

/** The lowest `count` bits, all if there are more than 63. */
function upTo(count: u32): u64 {
  return count > 63 ? ~(<u64>0) : ((<u64>1) << count) - 1;
}

/** A bit for each of the 64 bytes at `at`, 1 where it is a newline or the delimiter. */
function separators(at: u32, delimiter: u32): u64 {
  return (
    separatorsOf16(at, delimiter) |
    (separatorsOf16(at + 16, delimiter) << 16) |
    (separatorsOf16(at + 32, delimiter) << 32) |
    (separatorsOf16(at + 48, delimiter) << 48)
  );
}

function separatorsOf16(at: u32, delimiter: u32): u64 {
  const bytes = v128.load(at);
  const found = v128.or(i8x16.eq(bytes, i8x16.splat(NEWLINE)), i8x16.eq(bytes, i8x16.splat(<u8>delimiter)));
  return <u64>i8x16.bitmask(found);
}
