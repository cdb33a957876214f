import type { Progress } from '../define/framer.ts';
import type { Split } from '../define/position.ts';
import { PACKING_SIZE, packingOf } from '../packings/packing.ts';

/** How far a stream of bytes was read. */
export type StreamAt = {
  /** Bytes of whole records; of packed data, of what is unpacked. */
  readonly offset: number;
  /** The record that begins there was told of as bad, before its end had come. */
  readonly isPassing?: true | undefined;
  readonly isPacked?: true | undefined;
};

/** The position in a stream of bytes whose first ones say whether it is packed: then it can be read from its start only. */
export abstract class StreamProgress implements Progress {
  readonly from: number;
  readonly skip: number;
  readonly isPassing: boolean;
  private readsFromStart: boolean;
  /** The first bytes, while they are too few to tell; undefined once that is known. */
  private first: Buffer | undefined;

  /** @param at how far it was, where it goes on. @param readsFromStart it is, packed or not. */
  constructor(at: StreamAt | undefined, readsFromStart = false) {
    this.from = at?.offset ?? 0;
    this.isPassing = at?.isPassing === true;
    this.readsFromStart = readsFromStart || at?.isPacked === true;
    this.skip = this.readsFromStart ? this.from : 0;
    this.first = this.from === 0 && !this.readsFromStart ? Buffer.alloc(0) : undefined;
  }

  /** Which of the bytes is the first that the framer is given. */
  get begin(): number {
    return this.readsFromStart ? 0 : this.from;
  }

  /** The next bytes are about to be given to the framer. */
  see(bytes: Buffer): void {
    if (this.first === undefined) return;
    const first = Buffer.concat([this.first, bytes.subarray(0, PACKING_SIZE)]);
    const packing = packingOf(first);
    this.first = packing === 'more' ? first : undefined;
    this.readsFromStart = packing !== undefined && packing !== 'more';
  }

  abstract behind(offset: number, isPassing: boolean): Split;

  abstract over(isWhole: boolean): Split | undefined;

  protected at(offset: number, isPassing: boolean): StreamAt {
    return { offset, isPassing: isPassing || undefined, isPacked: this.readsFromStart || undefined };
  }
}
