/**
 * The memory of an instance: bytes come in at {@link input}, what kernels keep lies behind.
 *
 *     [ statics | input … | tables … ]      grows at its end, never shrinks
 */

const PAGE: u32 = 65536;

/** So many bytes behind an input are the kernel's, so that blocks may be loaded across the end. */
export const INPUT_PADDING: u32 = 64;

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
    inputStart = allocate(size + INPUT_PADDING);
    inputSize = size;
  }
  return inputStart;
}

/** Zeroed memory. Traps where there is no more. */
export function allocate(size: u32): u32 {
  const start = top;
  // Blocks may be loaded across the end of what is in use.
  const end = <u64>start + size + INPUT_PADDING;
  const pages = <i32>((end + PAGE - 1) / PAGE);
  const missing = pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  top = start + size;
  return start;
}

export function fill(start: u32, value: u8, size: u32): void {
  memory.fill(start, value, size);
}
