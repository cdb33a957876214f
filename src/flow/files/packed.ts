import { readSync } from 'node:fs';
import { PACKING_SIZE, packingOf } from '../framing/packing.ts';

/** Whether what an open regular file has at `position` is packed. @throws the system's error. */
export function isPacked(fd: number, position: number): boolean {
  const first = Buffer.alloc(PACKING_SIZE);
  const packing = packingOf(first.subarray(0, readSync(fd, first, 0, PACKING_SIZE, position)));
  return packing !== undefined && packing !== 'more';
}
