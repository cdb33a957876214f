/**
 * A table of short texts, so that a text that comes again is told by its id: open addressing with linear probing, at most half full.
 *
 *     slots    hash and entry, 8 bytes each; the entry is 0 where free
 *     entries  id, length, and the bytes, filled up with zeros to a multiple of eight
 *
 * Looking up touches two places in memory, which is what it costs where there are many texts. The table grows while a good part of the texts are
 * known, so that the clients of a log are; where few are, it would only keep what never comes again.
 */
import { allocate, end as endOfMemory, extend, release } from './memory';
import { chosenRow, INTERNED, PLAIN, slotOf } from './rows';

/** Texts of more bytes are not looked up. */
const LONGEST: u32 = 64;
const FIRST_SLOTS: u32 = 1 << 18;
const MOST_SLOTS: u32 = 1 << 22;
const FIRST_ENTRIES_SIZE: u32 = 6 << 20;
const MOST_ENTRIES_SIZE: u32 = FIRST_ENTRIES_SIZE << 4;
/** The table grows where one text of so many was known, or more. */
const WORTH: u64 = 5;

let slots: u32 = 0;
/** How many there are, a power of two. */
let slotCount: u32 = FIRST_SLOTS;
/** Where the next entries go; those before may be elsewhere. */
let entries: u32 = 0;
let entriesSize: u32 = FIRST_ENTRIES_SIZE;
let entriesUsed: u32 = 0;
let count: u32 = 0;
/** Of each field, whether its texts are looked up, how many were known, and how many were not. */
let fields: u32 = 0;

/** Makes the table. Called once, in an instance whose memory is never given up. */
export function makeKnownTexts(fieldCount: u32): void {
  slots = untouched(slotCount * 8);
  entries = untouched(entriesSize);
  fields = allocate(fieldCount * 12);
  for (let field: u32 = 0; field < fieldCount; field++) store<i32>(fields + field * 12, 1);
}

/** New memory, which is zero from the start: to fill it would take up what few programs need. */
function untouched(size: u32): u32 {
  const start = (endOfMemory() + 7) & ~7;
  extend(start - endOfMemory() + size);
  return start;
}

/** Whether the table cannot take another text; {@link growKnownTexts} or {@link forgetKnownTexts} makes room. */
export function knownTextsFull(): bool {
  return count === slotCount / 2 || entriesUsed > entriesSize - LONGEST - 8;
}

/** Makes the table larger, where that is worth it. @returns whether it did; ids stay the same. */
export function growKnownTexts(fieldCount: u32): bool {
  let known: u64 = 0;
  let unknown: u64 = 0;
  for (let field: u32 = 0; field < fieldCount; field++) {
    const counters = fields + field * 12;
    known += load<u32>(counters + 4);
    unknown += load<u32>(counters + 8);
  }
  if (known * (WORTH - 1) < unknown) return false;
  const isOfSlots = count === slotCount / 2;
  if (isOfSlots ? slotCount === MOST_SLOTS : entriesSize === MOST_ENTRIES_SIZE) return false;
  if (isOfSlots) growSlots();
  else {
    // What was put there before stays where it is.
    entriesSize *= 2;
    entries = untouched(entriesSize);
    entriesUsed = 0;
  }
  for (let field: u32 = 0; field < fieldCount; field++) store<u64>(fields + field * 12 + 4, 0);
  return true;
}

function growSlots(): void {
  const before = slots;
  const size = slotCount * 8;
  slotCount *= 2;
  slots = untouched(slotCount * 8);
  for (let from = before; from < before + size; from += 8) {
    const both = load<u64>(from);
    if (both >> 32 === 0) continue;
    let at = slots + (<u32>both & (slotCount - 1)) * 8;
    while (load<u32>(at + 4) !== 0) {
      at += 8;
      if (at === slots + slotCount * 8) at = slots;
    }
    store<u64>(at, both);
  }
  release(before, size);
}

/**
 * Empties the table; ids count from 0 again. The texts of a field of which less than half were known are not looked up any more: they
 * would only drive out those of others.
 */
export function forgetKnownTexts(fieldCount: u32): void {
  memory.fill(slots, 0, slotCount * 8);
  count = 0;
  entriesUsed = 0;
  for (let field: u32 = 0; field < fieldCount; field++) {
    const counters = fields + field * 12;
    if (load<u32>(counters + 4) < load<u32>(counters + 8)) store<i32>(counters, 0);
    store<u64>(counters + 4, 0);
  }
}

/**
 * Looks up the texts of a field in the first `count` of the chosen rows. It is done for many rows at once, since one looking up need not
 * wait for another: what takes time is to fetch the table's bytes from memory, and so the processor fetches several.
 */
export function lookUpTexts(field: u32, count: u32): void {
  const counters = fields + field * 12;
  if (load<i32>(counters) === 0) return;
  for (let index: u32 = 0; index < count; index++) {
    const slot = slotOf(chosenRow(index), field);
    if (load<i32>(slot) === PLAIN) lookUp(slot, counters);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function lookUp(slot: u32, counters: u32): void {
  const start = load<u32>(slot + 8);
  const length = load<u32>(slot + 12) - start;
  if (length === 0 || length > LONGEST) return;
  const hash = hashOf(start, length);
  let at = slots + (hash & (slotCount - 1)) * 8;
  const slotsEnd = slots + slotCount * 8;
  while (true) {
    const entry = load<u32>(at + 4);
    if (entry === 0) break;
    if (load<u32>(at) === hash && load<u32>(entry + 4) === length && isSame(entry + 8, start, length)) {
      store<u32>(counters + 4, load<u32>(counters + 4) + 1);
      store<i32>(slot, INTERNED);
      store<u32>(slot + 4, load<u32>(entry));
      return;
    }
    at += 8;
    if (at === slotsEnd) at = slots;
  }
  store<u32>(counters + 8, load<u32>(counters + 8) + 1);
  if (knownTextsFull()) return;
  const entry = entries + entriesUsed;
  store<u32>(at, hash);
  store<u32>(at + 4, entry);
  store<u32>(entry, count);
  store<u32>(entry + 4, length);
  for (let i: u32 = 0; i < length; i += 8) store<u64>(entry + 8 + i, word(start + i, length - i));
  entriesUsed += (length + 15) & ~7;
  store<i32>(slot, INTERNED);
  store<u32>(slot + 4, count++);
}

/** Up to eight bytes of a text, zeros behind its end. `left` is at least 1. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function word(at: u32, left: u32): u64 {
  const eight = load<u64>(at);
  return left >= 8 ? eight : eight & (((<u64>1) << (left * 8)) - 1);
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function isSame(known: u32, start: u32, length: u32): bool {
  for (let i: u32 = 0; i < length; i += 8) if (load<u64>(known + i) !== word(start + i, length - i)) return false;
  return true;
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function hashOf(start: u32, length: u32): u32 {
  let hash: u64 = length;
  for (let i: u32 = 0; i < length; i += 8) {
    hash = (hash ^ word(start + i, length - i)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return <u32>hash;
}
