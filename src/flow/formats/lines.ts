const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Whole lines as the text format writes them as records: each ended by `\n`, without the `\r` of its end. */
export function linesAsText(lines: Buffer): Buffer {
  const isEnded = lines[lines.length - 1] === NEWLINE;
  const firstReturn = lines.indexOf(CARRIAGE_RETURN);
  if (isEnded && firstReturn === -1) return lines;
  const text = Buffer.allocUnsafe(lines.length + 1);
  let length = 0;
  let from = 0;
  for (let at = firstReturn; at !== -1; at = lines.indexOf(CARRIAGE_RETURN, at + 1)) {
    if (lines[at + 1] !== NEWLINE) continue;
    length += lines.copy(text, length, from, at);
    from = at + 1;
  }
  length += lines.copy(text, length, from);
  if (!isEnded) text[length++] = NEWLINE;
  return text.subarray(0, length);
}
