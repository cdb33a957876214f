import { isAscii } from 'node:buffer';
import type { Cursor } from '../define/chunk.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** What `toString` of a Buffer calls, after it has looked at its arguments for as long as the decoding of a line takes. */
interface Decoding {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

/** Pushes whole lines of valid UTF-8 as records, with the cursor on each, as long as more is wanted; it stands on the first one before. */
export function pushLines(lines: Buffer, cursor: Cursor, push: (line: string) => void): void {
  // Each line is decoded by itself: a part of a longer string would keep all of it in memory for as long as it lives.
  const { latin1Slice, utf8Slice } = lines as Buffer & Decoding;
  const decode = isAscii(lines) ? latin1Slice : utf8Slice;
  let start = 0;
  let end = 0;
  cursor.text = () => lines.toString('utf8', start, end);
  for (let next = 0; next < lines.length && cursor.isPastEnd !== true; cursor.line++) {
    start = next;
    next = lineEnd(lines, start);
    end = textEnd(lines, start, next);
    push(decode.call(lines, start, end));
  }
  cursor.line--;
}

/** Where the line behind the one at `start` starts. */
export function lineEnd(lines: Buffer, start: number): number {
  return lines.indexOf(NEWLINE, start) + 1 || lines.length;
}

/** Where the text of a line ends, which is followed by the line at `next`. */
export function textEnd(lines: Buffer, start: number, next: number): number {
  if (lines[next - 1] !== NEWLINE) return next;
  return next - 1 > start && lines[next - 2] === CARRIAGE_RETURN ? next - 2 : next - 1;
}
