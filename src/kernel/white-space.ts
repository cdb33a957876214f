/**
 * Finds white space as `\s` of JavaScript has it: U+0009 to U+000D, blank, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F,
 * U+205F, U+3000 and U+FEFF.
 */

const TAB: u8 = 9;
/** From tab to carriage return. */
const CONTROLS: u8 = 5;
const BLANK: u8 = 32;

/** The bits of the block that belong to white space beyond ASCII which began in the block before. */
let carry: u64 = 0;

/** Another text begins. */
export function startWhiteSpace(): void {
  carry = 0;
}

/** Whether white space beyond ASCII starts at `at`. */
export function startsWideSpace(at: u32): bool {
  switch (load<u8>(at)) {
    case 0xc2:
    case 0xe1:
    case 0xe2:
    case 0xe3:
    case 0xef:
      return wideSpace(at) !== 0;
    default:
      return false;
  }
}

/** A bit for each of the 64 bytes at `at`, 1 where it belongs to white space. The blocks of a text are asked for one after the other. */
export function whiteSpace(at: u32): u64 {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const spaces = bits(asciiSpace(a), asciiSpace(b), asciiSpace(c), asciiSpace(d)) | carry;
  carry = 0;
  if (i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d))) === 0) return spaces;
  return spaces | wideSpaces(at, bits(mayStartSpace(a), mayStartSpace(b), mayStartSpace(c), mayStartSpace(d)));
}

function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>i8x16.bitmask(a) |
    ((<u64>i8x16.bitmask(b)) << 16) |
    ((<u64>i8x16.bitmask(c)) << 32) |
    ((<u64>i8x16.bitmask(d)) << 48)
  );
}

function asciiSpace(bytes: v128): v128 {
  return v128.or(
    i8x16.eq(bytes, i8x16.splat(BLANK)),
    i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(TAB)), i8x16.splat(CONTROLS)),
  );
}

/** The first bytes of the characters that are white space beyond ASCII. */
function mayStartSpace(bytes: v128): v128 {
  return v128.or(
    v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(<u8>0xc2)), i8x16.eq(bytes, i8x16.splat(<u8>0xe1))),
      v128.or(i8x16.eq(bytes, i8x16.splat(<u8>0xe2)), i8x16.eq(bytes, i8x16.splat(<u8>0xe3))),
    ),
    i8x16.eq(bytes, i8x16.splat(<u8>0xef)),
  );
}

function wideSpaces(at: u32, starts: u64): u64 {
  let spaces: u64 = 0;
  for (let rest = starts; rest !== 0; rest &= rest - 1) {
    const position = <u32>ctz(rest);
    const length = wideSpace(at + position);
    if (length === 0) continue;
    const all: u64 = (1 << length) - 1;
    spaces |= all << position;
    if (position + length > 64) carry = all >> (64 - position);
  }
  return spaces;
}

/** How many bytes the white space has that starts at `at`, 0 if none does; only for bytes that {@link mayStartSpace}. */
function wideSpace(at: u32): u64 {
  const first = load<u8>(at);
  const second = load<u8>(at, 1);
  const third = load<u8>(at, 2);
  if (first === 0xc2) return second === 0xa0 ? 2 : 0;
  if (first === 0xe1) return second === 0x9a && third === 0x80 ? 3 : 0;
  if (first === 0xe3) return second === 0x80 && third === 0x80 ? 3 : 0;
  if (first === 0xef) return second === 0xbb && third === 0xbf ? 3 : 0;
  if (second === 0x81) return third === 0x9f ? 3 : 0;
  const isSpace = third <= 0x8a || third === 0xa8 || third === 0xa9 || third === 0xaf;
  return second === 0x80 && isSpace ? 3 : 0;
}
