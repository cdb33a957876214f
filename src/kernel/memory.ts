/**
 * The memory of an instance. What kernels keep is never moved; areas that have become too small are used again for something else.
 *
 *     [ statics | input | tables, larger inputs … ]      grows at its end, never shrinks
 */

const PAGE: u32 = 65536;
const CACHE_LINE: u32 = 64;
const MOST_PAGES: i64 = 65536;

/** So many bytes behind an input, and behind all that is allocated, may be read; those behind an input may be written too. */
export const PADDING: u32 = 64;

/** Areas that were given up: start and size of each. Few, since each is larger than the one before. */
const FREE_PLACES: u32 = 64;
const free: usize = memory.data(512);
let freeCount: u32 = 0;

let inputStart: u32 = 0;
let inputSize: u32 = 0;
let top: u32 = <u32>__heap_base;

/**
 * A place for `size` bytes of input; what was put there before is gone.
 *
 * Traps where the memory cannot grow any more.
 */
export function input(size: u32): u32 {
  if (size > inputSize) {
    // Doubled, so that few areas are given up.
    const larger = max(size, inputSize * 2);
    if (inputSize > 0) release(inputStart, inputSize + PADDING);
    inputStart = allocate(larger + PADDING);
    inputSize = larger;
  }
  return inputStart;
}

/** Zeroed memory, which starts where a line of the processor's cache does. Traps where there is no more. */
export function allocate(size: u32): u32 {
  let start = takeFree(size);
  if (start === 0) {
    const unused = -top & (CACHE_LINE - 1);
    start = top + unused;
    extend(unused + size);
  }
  memory.fill(start, 0, size);
  return start;
}

/** Memory that is no longer needed. */
export function release(start: u32, size: u32): void {
  if (freeCount === FREE_PLACES) return;
  store<u32>(free + freeCount * 8, start);
  store<u32>(free + freeCount * 8, size, 4);
  freeCount++;
}

/** The size of the largest area that was given up, which `allocate` finds if asked for exactly so much. */
export function largestFree(): u32 {
  let largest: u32 = 0;
  for (let i: u32 = 0; i < freeCount; i++) largest = max(largest, load<u32>(free + i * 8, 4));
  return largest;
}

/** Where the memory in use ends: an area that ends there can be made larger by {@link extend}. */
export function end(): u32 {
  return top;
}

/** So much more at the end, not zeroed. Traps where there is no more. */
export function extend(size: u32): void {
  // In 64 bits, since the end of all memory is one more than 32 bits can say.
  const missing = <i64>((<u64>top + size + PADDING + PAGE - 1) / PAGE) - memory.size();
  if (missing > 0) grow(missing);
  top += size;
}

/** In large steps, since the engine takes each for a reason to collect garbage; what is not touched takes no memory. */
function grow(pages: i64): void {
  const size = <i64>memory.size();
  const room = MOST_PAGES - size;
  if (pages > room) unreachable();
  const step = min(max(pages, size / 8), room);
  if (memory.grow(<i32>step) < 0 && memory.grow(<i32>pages) < 0) unreachable();
}

/** Gives up all that was allocated, inputs too. */
export function releaseAll(): void {
  top = <u32>__heap_base;
  freeCount = 0;
  inputSize = 0;
}

/** The smallest area that was given up and is large enough, no longer free; 0 if there is none. */
function takeFree(size: u32): u32 {
  let smallest: u32 = u32.MAX_VALUE;
  let found: usize = 0;
  for (let i: u32 = 0; i < freeCount; i++) {
    const area = free + i * 8;
    const areaSize = load<u32>(area, 4);
    if (areaSize < size || areaSize >= smallest) continue;
    smallest = areaSize;
    found = area;
  }
  if (found === 0) return 0;
  const start = load<u32>(found);
  freeCount--;
  store<u64>(found, load<u64>(free + freeCount * 8));
  return start;
}
