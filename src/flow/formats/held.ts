import type { Write } from './format.ts';

/** Text is held in pieces of about this many characters. */
const PIECE_SIZE = 64 * 1024;

/**
 * Text that must wait for something that is written before it. It is held as bytes, outside the heap of JavaScript, so that neither
 * the longest string (512 MB) nor the heap's limit is a limit of a batch.
 */
export class HeldText {
  private text = '';
  private pieces: Uint8Array[] = [];

  /** Bytes are copied. */
  write(piece: string | Uint8Array): void {
    if (typeof piece === 'string') {
      this.text += piece;
      if (this.text.length >= PIECE_SIZE) this.encode();
    } else {
      this.encode();
      this.pieces.push(Buffer.from(piece));
    }
  }

  get isEmpty(): boolean {
    return this.pieces.length === 0 && this.text === '';
  }

  /** Hands all of it to `write`, in order, and is empty again. */
  release(write: Write): void {
    for (const piece of this.pieces) write(piece);
    this.pieces = [];
    if (this.text !== '') write(this.text);
    this.text = '';
  }

  private encode(): void {
    if (this.text !== '') this.pieces.push(Buffer.from(this.text));
    this.text = '';
  }
}
