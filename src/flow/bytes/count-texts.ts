import type { Cut } from '../define/text-form.ts';
import { Kernel } from './kernel.ts';
import { inPieces } from './pieces.ts';

const NEWLINE = 10;

let kernel: Kernel | undefined;

/** Says how many texts of that cut there are in whole lines. */
export function textCounter(cut: Cut): (lines: Buffer) => number {
  kernel ??= new Kernel();
  const shared = kernel;
  const { functions } = shared;
  const delimiter = cut.kind === 'split' ? cut.delimiter : NEWLINE;
  return (lines) => {
    let count = 0;
    inPieces(lines, (piece) => {
      const start = shared.put(piece);
      const end = start + piece.length;
      count += cut.kind === 'words' ? functions.countWords(start, end) : functions.countParts(start, end, delimiter);
    });
    return count;
  };
}
