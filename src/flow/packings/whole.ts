import { formatSize } from '../../base/size.ts';
import type { Packing } from './packing.ts';
import { UnpackFault } from './stepped.ts';
import { openUnpacking } from './unpacking.ts';

/** Packed data unpacks to more bytes than it may. */
export class TooMuch extends UnpackFault {
  constructor(most: number) {
    super('other', `it unpacks to more than ${formatSize(most)}`);
  }
}

/** All that packed data unpacks to. Rejects with an UnpackFault where it cannot be unpacked, or has more bytes than `most` then. */
export function unpackWhole(packing: Packing, bytes: Buffer, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const unpacking = openUnpacking(packing, (plain) => {
      size += plain.length;
      if (size <= most) {
        pieces.push(Buffer.from(plain));
        return undefined;
      }
      reject(new TooMuch(most));
      unpacking.close();
      // Nothing more is to be unpacked.
      return new Promise(() => {});
    });
    const all = async () => {
      await unpacking.take(bytes);
      await unpacking.end();
      unpacking.close();
      return Buffer.concat(pieces, size);
    };
    all().then(resolve, reject);
  });
}
