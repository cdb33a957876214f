import type { TextArguments } from '../framing/text.ts';
import { startOfGzip, startOfPacked } from '../packings/start.ts';
import { bytesAt } from './read-mark.ts';

/** The most that is read for a file's first line, bytes; of what is packed, as much as the first block of lz4 may have, which is 4 MB unless it is told otherwise. */
export const MOST_FIRST = 64 * 1024;
export const MOST_PACKED = 4 * 1024 * 1024 + 64 * 1024;

/**
 * The first line of an open file that is plain or packed by gzip, for steps that find a header there where reading begins behind it. Undefined
 * where it is not whole within what was read, or where records do not end at a text.
 *
 * @param before where reading begins, bytes; of a packed file, of what is unpacked.
 * @throws the system's error.
 */
export function firstLineOf(
  fd: number,
  before: number,
  { delimiter }: Pick<TextArguments, 'delimiter'>,
  isPacked = false,
): string | undefined {
  if (typeof delimiter !== 'string' || before === 0) return undefined;
  const bytes = bytesAt(fd, 0, isPacked ? MOST_FIRST : Math.min(MOST_FIRST, before));
  return firstLineIn(isPacked ? startOfGzip(bytes) : bytes, before, delimiter);
}

/** The same of a file that is packed in any way. Rejects with the system's error. */
export async function firstLineOfPacked(
  fd: number,
  before: number,
  { delimiter }: Pick<TextArguments, 'delimiter'>,
): Promise<string | undefined> {
  if (typeof delimiter !== 'string' || before === 0) return undefined;
  return firstLineIn(await startOfPacked(bytesAt(fd, 0, MOST_PACKED)), before, delimiter);
}

/** The same of the first bytes of a file. */
export function firstLineIn(bytes: Buffer, before: number, delimiter: string): string | undefined {
  const start = bytes.subarray(0, before).toString();
  const end = start.indexOf(delimiter);
  return end === -1 ? undefined : start.slice(start.startsWith('\ufeff') ? 1 : 0, end).replace(/\r$/, '');
}
