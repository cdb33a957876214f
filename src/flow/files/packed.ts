import { readSync } from 'node:fs';
import { PACKING_SIZE, packingOf } from '../packings/packing.ts';

/** Whether what an open regular file has at `position` is packed, or else no text. @throws the system's error. */
export function isPacked(fd: number, position: number): boolean {
  const packing = packingAt(fd, position);
  return packing !== undefined && packing !== 'more';
}

/** The same of what is packed as rotations do it: of files that are followed nothing else is unpacked. */
export function isGzip(fd: number, position: number): boolean {
  return packingAt(fd, position) === 'gzip';
}

function packingAt(fd: number, position: number): ReturnType<typeof packingOf> {
  const first = Buffer.alloc(PACKING_SIZE);
  return packingOf(first.subarray(0, readSync(fd, first, 0, PACKING_SIZE, position)));
}
