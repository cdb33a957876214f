import { Kernel } from './kernel.ts';

/** Bytes go into the kernel in pieces that stay in the processor's cache. */
const PIECE = 64 * 1024;

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
