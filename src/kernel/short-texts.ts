/**
 * Finds texts of at most 7 bytes: open addressing with linear probing, at most half full. A text stands in its slot with its count, so that
 * counting it once more touches one place in memory.
 *
 *     slots  [ 0 … | bytes, length | count | text | 0 … ]      16 bytes each; `text` is where it is kept
 *
 * The count of a slot is what was counted beside the one that is kept with the text.
 */
import { allocate, release } from './memory';
import { addText, addTimes } from './text-store';

export const LONGEST_SHORT: u32 = 7;

const FIRST_BITS: u32 = 10;
const MOST_BITS: u32 = 27;
const SLOT: u32 = 16;
/** A slot counts up to this, or less than twice as far. */
const MOST_COUNTED: u32 = 1 << 20;
/** An odd number whose bits look random: 2^64 divided by the golden ratio. */
const FACTOR: u64 = 0x9e3779b97f4a7c15;

/** There are 2^bits slots; none before the first text. */
let bits: u32 = 0;
let slots: u32 = 0;
let slotsEnd: u32 = 0;
let size: u32 = 0;

export function shortSize(): u32 {
  return size;
}

/** Makes all slots anew, with room for about as many texts as there were; those there were are the caller's to give up. */
export function clearShort(): void {
  const room = size * 2;
  size = 0;
  bits = 0;
  slots = 0;
  slotsEnd = 0;
  if (room > 0) makeSlots(max(FIRST_BITS, 32 - <u32>clz(room - 1)));
}

/** Counts the text of `length` bytes at `start`, at most {@link LONGEST_SHORT}, so many times more. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function countShort(start: u32, length: u32, times: u64): void {
  const key = keyOf(start, length);
  let slot = placeOf(key);
  while (true) {
    const found = load<u64>(slot);
    if (found === key) {
      if (times < MOST_COUNTED) {
        const count = load<u32>(slot, 8) + <u32>times;
        store<u32>(slot, count, 8);
        if (count >= MOST_COUNTED) settle(slot);
      } else {
        addTimes(load<u32>(slot, 12), times);
      }
      return;
    }
    if (found === 0) break;
    slot += SLOT;
    if (slot === slotsEnd) slot = slots;
  }
  addShort(slot, key, start, length, times);
}

/** Part of what stands in the first slot that a text may stand in: asked for only to have it fetched. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function touchShort(start: u32, length: u32): u32 {
  return load<u32>(placeOf(keyOf(start, length)), 8) & 1;
}

/** Puts the counts of the slots where the texts are kept. */
export function settleShort(): void {
  for (let slot = slots; slot < slotsEnd; slot += SLOT) if (load<u32>(slot, 8) !== 0) settle(slot);
}

function settle(slot: u32): void {
  addTimes(load<u32>(slot, 12), load<u32>(slot, 8));
  store<u32>(slot, 0, 8);
}

/** Before the first text is counted. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function readyShort(): void {
  if (bits === 0) makeSlots(FIRST_BITS);
}

/** The bytes, and the length in the lowest byte: with a bit of its own, so that no key is 0. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function keyOf(start: u32, length: u32): u64 {
  // Shifted twice, since nothing is shifted by 64.
  return ((load<u64>(start) << (56 - 8 * <u64>length)) << 8) | (length | 8);
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
function placeOf(key: u64): u32 {
  return slots + <u32>((key * FACTOR) >> (64 - bits)) * SLOT;
}

function addShort(slot: u32, key: u64, start: u32, length: u32, times: u64): void {
  store<u64>(slot, key);
  store<u32>(slot, addText(start, length, times), 12);
  size++;
  if (size * 2 > 1 << bits) growSlots();
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
    const key = load<u64>(at);
    if (key === 0) continue;
    let slot = placeOf(key);
    while (load<u64>(slot) !== 0) {
      slot += SLOT;
      if (slot === slotsEnd) slot = slots;
    }
    store<u64>(slot, key);
    store<u64>(slot, load<u64>(at, 8), 8);
  }
  release(old, oldEnd - old);
}
