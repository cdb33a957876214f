import { PADDING } from './memory';

const NEWLINE: u8 = 10;

/** How many newlines there are in `[start, end)`, which is the input. */
export function countNewlines(start: u32, end: u32): u32 {
  memory.fill(end, 0, PADDING);
  const newline = i8x16.splat(NEWLINE);
  let count: u32 = 0;
  for (let at = start; at < end; at += 16) {
    count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), newline)));
  }
  return count;
}
