import type { TakeTexts } from '../define/faster.ts';
import type { Cut } from '../define/text-form.ts';
import { Kernel } from './kernel.ts';
import { inPieces, PIECE } from './pieces.ts';

const NEWLINE = 10;

/** How texts lie, see src/kernel/text-store.ts. */
const STRETCH_HEADER = 8;
const TEXT_HEADER = 8;
const LONG_TEXT_HEADER = 12;
/** Of the higher half of a text's header: the part of the count, then the length. */
const COUNT_BITS = 21;
const LONG = 1023;
/** V8 copies a part of a string that is shorter, and refers to the whole for a longer one, which keeps all of it in memory. */
const COPIED = 13;
/** Short texts are decoded together with others near them, about so many bytes at a time. */
const DECODED = 4096;
/** A memory of more bytes is not kept from batch to batch. */
const KEPT = 32 * 1024 * 1024;

/** Counts texts by their bytes, in the order first seen. */
export class TextTable {
  private kernel: Kernel | undefined;

  /** How many different texts there are. */
  get size(): number {
    return this.kernel === undefined ? 0 : this.kernel.functions.tableSize();
  }

  /** Counts each text of that cut. What is returned throws an `Error` of WebAssembly where there is no memory for more texts. */
  taking(cut: Cut): TakeTexts {
    const delimiter = cut.kind === 'split' ? cut.delimiter : NEWLINE;
    const isWords = cut.kind === 'words';
    const take = (piece: Buffer) => {
      this.kernel ??= new Kernel();
      const { functions } = this.kernel;
      const start = this.kernel.put(piece);
      if (isWords) functions.countEachWord(start, start + piece.length);
      else functions.countEachPart(start, start + piece.length, delimiter);
    };
    return (lines) => {
      inPieces(lines, take);
    };
  }

  /** Each text with its count, in the order first seen. */
  visit(visit: (text: string, count: number) => void): void {
    if (this.kernel === undefined) return;
    const { bytes, functions } = this.kernel;
    const view = new DataView(bytes.buffer);
    for (let stretch = functions.firstStretch() >>> 0; stretch !== 0; stretch = view.getUint32(stretch, true)) {
      const end = view.getUint32(stretch + 4, true);
      // Decoded as if all were ASCII; counts between the texts come out as something, which is not looked at.
      let decoded = '';
      let decodedFrom = 0;
      let decodedEnd = 0;
      for (let at = stretch + STRETCH_HEADER; at < end; ) {
        const low = view.getUint32(at, true);
        const high = view.getInt32(at + 4, true);
        const count = low + (high & ((1 << COUNT_BITS) - 1)) * 2 ** 32;
        const length = (high >> COUNT_BITS) & LONG;
        const start = at + (length < LONG ? TEXT_HEADER : LONG_TEXT_HEADER);
        at = start + (length < LONG ? length : view.getUint32(at + 8, true));
        if (high < 0) {
          // Marked as not all ASCII.
          visit(bytes.toString('utf8', start, at), count);
        } else if (at - start >= COPIED) {
          visit(bytes.toString('latin1', start, at), count);
        } else {
          if (at > decodedEnd) {
            decodedFrom = start;
            decodedEnd = Math.min(end, start + DECODED);
            decoded = bytes.toString('latin1', decodedFrom, decodedEnd);
          }
          visit(decoded.substring(start - decodedFrom, at - decodedFrom), count);
        }
      }
    }
  }

  /** What was counted so far, for {@link absorb} of another table: the stretches without their headers, which are good until more is counted. */
  stretches(): readonly Uint8Array[] {
    if (this.kernel === undefined) return [];
    const { bytes, functions } = this.kernel;
    const view = new DataView(bytes.buffer);
    const stretches: Uint8Array[] = [];
    for (let stretch = functions.firstStretch() >>> 0; stretch !== 0; stretch = view.getUint32(stretch, true)) {
      const length = view.getUint32(stretch + 4, true) - stretch - STRETCH_HEADER;
      stretches.push(new Uint8Array(bytes.buffer, stretch + STRETCH_HEADER, length));
    }
    return stretches;
  }

  /** Adds what another table counted in texts that came later. Throws where there is no memory for more texts. */
  absorb(stretches: readonly Uint8Array[]): void {
    if (stretches.length === 0) return;
    this.kernel ??= new Kernel();
    for (const stretch of stretches) {
      // A text that is longer than a piece comes with the next try.
      for (let from = 0, size = PIECE; from < stretch.length; ) {
        const piece = stretch.subarray(from, from + size);
        const start = this.kernel.put(piece);
        const counted = this.kernel.functions.countTexts(start, start + piece.length) - start;
        from += counted;
        size = counted === 0 ? size * 2 : PIECE;
      }
    }
  }

  clear(): void {
    if (this.kernel === undefined) return;
    if (this.kernel.bytes.length > KEPT) this.kernel = undefined;
    else this.kernel.functions.clearTable();
  }
}
