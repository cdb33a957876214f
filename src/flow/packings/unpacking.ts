import { createGunzip } from 'node:zlib';
import { Bzip2Steps } from './bzip2.ts';
import { openLz4 } from './lz4.ts';
import type { Packing } from './packing.ts';
import { type Give, SteppedUnpacking, type Unpacking } from './stepped.ts';
import { type Kinds, StreamedUnpacking } from './streamed.ts';
import { openXz } from './xz.ts';
import { openZstd } from './zstd.ts';

const GZIP_KINDS: Kinds = { Z_BUF_ERROR: 'torn', Z_DATA_ERROR: 'damaged' };

/**
 * Opens what unpacks data of a kind.
 *
 * @param give takes what is unpacked, a piece at a time; its promise is waited for.
 * @throws UnpackFault where what it needs is not installed.
 */
export function openUnpacking(packing: Packing, give: Give): Unpacking {
  if (packing === 'gzip') return new StreamedUnpacking(createGunzip(), GZIP_KINDS, give);
  if (packing === 'xz') return openXz(give);
  const steps = packing === 'zstd' ? openZstd() : packing === 'lz4' ? openLz4() : new Bzip2Steps();
  return new SteppedUnpacking(steps, give);
}
