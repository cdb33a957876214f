import { closeSync, openSync, readSync } from 'node:fs';
import type { FilePart, PlainFile } from '../define/file-part.ts';
import type { Framer } from '../define/framer.ts';
import { lineEnd, textEnd } from '../framing/lines.ts';
import { isAtEnd } from '../input/reading.ts';

/**
 * Cuts files, one behind the other, into as many runs of about the given shares.
 *
 *     files    a──────────────b────c──────────
 *     shares   ├───── 0.5 ─────┼───── 0.5 ───┤
 *     runs     [a 1st part]     [a 2nd part, b, c]
 *
 * @param shares parts of the whole, adding up to 1.
 */
export function cutFiles(files: readonly PlainFile[], shares: readonly number[]): readonly (readonly FilePart[])[] {
  const total = files.reduce((sum, { start, end }) => sum + end - start, 0);
  const runs: FilePart[][] = [];
  let file = 0;
  let at = files[0]?.start ?? 0;
  shares.forEach((share, i) => {
    const run: FilePart[] = [];
    let left = i === shares.length - 1 ? Number.POSITIVE_INFINITY : Math.round(share * total);
    while (left > 0 && file < files.length) {
      const plain = files[file]!;
      const end = Math.min(plain.end, at + left);
      if (end > at) run.push({ ...plain, start: at, end, fileStart: plain.start });
      left -= end - at;
      at = end;
      if (at === plain.end) {
        file++;
        at = files[file]?.start ?? 0;
      }
    }
    runs.push(run);
  });
  return runs;
}

/** Whether a part begins where its file does. */
export function isFirst({ start, fileStart }: FilePart): boolean {
  return start === fileStart;
}

/** One read, bytes. */
const PIECE = 256 * 1024;
/** What is looked at to guess what a part begins with, bytes. */
const SAMPLE = 64 * 1024;
const NEWLINE = 10;

/**
 * Reads the lines of a part into a framer and, unless the run ends before, ends it. Reads synchronously, since on files that are in memory waiting costs more than
 * reading. All pieces lie in the same memory, one after the other: fresh memory for each would cost as much as copying the bytes into it. So
 * what the framer delivers must have been used when the call returns, and nothing may keep it.
 *
 * @param between called after each piece; what it returns is waited for.
 * @param signal ends the reading where it is.
 * @throws the system's error.
 */
export async function readPart(
  part: FilePart,
  framer: Framer,
  between: () => Promise<void> | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { file } = part;
  const fd = typeof file === 'string' ? openSync(file, 'r') : file;
  try {
    if (await readLines(fd, part, framer, between, signal)) await framer.end();
  } finally {
    if (typeof file === 'string') closeSync(fd);
  }
}

/** Whole lines that follow each other somewhere in a file. */
interface Sample {
  readonly lines: readonly string[];
  /** Where each begins, in bytes. */
  readonly starts: readonly number[];
}

/** The lines that begin at or behind a place in the file of a part, within some 64 kB. @throws the system's error. */
export function sampleOf({ file, fileStart }: FilePart, from: number): Sample {
  const fd = typeof file === 'string' ? openSync(file, 'r') : file;
  try {
    const at = from === fileStart ? from : from - 1;
    const piece = Buffer.alloc(SAMPLE);
    const bytes = piece.subarray(0, readSync(fd, piece, 0, SAMPLE, at));
    const lines: string[] = [];
    const starts: number[] = [];
    let start = from === fileStart ? 0 : lineEnd(bytes, 0);
    for (let next = lineEnd(bytes, start); bytes[next - 1] === NEWLINE && next > start; next = lineEnd(bytes, start)) {
      lines.push(bytes.toString('utf8', start, textEnd(bytes, start, next)));
      starts.push(at + start);
      start = next;
    }
    return { lines, starts };
  } finally {
    if (typeof file === 'string') closeSync(fd);
  }
}

/** @returns whether it came to the end of the part. */
async function readLines(
  fd: number,
  part: FilePart,
  framer: Framer,
  between: () => Promise<void> | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  // A line that begins before the part is not its own, unless the part begins right behind a line's end: so look one byte back.
  let isInside = isFirst(part);
  let at = isInside ? part.start : part.start - 1;
  const piece = Buffer.allocUnsafeSlow(PIECE);
  while (!signal.aborted) {
    const count = readSync(fd, piece, 0, PIECE, at);
    if (count === 0) return true;
    let from = 0;
    if (!isInside) {
      from = piece.subarray(0, count).indexOf(NEWLINE) + 1;
      isInside = from > 0;
      if (isInside && at + from >= part.end) return true;
    }
    // The line that holds the last byte before the end is the last one.
    const last =
      at + count >= part.end ? piece.subarray(0, count).indexOf(NEWLINE, Math.max(0, part.end - 1 - at)) : -1;
    const to = last === -1 ? count : last + 1;
    if (isInside && to > from) {
      const full = framer.push(piece.subarray(from, to));
      if (full !== undefined) await full;
    }
    if (last !== -1) return true;
    if (!isInside && at + count >= part.end) return true;
    at += count;
    const pause = between();
    if (pause !== undefined) await pause;
  }
  return isAtEnd(fd, at);
}
