import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import { PACKING_SIZE, packingOf } from '../framing/packing.ts';
import { openFramer, type TextArguments } from '../framing/text.ts';
import { readToEnd } from '../input/reading.ts';

/** How a whole file is read. */
export interface Reading {
  /** Its own; a new one unless given. */
  readonly origin?: Origin;
  /** How much to read at a time, bytes; as much as is fast unless given. */
  readonly piece?: number | undefined;
}

/**
 * Reads a whole file as an origin of its own; up to the end of the run if that comes first.
 *
 * @returns how many bytes the file had. Rejects with the system's error; what had been read by then is delivered.
 */
export async function readWhole(
  path: string,
  args: TextArguments,
  context: SourceContext,
  { origin, piece }: Reading = {},
): Promise<number> {
  const file = await open(path).catch((error: unknown) => {
    origin?.over?.();
    throw error;
  });
  try {
    return await readToEnd(file.fd, openFramer(args, origin ?? context.origin(path), context), context, {
      start: 0,
      piece,
    });
  } finally {
    await file.close();
  }
}

/** Whether what an open regular file has at `position` is packed. @throws the system's error. */
export function isPacked(fd: number, position: number): boolean {
  const first = Buffer.alloc(PACKING_SIZE);
  const packing = packingOf(first.subarray(0, readSync(fd, first, 0, PACKING_SIZE, position)));
  return packing !== undefined && packing !== 'more';
}
