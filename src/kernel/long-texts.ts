/**
 * Finds texts of more than 7 bytes: open addressing with linear probing, at most three quarters full.
 *
 *     slots  [ 0 | hash, text | 0 | hash, text | … ]      8 bytes each; `text` is where it is kept
 *
 * A slot and the text that it says are two places in memory, which take long to fetch where there are many texts. So texts are looked up
 * in batches: their hashes are worked out and their slots touched first, when one fetch need not wait for another.
 */
import { allocate, release } from './memory';
import { addText, addTimes, bytesOf, firstBytes, lengthOf } from './text-store';

const FIRST_BITS: u32 = 10;
const MOST_BITS: u32 = 28;
const SLOT: u32 = 8;
// Odd numbers whose bits look random.
const FACTOR_1: u64 = 0x9e3779b97f4a7c15;
const FACTOR_2: u64 = 0xd6e8feb86659fd93;

/** There are 2^bits slots; none before the first text. */
let bits: u32 = 0;
let slots: u32 = 0;
let slotsEnd: u32 = 0;
let size: u32 = 0;

export function longSize(): u32 {
  return size;
}

/** Makes all slots anew, with room for about as many texts as there were; those there were are the caller's to give up. */
export function clearLong(): void {
  const room = <u32>((<u64>size * 4) / 3);
  size = 0;
  bits = 0;
  slots = 0;
  slotsEnd = 0;
  if (room > 0) makeSlots(max(FIRST_BITS, 32 - <u32>clz(room)));
}

/** Before the first text is looked for. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function readyLong(): void {
  if (bits === 0) makeSlots(FIRST_BITS);
}

/** The hash of a text, from 8 bytes up. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function hashOf(start: u32, length: u32): u32 {
  let hash = (load<u64>(start) ^ length) * FACTOR_1;
  const stop = start + length - 8;
  for (let at = start + 8; at < stop; at += 8) hash = (rotl(hash, 29) ^ load<u64>(at)) * FACTOR_2;
  hash = (rotl(hash, 29) ^ load<u64>(stop)) * FACTOR_2;
  hash ^= hash >> 32;
  hash *= FACTOR_2;
  return <u32>(hash >> 32);
}

/** Where a text may be kept, by the first slot that it may stand in; 0 if it stands there for sure not. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function touchLong(start: u32, length: u32): u32 {
  const hash = hashOf(start, length);
  const entry = load<u64>(placeOf(hash));
  return <u32>entry === hash ? <u32>(entry >> 32) : 0;
}

/** Counts the text of `length` bytes at `start` so many times more. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function countLong(start: u32, length: u32, times: u64): void {
  const hash = hashOf(start, length);
  let slot = placeOf(hash);
  while (true) {
    const entry = load<u64>(slot);
    if (entry === 0) break;
    if (<u32>entry === hash) {
      const text = <u32>(entry >> 32);
      if (lengthOf(text) === length && isSame(bytesOf(text, length), start, length)) {
        addTimes(text, times);
        return;
      }
    }
    slot += SLOT;
    if (slot === slotsEnd) slot = slots;
  }
  addLong(slot, start, length, hash, times);
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function placeOf(hash: u32): u32 {
  return slots + (hash >> (32 - bits)) * SLOT;
}

/** Whether two texts of that length, from 8 bytes up, are the same. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function isSame(a: u32, b: u32, length: u32): bool {
  const stop = length - 8;
  for (let at: u32 = 0; at < stop; at += 8) if (load<u64>(a + at) !== load<u64>(b + at)) return false;
  return load<u64>(a + stop) === load<u64>(b + stop);
}

function addLong(slot: u32, start: u32, length: u32, hash: u32, times: u64): void {
  store<u64>(slot, ((<u64>addText(start, length, times)) << 32) | hash);
  size++;
  if (<u64>size * 4 > (<u64>3) << bits) growSlots();
}

function makeSlots(newBits: u32): void {
  bits = newBits;
  slots = allocate(SLOT << bits);
  slotsEnd = slots + (SLOT << bits);
}

function growSlots(): void {
  if (bits === MOST_BITS) unreachable();
  const old = slots;
  const oldEnd = slotsEnd;
  makeSlots(bits + 1);
  for (let at = old; at < oldEnd; at += SLOT) {
    const entry = load<u64>(at);
    if (entry === 0) continue;
    let slot = placeOf(<u32>entry);
    while (load<u64>(slot) !== 0) {
      slot += SLOT;
      if (slot === slotsEnd) slot = slots;
    }
    store<u64>(slot, entry);
  }
  release(old, oldEnd - old);
}
