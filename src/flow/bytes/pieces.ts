const NEWLINE = 10;

/** About how many bytes go into a kernel at a time, few enough to stay in the processor's cache. */
export const PIECE = 64 * 1024;

/** Gives out whole lines in pieces of about {@link PIECE} bytes; a longer line is a piece by itself. */
export function inPieces(lines: Buffer, take: (piece: Buffer) => void): void {
  for (let from = 0; from < lines.length; ) {
    let end = lines.length;
    if (end - from > PIECE) {
      end = lines.lastIndexOf(NEWLINE, from + PIECE - 1) + 1;
      if (end <= from) end = lines.indexOf(NEWLINE, from + PIECE) + 1 || lines.length;
    }
    take(lines.subarray(from, end));
    from = end;
  }
}
