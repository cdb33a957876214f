/**
 * Texts that are kept, each with how often it was counted. They are never moved, and lie in the order in which they were added.
 *
 *     stretches  [ next, end | text | text | … ]                  8 bytes, then texts up to `end`
 *     text       [ count, length, mark | bytes … ]                8 bytes, then the text; the mark is set if it is not all ASCII
 *     long text  [ count, 1023, mark | length | bytes … ]         12 bytes where the length does not fit
 *
 * Counts have the lowest 53 bits, which is as far as numbers are exact, lengths the next 10.
 */
import { allocate, end, extend, largestFree } from './memory';

/** What is copied at a time, bytes. */
const WORD: u32 = 8;
const STRETCH_HEADER: u32 = 8;
const TEXT_HEADER: u32 = 8;
const LONG_TEXT_HEADER: u32 = 12;

const COUNT_BITS: u64 = 53;
const COUNTS: u64 = (1 << COUNT_BITS) - 1;
const LONG: u32 = 1023;
const NOT_ASCII: u64 = (<u64>1) << 63;

/** A stretch grows by so much at first, and by so much at most. */
const LEAST_GROWTH: u32 = 16 * 1024;
const MOST_GROWTH: u32 = 1024 * 1024;

const HIGH_BITS: u64 = 0x8080808080808080;

/** The first stretch and the one that grows. */
let first: u32 = 0;
let last: u32 = 0;
/** Where the next text goes, and where the stretch ends that it must fit in. */
let next: u32 = 0;
let limit: u32 = 0;

/** Forgets all texts; their memory is the caller's to give up. */
export function forgetTexts(): void {
  first = 0;
  last = 0;
  next = 0;
  limit = 0;
}

/** The first stretch of texts; 0 if there is none. Where the last one ends is up to date after this. */
export function firstTexts(): u32 {
  if (last !== 0) store<u32>(last, next, 4);
  return first;
}

/** Adds a text, seen so many times. @returns where it is kept. Traps where there is no memory for it. */
export function addText(start: u32, length: u32, times: u64): u32 {
  const needed = sizeOf(length) + WORD;
  if (limit - next < needed) makeRoom(needed);
  const text = next;
  next = writeText(text, start, length, times);
  return text;
}

/** How much a text of that length takes, with its header. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function sizeOf(length: u32): u32 {
  return length + (length < LONG ? TEXT_HEADER : LONG_TEXT_HEADER);
}

/** Writes a text, seen so many times, to `text`, and up to 8 bytes behind it. @returns where it ends. */
export function writeText(text: u32, start: u32, length: u32, times: u64): u32 {
  if (length >= LONG) store<u32>(text, length, 8);
  const mark = copyText(bytesOf(text, length), start, length);
  store<u64>(text, times | ((<u64>min(length, LONG)) << COUNT_BITS) | mark);
  return text + sizeOf(length);
}

/** Copies a text, and up to 8 bytes more. @returns the mark: whether it is not all ASCII. */
function copyText(to: u32, start: u32, length: u32): u64 {
  let bits: u64 = 0;
  let at: u32 = 0;
  for (; at + WORD < length; at += WORD) {
    const bytes = load<u64>(start + at);
    store<u64>(to + at, bytes);
    bits |= bytes;
  }
  store<u64>(to + at, load<u64>(start + at));
  bits |= firstBytes(start + at, length - at);
  return (bits & HIGH_BITS) === 0 ? 0 : NOT_ASCII;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function addTimes(text: u32, times: u64): void {
  store<u64>(text, load<u64>(text) + times);
}

export function timesOf(text: u32): u64 {
  return load<u64>(text) & COUNTS;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function lengthOf(text: u32): u32 {
  const length = <u32>(load<u64>(text) >> COUNT_BITS) & LONG;
  return length === LONG ? load<u32>(text, 8) : length;
}

/** Whether all of the text at `text` lies in front of `end`. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function isWhole(text: u32, end: u32): bool {
  const size = end - text;
  if (size < TEXT_HEADER) return false;
  const length = <u32>(load<u64>(text) >> COUNT_BITS) & LONG;
  if (length < LONG) return size - TEXT_HEADER >= length;
  return size >= LONG_TEXT_HEADER && size - LONG_TEXT_HEADER >= load<u32>(text, 8);
}

/** Where the bytes of a text of that length begin. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function bytesOf(text: u32, length: u32): u32 {
  return text + (length < LONG ? TEXT_HEADER : LONG_TEXT_HEADER);
}

/** The first `length` of the 8 bytes at `at`, at most 8. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function firstBytes(at: u32, length: u32): u64 {
  const bytes = load<u64>(at);
  return length >= 8 ? bytes : bytes & (((<u64>1) << (length * 8)) - 1);
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
