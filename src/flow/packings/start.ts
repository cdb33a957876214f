import { constants, gunzipSync } from 'node:zlib';
import { packingOf } from './packing.ts';
import { openUnpacking } from './unpacking.ts';

/** So much of what they unpack to is held at least, bytes. */
const ENOUGH = 64 * 1024;

/** What the first bytes of data that is packed by gzip unpack to; nothing where they are damaged. */
export function startOfGzip(first: Buffer): Buffer {
  try {
    return gunzipSync(first, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

/** What the first bytes of packed data unpack to, as far as that goes without those behind them. Never rejects: whoever reads it whole is told. */
export async function startOfPacked(first: Buffer): Promise<Buffer> {
  const packing = packingOf(first);
  if (packing === undefined || packing === 'more' || packing === 'foreign') return Buffer.alloc(0);
  if (packing === 'gzip') return startOfGzip(first);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    const unpacking = openUnpacking(packing, (piece) => {
      if (size < ENOUGH) pieces.push(Buffer.from(piece));
      size += piece.length;
      return undefined;
    });
    await unpacking
      .take(first)
      .then(() => unpacking.end())
      .finally(() => unpacking.close());
  } catch {
    // It goes on behind these bytes.
  }
  return Buffer.concat(pieces);
}
