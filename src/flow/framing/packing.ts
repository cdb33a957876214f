/** What the first bytes of data say of how it is packed. */
type Packing = 'gzip';

/** How many first bytes tell for certain. */
export const PACKING_SIZE = 3;

/** The first bytes of each kind (RFC 1952 for gzip; its third byte is the method, of which there is but one). No text begins like this. */
const SIGNATURES: ReadonlyMap<Packing, readonly number[]> = new Map([['gzip', [0x1f, 0x8b, 0x08]]]);

/**
 * How data is packed that begins with these bytes; undefined where it is not, and `'more'` where they are so few that the next
 * ones decide.
 */
export function packingOf(first: Uint8Array): Packing | 'more' | undefined {
  for (const [packing, signature] of SIGNATURES) {
    const known = Math.min(first.length, signature.length);
    let i = 0;
    while (i < known && first[i] === signature[i]) i++;
    if (i === signature.length) return packing;
    if (i === first.length) return 'more';
  }
  return undefined;
}
