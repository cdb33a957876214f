const NEWLINE: u8 = 10;

/** How many newlines there are in `[start, end)`. */
export function countNewlines(start: u32, end: u32): u32 {
  let count: u32 = 0;
  let at = start;
  for (; end - at >= 16; at += 16) count += popcnt(newlines(at));
  return count + popcnt(newlines(at) & ((1 << (end - at)) - 1));
}

/** A bit for each of the 16 bytes at `at`. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
function newlines(at: u32): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(NEWLINE)));
}

/**
 * Where the text `[text, textEnd)`, which is not empty, stands next at or behind `start`, whole in front of `end`; `end` if it does not.
 * Two of its bytes are looked for, sixteen places at a time: the first and the last one, since one alone is too often there.
 */
export function findText(start: u32, end: u32, text: u32, textEnd: u32): u32 {
  const last = textEnd - text - 1;
  const firstByte = i8x16.splat(load<u8>(text));
  const lastByte = i8x16.splat(load<u8>(text + last));
  for (let block = start; block + last < end; block += 16) {
    let found = i8x16.bitmask(
      v128.and(i8x16.eq(v128.load(block), firstByte), i8x16.eq(v128.load(block + last), lastByte)),
    );
    for (; found !== 0; found &= found - 1) {
      const at = block + ctz(found);
      if (at + last >= end) return end;
      if (isSame(at, text, last)) return at;
    }
  }
  return end;
}

function isSame(a: u32, b: u32, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) !== load<u8>(b + i)) return false;
  return true;
}
