import { Kernel } from './kernel.ts';
import { PIECE } from './pieces.ts';

let kernel: Kernel | undefined;

/** How many newlines there are in the bytes. */
export function countNewlines(bytes: Uint8Array): number {
  kernel ??= new Kernel();
  let count = 0;
  for (let from = 0; from < bytes.length; from += PIECE) {
    const piece = bytes.subarray(from, from + PIECE);
    const start = kernel.put(piece);
    count += kernel.functions.countNewlines(start, start + piece.length);
  }
  return count;
}
