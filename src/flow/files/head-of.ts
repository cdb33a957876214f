import { closeSync, openSync, readSync } from 'node:fs';
import type { PlainFile } from '../define/file-part.ts';

/** The first bytes of a file, at most so many; none where it cannot be read, which whoever reads all of it tells. */
export function headOf({ file, start, end }: PlainFile, most: number): Buffer {
  let fd: number | undefined;
  try {
    fd = typeof file === 'string' ? openSync(file, 'r') : file;
    const head = Buffer.alloc(Math.min(most, end - start));
    return head.subarray(0, readSync(fd, head, 0, head.length, start));
  } catch {
    return Buffer.alloc(0);
  } finally {
    if (typeof file === 'string' && fd !== undefined) closeSync(fd);
  }
}
