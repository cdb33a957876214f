import type { TextArguments } from '../framing/text.ts';
import { bytesAt } from './read-mark.ts';

/** One read when looking for the start of the last line, in bytes. */
const BACKWARDS = 64 * 1024;

/**
 * The start of the record that a file's first `size` bytes end in, so that one that is being written is read whole when it is done;
 * `size` itself where they end with a record, or where a pattern ends it, which cannot be told backwards.
 */
export function lastBorder(fd: number, size: number, { delimiter, maxLine }: TextArguments): number {
  if (typeof delimiter !== 'string') return size;
  const wanted = Buffer.from(delimiter);
  // From here on it is too long, and the framer will say so.
  const least = Math.max(0, size - maxLine - wanted.length - 1);
  for (let end = size; end > least; ) {
    const start = Math.max(least, end - BACKWARDS);
    const at = bytesAt(fd, start, end - start).lastIndexOf(wanted);
    if (at >= 0) return start + at + wanted.length;
    if (start === least) break;
    end = start + wanted.length - 1;
  }
  return least;
}
