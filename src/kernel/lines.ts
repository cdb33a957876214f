import { fill, INPUT_PADDING } from './memory';

const NEWLINE: u8 = 10;

/** How many newlines there are in `[start, end)`. What stands behind the end is overwritten, see {@link INPUT_PADDING}. */
export function countNewlines(start: u32, end: u32): u32 {
  fill(end, 0, INPUT_PADDING);
  const newline = i8x16.splat(NEWLINE);
  let count: u32 = 0;
  for (let at = start; at < end; at += 16) {
    count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), newline)));
  }
  return count;
}
