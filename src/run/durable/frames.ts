import { crc32 } from 'node:zlib';

/** Of a record's length and its checksum, bytes. */
const HEAD = 8;

/**
 * A record as it stands in a file: `length (4) checksum (4) bytes`, the numbers with their lowest byte first. The checksum is that of the length
 * and the bytes, so that zeros, which a power cut may leave, are no record.
 */
export function frame(...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const framed = Buffer.allocUnsafe(HEAD + length);
  framed.writeUInt32LE(length, 0);
  let at = HEAD;
  for (const part of parts) {
    framed.set(part, at);
    at += part.length;
  }
  framed.writeUInt32LE(sumOf(framed, length), 4);
  return framed;
}

/** The whole records from a place on, and where the first of them ends that is not whole, or the file. */
export function readFrames(file: Buffer, from = 0): { readonly records: readonly Buffer[]; readonly end: number } {
  const records: Buffer[] = [];
  let end = from;
  while (file.length - end >= HEAD) {
    const length = file.readUInt32LE(end);
    if (length > file.length - end - HEAD) break;
    const framed = file.subarray(end, end + HEAD + length);
    if (framed.readUInt32LE(4) !== sumOf(framed, length)) break;
    records.push(framed.subarray(HEAD));
    end += framed.length;
  }
  return { records, end };
}

function sumOf(framed: Buffer, length: number): number {
  return crc32(framed.subarray(HEAD, HEAD + length), crc32(framed.subarray(0, 4)));
}
