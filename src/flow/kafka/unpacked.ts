import type { Packing } from '../packings/packing.ts';
import { UnpackFault } from '../packings/stepped.ts';
import { unpackWhole } from '../packings/whole.ts';
import { unpackSnappy } from './snappy.ts';

/** How records are packed, by the lowest bits of what is said of them. */
const PACKINGS: readonly ('none' | 'snappy' | Packing)[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const BITS = 7;

/** Records that are packed or not, as they are. Rejects with an UnpackFault where they are damaged, or have more than `most` bytes. */
export async function unpacked(attributes: number, bytes: Buffer, most: number): Promise<Buffer> {
  const packing = PACKINGS[attributes & BITS];
  if (packing === 'none') return bytes;
  if (packing === 'snappy') return unpackSnappy(bytes, most);
  if (packing !== undefined) return unpackWhole(packing, bytes, most);
  throw new UnpackFault('other', `it is packed in a way that nobody knows (${attributes & BITS})`);
}
