/** The two ways to read bytes at the pace of the inbox: a file by its descriptor, and anything else as a stream of Node's. */
import { read, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { codeOf } from './fault.ts';

/** One read, in bytes. Waiting for smaller ones takes longer than reading them, larger ones do not stay in the cache. */
const PIECE = 512 * 1024;

/** The first read of a file: enough for those who only want to see how it begins. */
const FIRST_PIECE = 64 * 1024;

/** ms until a descriptor that had nothing (EAGAIN) is asked again. */
const RETRY = 10;

const readBytes = promisify(read);

const NOTHING = Buffer.alloc(0);

/** Where to read a file: from `start` to before `end`, in bytes; without `start`, from where the descriptor is to the end. */
interface Range {
  readonly start?: number;
  readonly end?: number;
  /** How much to read at a time, bytes. */
  readonly piece?: number;
}

/**
 * Reads a file into a framer, up to its end, the range's or the run's. Does not end the framer. There are two buffers: while the framer works on
 * one, the other is filled.
 *
 * @returns how many bytes the framer was given. Rejects with the system's error.
 */
export async function readFile(fd: number, framer: Framer, context: SourceContext, range: Range = {}): Promise<number> {
  const { signal } = context;
  const limit = range.end === undefined ? Number.POSITIVE_INFINITY : range.end - (range.start ?? 0);
  const buffers: Buffer[] = [];
  let total = 0;
  const fill = (which: number): Promise<Buffer> => {
    const most = range.piece ?? PIECE;
    const size = Math.min(total === 0 ? FIRST_PIECE : most, most, limit - total);
    if (signal.aborted || size <= 0) return Promise.resolve(NOTHING);
    const position = range.start === undefined ? null : range.start + total;
    buffers[which] ??= Buffer.allocUnsafeSlow(Math.min(most, limit - total));
    return readSome(fd, buffers[which].subarray(0, size), position, context);
  };
  let piece = await fill(0);
  for (let free = 1; piece.length > 0 && !signal.aborted; free = 1 - free) {
    total += piece.length;
    // Neither is left behind when the other fails.
    const [next, given] = await Promise.allSettled([fill(free), orAbort(framer.push(piece), signal)]);
    if (given.status === 'rejected') throw given.reason;
    if (next.status === 'rejected') throw next.reason;
    piece = next.value;
  }
  return total;
}

/** How a file is read to its end. */
interface ToEnd {
  /** Where its descriptor is, in bytes, where that is known. */
  readonly start?: number | undefined;
  /** Where to read from instead, in bytes. */
  readonly seek?: number | undefined;
  /** How much to read at a time, bytes. */
  readonly piece?: number | undefined;
  /** Called where reading fails, before the framer is ended. */
  readonly onFault?: () => void;
}

/**
 * Reads a file from where its descriptor is to its end, and ends the framer; so also where reading failed. A run that ends before has read a part of a record at most, which is none of the file's: then the framer is left as it is.
 *
 * @returns up to which byte of the file it was read, or how many there were where it is not known from where. Rejects with the system's error, or with an `UnpackError`.
 */
export async function readToEnd(
  fd: number,
  framer: Framer,
  context: SourceContext,
  { start, seek, piece, onFault }: ToEnd = {},
): Promise<number> {
  const { signal } = context;
  const first = seek ?? start;
  const range = { ...(seek === undefined ? {} : { start: seek }), ...(piece === undefined ? {} : { piece }) };
  let count: number;
  try {
    count = await readFile(fd, framer, context, range);
  } catch (error) {
    onFault?.();
    await framer.end()?.catch(() => {});
    throw error;
  }
  if (!signal.aborted || isAtEnd(fd, first === undefined ? null : first + count)) await framer.end();
  return (first ?? 0) + count;
}

/**
 * Whether a file has nothing behind `position`, or behind where the descriptor is. False where that cannot be told, as of a pipe.
 */
export function isAtEnd(fd: number, position: number | null): boolean {
  try {
    return readSync(fd, Buffer.alloc(1), 0, 1, position) === 0;
  } catch {
    return false;
  }
}

/** @returns the part of the buffer that was filled; nothing at the end of the file or the run's. */
async function readSome(fd: number, buffer: Buffer, position: number | null, context: SourceContext): Promise<Buffer> {
  for (;;) {
    try {
      const { bytesRead } = await readBytes(fd, buffer, 0, buffer.length, position);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      if (codeOf(error) === 'EOF') return NOTHING;
      if (codeOf(error) !== 'EAGAIN') throw error;
      await sleep(RETRY, context);
      if (context.signal.aborted) return NOTHING;
    }
  }
}

/**
 * Reads a stream into a framer up to its end or the run's, then ends the framer: what had come by then is delivered, also if the
 * stream broke. The stream is destroyed.
 *
 * @param signal tells the end of the run; without it who calls destroys the stream then.
 * @returns the error that the stream broke with. Never rejects.
 */
export function readStream(stream: Readable, framer: Framer, signal?: AbortSignal): Promise<Error | undefined> {
  return new Promise((resolve) => {
    let broken: Error | undefined;
    const stop = () => stream.destroy();
    const take = (piece: Buffer) => {
      const full = framer.push(piece);
      if (full === undefined) return;
      stream.pause();
      full.then(() => stream.resume(), fail);
    };
    const fail = (error: Error) => {
      broken ??= error;
      stop();
    };
    stream.on('data', take);
    stream.on('error', (error) => {
      broken ??= error;
    });
    stream.on('end', stop);
    stream.on('close', () => {
      signal?.removeEventListener('abort', stop);
      stream.off('data', take);
      // What came while the inbox was full still lies in the stream.
      for (let piece = stream.read(); piece !== null; piece = stream.read()) framer.push(piece)?.catch(fail);
      const ended = framer.end();
      if (ended === undefined) resolve(broken);
      else void ended.catch(fail).then(() => resolve(broken));
    });
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
  });
}

/** Resolves when `promise` does, or when the run ends. */
export async function orAbort(promise: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
  if (promise === undefined || signal.aborted) return;
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    promise.then(done, reject);
  });
}

/** Resolves after so many ms of the context's clock, or when the run ends. */
export function sleep(ms: number, { clock, signal }: Pick<SourceContext, 'clock' | 'signal'>): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.at(clock.now() + ms, done);
    signal.addEventListener('abort', done);
  });
}
