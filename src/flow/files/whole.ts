import { close, closeSync, open, openSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import { openFramer, type TextArguments } from '../framing/text.ts';
import { readToEnd } from '../input/reading.ts';
import type { FileAt, FileProgress } from './file-progress.ts';
import { firstLineOf, firstLineOfPacked } from './first-line.ts';
import { isPacked } from './packed.ts';

// See paths.ts.
const opened = promisify(open);
const closed = promisify(close);

/** How a whole file is read. */
interface Reading {
  /** Its own, or how to make it once the file is open; a new one unless given. */
  readonly origin?: Origin | (() => Origin);
  /** How much to read at a time, bytes; as much as is fast unless given. */
  readonly piece?: number | undefined;
  readonly progress: FileProgress;
  /** Where an earlier run was in it. */
  readonly from?: FileAt | undefined;
}

/**
 * Reads a whole file as an origin of its own, or the rest of it; up to the end of the run if that comes first.
 *
 * @returns up to which byte it was read. Rejects with the system's error, or a RunFailure of exit 3 where it is not the file that an earlier
 *   run was in; what had been read by then is delivered.
 */
export async function readWhole(
  path: string,
  args: TextArguments,
  context: SourceContext,
  { origin, piece, progress, from }: Reading,
): Promise<number> {
  const fd = await opened(path, 'r').catch((error: unknown) => {
    if (typeof origin === 'object') origin.over?.();
    throw error;
  });
  try {
    const seek = from && progress.goOn(fd, path, from);
    const place = typeof origin === 'function' ? origin() : (origin ?? context.origin(path));
    const framer = openFramer(args, place, context, progress);
    const around = progress.around(framer);
    const onFault = () => progress.breakOff();
    return await readToEnd(fd, around, context, { start: 0, seek, piece, onFault });
  } finally {
    await closed(fd);
  }
}

/** The first line of a file in which an earlier run was, see `firstLineOf`; undefined where it cannot be read. */
export async function firstLineAt(path: string, { offset }: FileAt, args: TextArguments): Promise<string | undefined> {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    return isPacked(fd, 0) ? await firstLineOfPacked(fd, offset, args) : firstLineOf(fd, offset, args);
  } catch {
    // Reading it will tell.
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
