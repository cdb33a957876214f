/** The checksum of record batches: CRC-32C (Castagnoli), RFC 3720 section B.4, eight bytes at a time. */

const POLYNOMIAL = 0x82f63b78;

/** Eight tables of 256, one behind the other: that of a byte, and of one with so many zeros behind it. */
const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 0 ? sum >>> 1 : (sum >>> 1) ^ POLYNOMIAL;
    tables[byte] = sum;
  }
  for (let i = 256; i < tables.length; i++) tables[i] = (tables[i - 256]! >>> 8) ^ tables[tables[i - 256]! & 0xff]!;
  return tables;
}

/** @returns 32 bits, not signed. */
export function crc32c(bytes: Uint8Array): number {
  const t = TABLES;
  const wholes = bytes.length - (bytes.length % 8);
  let sum = 0xffffffff;
  let at = 0;
  for (; at < wholes; at += 8) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    sum =
      t[0x700 + (sum & 0xff)]! ^
      t[0x600 + ((sum >>> 8) & 0xff)]! ^
      t[0x500 + ((sum >>> 16) & 0xff)]! ^
      t[0x400 + (sum >>> 24)]! ^
      t[0x300 + bytes[at + 4]!]! ^
      t[0x200 + bytes[at + 5]!]! ^
      t[0x100 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) sum = (sum >>> 8) ^ t[(sum ^ bytes[at]!) & 0xff]!;
  return (sum ^ 0xffffffff) >>> 0;
}
