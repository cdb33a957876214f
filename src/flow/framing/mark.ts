import type { BadRecord } from '../../base/problem.ts';
import type { Delivery } from './delivery.ts';
import { asBuffer, type HoldingFramer } from './framer.ts';

/** U+FEFF in UTF-8. Some programs put it in front of a text; it is no part of the text. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Passes over the first bytes of an origin, which an earlier run has read, whatever pieces they come in. */
export class WithoutStart implements HoldingFramer {
  private readonly inner: HoldingFramer;
  private left: number;

  /** @param count of bytes. */
  constructor(inner: HoldingFramer, count: number) {
    this.inner = inner;
    this.left = count;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    const count = Math.min(this.left, piece.length);
    this.left -= count;
    return count === piece.length ? undefined : this.inner.push(piece.subarray(count));
  }

  get held(): number {
    return this.inner.held;
  }

  giveUp(problem: BadRecord): void {
    this.inner.giveUp(problem);
  }

  end(): Promise<void> | undefined {
    return this.inner.end();
  }
}

/** Drops the byte-order mark at the start of an origin, whatever pieces it comes in, and leaves the rest to another framer. */
export class WithoutMark implements HoldingFramer {
  private readonly inner: HoldingFramer;
  private readonly delivery: Delivery;
  /** How much of the mark has come; all of it once the start is behind. */
  private seen = 0;

  constructor(inner: HoldingFramer, delivery: Delivery) {
    this.inner = inner;
    this.delivery = delivery;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    if (this.seen === MARK.length) return this.inner.push(piece);
    let at = 0;
    while (this.seen < MARK.length && at < piece.length && piece[at] === MARK[this.seen]) {
      at++;
      this.seen++;
    }
    if (this.seen === MARK.length) {
      this.delivery.leaveOut(MARK.length);
      return at < piece.length ? this.inner.push(piece.subarray(at)) : undefined;
    }
    if (at === piece.length) return undefined;
    // It only began like a mark.
    const start = MARK.subarray(0, this.seen - at);
    this.seen = MARK.length;
    return this.inner.push(start.length === 0 ? piece : Buffer.concat([start, asBuffer(piece)]));
  }

  get held(): number {
    return this.inner.held;
  }

  giveUp(problem: BadRecord): void {
    this.inner.giveUp(problem);
  }

  end(): Promise<void> | undefined {
    const full =
      0 < this.seen && this.seen < MARK.length ? this.inner.push(Buffer.from(MARK.subarray(0, this.seen))) : undefined;
    return this.inner.end() ?? full;
  }
}
