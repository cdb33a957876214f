import { isAscii } from 'node:buffer';
import type { Cursor } from './chunk.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Pushes whole lines of valid UTF-8 as records, with the cursor on each; it stands on the first one before. */
export function pushLines(lines: Buffer, cursor: Cursor, push: (line: string) => void): void {
  // Each line is decoded by itself: a part of a longer string would keep all of it in memory for as long as it lives.
  const encoding = isAscii(lines) ? 'latin1' : 'utf8';
  let start = 0;
  let end = 0;
  cursor.text = () => lines.toString('utf8', start, end);
  for (let next = 0; next < lines.length; cursor.line++) {
    start = next;
    next = lineEnd(lines, start);
    end = textEnd(lines, start, next);
    push(lines.toString(encoding, start, end));
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
