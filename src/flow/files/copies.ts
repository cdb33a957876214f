import { fstatSync } from 'node:fs';
import { packingOf } from '../packings/packing.ts';
import { startOfGzip } from '../packings/start.ts';
import { bytesAt, type ReadMark } from './read-mark.ts';

/** How much at the start and at the end is compared, bytes. */
const SAMPLE = 4096;

/** How many first bytes tell one generation of a log from another. */
const FEW = 1024;

/** A file that is, or was, followed: how far it was read, and what it is open as, while it is. */
export interface Original {
  readonly mark: ReadMark;
  readonly fd?: number;
}

/**
 * Whether all that a file holds was read of another one, or will be: it is a copy, maybe not yet a whole one, or that one packed. A
 * file that is empty says nothing and counts as one, since it has nothing to be read either.
 *
 * @param size of the file, bytes.
 */
export function isCopy(fd: number, size: number, { mark, fd: original }: Original): boolean {
  if (size === 0) return true;
  const known = original === undefined ? 0 : Number(fstatSync(original).size);
  const isWhole = original !== undefined && known >= mark.position && mark.isOf(original);
  if (packingOf(bytesAt(fd, 0, 3)) === 'gzip') {
    if (isWhole) return isPackedCopy(fd, size, known, bytesAt(original, 0, SAMPLE));
    // What was behind that in a file that was truncated is told of as lost.
    if (original !== undefined) return isPackedFrom(fd, size, mark.position, mark.begin);
    return isPackedCopy(fd, size, mark.position, mark.begin);
  }
  if (isWhole) return holdsNoMore(fd, size, original);
  if (size < mark.position) return mark.begins(bytesAt(fd, 0, SAMPLE));
  // What the copy of a file that was truncated has more than was read of it is read with that file.
  return mark.position > 0 && (original !== undefined || size === mark.position) && mark.isOf(fd);
}

/**
 * What is in a file beside one that was truncated: `more` of that one than was read, only what was `read`, or, of what it had in it later or of
 * something else, nothing that is known. There is nothing for that one (`none`) in what it has in it now, nor in what is packed of anything else.
 *
 * @param size of the file, bytes.
 */
export function partOf(
  fd: number,
  size: number,
  { mark, fd: truncated }: Required<Original>,
): 'more' | 'read' | 'unknown' | 'none' {
  if (mark.position > 0 && size >= mark.position && mark.isOf(fd)) return 'more';
  const isPlain = packingOf(bytesAt(fd, 0, 3)) !== 'gzip';
  const begin = bytesAt(fd, 0, FEW);
  // A copy of less than what was read has nothing new, and one that is packed would have to be unpacked to go on in it.
  if (mark.begins(isPlain ? begin : startOfGzip(begin))) return 'read';
  return isPlain && !holdsNoMore(fd, size, truncated) ? 'unknown' : 'none';
}

/** Whether a file has nothing in it but what another one begins with, by its first and last bytes. @param size of the file, bytes. */
function holdsNoMore(fd: number, size: number, other: number): boolean {
  if (size > Number(fstatSync(other).size)) return false;
  const count = Math.min(SAMPLE, size);
  return [0, size - count].every((at) => bytesAt(fd, at, count).equals(bytesAt(other, at, count)));
}

/** A member of gzip ends with how many bytes it unpacks to (modulo 2^32), the lowest first. */
function isPackedCopy(fd: number, size: number, count: number, begin: Buffer): boolean {
  const end = bytesAt(fd, size - 4, 4);
  if (count === 0 || end.length < 4 || end.readUInt32LE() !== count % 2 ** 32) return false;
  return beginsAlike(startOfGzip(bytesAt(fd, 0, SAMPLE)), begin);
}

/**
 * Whether a file is packed, begins with what another one was read to begin with, and holds at least so many bytes, as far as it says (only
 * modulo 2^32).
 */
export function isPackedFrom(fd: number, size: number, least: number, begin: Buffer): boolean {
  if (packingOf(bytesAt(fd, 0, 3)) !== 'gzip') return false;
  const end = bytesAt(fd, size - 4, 4);
  if (end.length < 4 || (least < 2 ** 32 && end.readUInt32LE() < least)) return false;
  return beginsAlike(startOfGzip(bytesAt(fd, 0, SAMPLE)), begin);
}

/** Whether two texts begin alike, as far as both go, and say something. */
function beginsAlike(one: Buffer, other: Buffer): boolean {
  const count = Math.min(one.length, other.length);
  return count > 0 && one.subarray(0, count).equals(other.subarray(0, count));
}
