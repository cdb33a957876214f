/** How data can be packed that is unpacked by itself, by the names of the programs that pack it. */
export type Packing = 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'lz4';

/** What the first bytes of data say of it: how it is packed, or that it is no text and of no kind that can be unpacked. */
export type Kind = Packing | 'foreign';

/** The first bytes of a kind, each as a character; a point is any byte. */
type Signature = readonly [Kind, string];

/** The first bytes of each kind; no text begins like one of them. What is foreign is told of in `foreign.ts`. */
const SIGNATURES: readonly Signature[] = [
  // RFC 1952; the third byte is the method, of which there is but one.
  ['gzip', '\x1f\x8b\b'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  // A frame that zstd passes over can begin with sixteen different bytes (RFC 8878, 3.1.2).
  ...Array.from({ length: 16 }, (_, i): Signature => ['zstd', `${String.fromCharCode(0x50 + i)}*M\x18`]),
  ['xz', '\xfd7zXZ\0'],
  ['lz4', '\x04\x22M\x18'],
  // The digits of pi begin a block, those of its root the end of what holds none.
  ['bzip2', 'BZh.1AY&'],
  ['bzip2', 'BZh.\x17rE8'],
  ['foreign', 'PK\x03\x04'],
  ['foreign', 'PK\x05\x06'],
  ['foreign', '7z\xbc\xaf\x27\x1c'],
  ['foreign', 'Rar!\x1a\x07'],
  ['foreign', '\x1f\x9d'],
  ['foreign', '\x7fELF'],
  ['foreign', '\0asm'],
  ['foreign', '\x89PNG'],
  ['foreign', '\xff\xd8\xff'],
  ['foreign', 'GIF87a'],
  ['foreign', 'GIF89a'],
  ['foreign', '%PDF-'],
  ['foreign', 'SQLite format 3\0'],
  ['foreign', 'Obj\x01'],
  ['foreign', 'PAR1\x15'],
];

/** How many first bytes tell for certain. */
export const PACKING_SIZE = Math.max(...SIGNATURES.map(([, bytes]) => bytes.length));

/**
 * What data is that begins with these bytes; undefined where it may be text, and `'more'` where they are so few that the next
 * ones decide.
 */
export function packingOf(first: Uint8Array): Kind | 'more' | undefined {
  const signature = SIGNATURES.find(([, bytes]) => beginAlike(first, bytes));
  if (signature === undefined) return undefined;
  return signature[1].length > first.length ? 'more' : signature[0];
}

/** Whether bytes are those of a signature, as far as both go. */
export function beginAlike(first: Uint8Array, bytes: string): boolean {
  const known = Math.min(first.length, bytes.length);
  for (let i = 0; i < known; i++) if (bytes[i] !== '.' && bytes.charCodeAt(i) !== first[i]) return false;
  return true;
}
