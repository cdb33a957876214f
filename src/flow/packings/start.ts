import { constants, gunzipSync } from 'node:zlib';
import { packingOf } from './packing.ts';
import { openUnpacking } from './unpacking.ts';

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
  try {
    const unpacking = openUnpacking(packing, (piece) => void pieces.push(Buffer.from(piece)));
    await unpacking
      .take(first)
      .then(() => unpacking.end())
      .finally(() => unpacking.close());
  } catch {
    // It goes on behind these bytes.
  }
  return Buffer.concat(pieces);
}
