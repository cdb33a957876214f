/** Finding bytes, sixteen at a time. What is looked for must be there: nothing here compares with an end. */

export const NEWLINE: u8 = 0x0a;
export const CARRIAGE_RETURN: u8 = 0x0d;

/** Where the line ends that `at` stands in: its "\n". */
export function endOfLine(at: u32): u32 {
  const newline = i8x16.splat(NEWLINE);
  let block = at;
  while (true) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(block), newline));
    if (found !== 0) return block + ctz(found);
    block += 16;
  }
}

/** Where a line ends without the "\r" before its "\n". */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function endOfText(start: u32, newline: u32): u32 {
  return newline > start && load<u8>(newline - 1) === CARRIAGE_RETURN ? newline - 1 : newline;
}

/** The first byte at or behind `at` that is not printable ASCII, or is a blank or a backslash. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function wordEnd(at: u32): u32 {
  let block = at;
  while (true) {
    const bytes = v128.load(block);
    // Bytes from 0x80 are below 0 here.
    const found = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.le_s(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f))),
        i8x16.eq(bytes, i8x16.splat(0x5c)),
      ),
    );
    if (found !== 0) return block + ctz(found);
    block += 16;
  }
}

/** The next quote, backslash or control character at or behind `at`. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function plainEnd(at: u32): u32 {
  let block = at;
  while (true) {
    const bytes = v128.load(block);
    const found = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
        i8x16.lt_u(bytes, i8x16.splat(0x20)),
      ),
    );
    if (found !== 0) return block + ctz(found);
    block += 16;
  }
}
