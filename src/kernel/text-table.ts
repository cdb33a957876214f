/**
 * Counts texts by their bytes: an open-addressing table with linear probing, at most five eighths full. Texts are never moved, and lie
 * in the order first seen.
 *
 *     slots      [ 0 | hash, text | 0 | hash, text | … ]        8 bytes each; the hash says where the search starts
 *     stretches  [ next, end | text | text | … ]                8 bytes, then texts up to `end`
 *     text       [ count | length and mark | bytes … ]          12 bytes, then the text; the mark is set if it is not all ASCII
 */
import { allocate, end, extend, largestFree, release, releaseAll } from './memory';

const FIRST_SLOTS: u32 = 1024;
const MOST_SLOTS: u32 = 1 << 28;
const STRETCH_HEADER: u32 = 8;
const TEXT_HEADER: u32 = 12;
const NOT_ASCII: u32 = 0x80000000;
/** A stretch grows by so much at first, and by so much at most. */
const LEAST_GROWTH: u32 = 16 * 1024;
const MOST_GROWTH: u32 = 1024 * 1024;

const HIGH_BITS: u64 = 0x8080808080808080;
// Odd numbers whose bits look random.
const FACTOR_1: u64 = 0x9e3779b97f4a7c15;
const FACTOR_2: u64 = 0xd6e8feb86659fd93;

let slots: u32 = 0;
let mask: u32 = 0;
/** How many texts there are. */
let size: u32 = 0;
/** The first stretch and the one that grows. */
let first: u32 = 0;
let last: u32 = 0;
/** Where the next text goes, and where the stretch ends that it must fit in. */
let next: u32 = 0;
let limit: u32 = 0;

/** How many different texts there are. */
export function tableSize(): u32 {
  return size;
}

/** The first stretch of texts; 0 if there is none. Where the last one ends is up to date after this. */
export function firstStretch(): u32 {
  if (last !== 0) store<u32>(last, next, 4);
  return first;
}

/** Empties the table, with room for about as many texts as it had. Inputs are gone as well. */
export function clearTable(): void {
  let count = FIRST_SLOTS;
  while (count * 5 < size * 8) count *= 2;
  releaseAll();
  first = 0;
  last = 0;
  next = 0;
  limit = 0;
  size = 0;
  makeSlots(count);
}

/** Counts the text of `length` bytes at `start` once more. Traps where there is no memory for it. */
@inline
export function count(start: u32, length: u32): void {
  countTimes(start, length, 1);
}

/** Counts the texts of a stretch of another table, without its header, as often as they were counted there. */
export function countStretch(start: u32, end: u32): void {
  for (let text = start; text < end; ) {
    const length = load<u32>(text, 8) & ~NOT_ASCII;
    countTimes(text + TEXT_HEADER, length, load<u64>(text));
    text += TEXT_HEADER + length;
  }
}

function countTimes(start: u32, length: u32, times: u64): void {
  if (slots === 0) makeSlots(FIRST_SLOTS);
  const hash = hashOf(start, length);
  let slot = hash & mask;
  for (;;) {
    const entry = load<u64>(slots + slot * 8);
    if (entry === 0) break;
    if (<u32>entry === hash) {
      const text = <u32>(entry >> 32);
      if ((load<u32>(text, 8) & ~NOT_ASCII) === length && isSame(text + TEXT_HEADER, start, length)) {
        store<u64>(text, load<u64>(text) + times);
        return;
      }
    }
    slot = (slot + 1) & mask;
  }
  store<u64>(slots + slot * 8, ((<u64>add(start, length, times)) << 32) | hash);
  size++;
  if (<u64>size * 8 > <u64>(mask + 1) * 5) growSlots();
}

/** The first `length` of the 8 bytes at `at`, at most 8. */
function firstBytes(at: u32, length: u32): u64 {
  const bytes = load<u64>(at);
  return length >= 8 ? bytes : bytes & (((<u64>1) << (length * 8)) - 1);
}

/** A slot that is in use is never 0, since no text lies at address 0. */
function hashOf(start: u32, length: u32): u32 {
  let hash = (firstBytes(start, length) ^ length) * FACTOR_1;
  if (length > 8) {
    const stop = start + length - 8;
    for (let at = start + 8; at < stop; at += 8) hash = (rotl(hash, 29) ^ load<u64>(at)) * FACTOR_2;
    hash = (rotl(hash, 29) ^ load<u64>(stop)) * FACTOR_2;
  }
  hash ^= hash >> 32;
  hash *= FACTOR_2;
  return <u32>(hash >> 32);
}

function isSame(a: u32, b: u32, length: u32): bool {
  if (length <= 8) return firstBytes(a, length) === firstBytes(b, length);
  const stop = length - 8;
  for (let at: u32 = 0; at < stop; at += 8) if (load<u64>(a + at) !== load<u64>(b + at)) return false;
  return load<u64>(a + stop) === load<u64>(b + stop);
}

/** A new text, seen so many times. */
function add(start: u32, length: u32, times: u64): u32 {
  const needed = TEXT_HEADER + length;
  if (limit - next < needed) makeRoom(needed);
  const text = next;
  next += needed;
  store<u64>(text, times);
  store<u32>(text, isAscii(start, length) ? length : length | NOT_ASCII, 8);
  memory.copy(text + TEXT_HEADER, start, length);
  return text;
}

function isAscii(start: u32, length: u32): bool {
  let at: u32 = 0;
  for (; at + 8 < length; at += 8) if ((load<u64>(start + at) & HIGH_BITS) !== 0) return false;
  return (firstBytes(start + at, length - at) & HIGH_BITS) === 0;
}

/** The stretch grows where nothing lies behind it; else another begins, in what slots have given up if there is such. */
function makeRoom(needed: u32): void {
  const growth = max(needed, min(MOST_GROWTH, max(LEAST_GROWTH, end() / 8)));
  if (limit === end() && last !== 0) {
    extend(growth);
    limit += growth;
    return;
  }
  const unused = largestFree();
  const length = unused >= needed + STRETCH_HEADER ? unused : growth + STRETCH_HEADER;
  const stretch = allocate(length);
  if (last === 0) first = stretch;
  else {
    store<u32>(last, stretch);
    store<u32>(last, next, 4);
  }
  last = stretch;
  next = stretch + STRETCH_HEADER;
  limit = stretch + length;
}

function makeSlots(count: u32): void {
  slots = allocate(count * 8);
  mask = count - 1;
}

function growSlots(): void {
  const old = slots;
  const oldCount = mask + 1;
  if (oldCount === MOST_SLOTS) unreachable();
  makeSlots(oldCount * 2);
  for (let i: u32 = 0; i < oldCount; i++) {
    const entry = load<u64>(old + i * 8);
    if (entry === 0) continue;
    let slot = <u32>entry & mask;
    while (load<u64>(slots + slot * 8) !== 0) slot = (slot + 1) & mask;
    store<u64>(slots + slot * 8, entry);
  }
  release(old, oldCount * 8);
}
