import type { BadRecord } from '../../base/problem.ts';
import { packingOf } from '../packings/packing.ts';
import type { Delivery } from './delivery.ts';
import { asBuffer, type HoldingFramer } from './framer.ts';
import { PackedFramer } from './packed-framer.ts';

interface Options {
  /** The first bytes are in the midst of what is not packed. */
  readonly isPlain: boolean;
  /** Only gzip is unpacked, and everything else is text: of what others send, since the rest may want much memory, and of files that grow. */
  readonly isGzipOnly: boolean;
}

/**
 * Unpacks what is packed, told by its first bytes, and leaves everything else as it is to another framer; what is no text by those bytes is
 * refused. See {@link PackedFramer} for what then becomes of calls.
 */
export class Unpacker implements HoldingFramer {
  private readonly inner: HoldingFramer;
  private readonly delivery: Delivery;
  private readonly signal: AbortSignal;
  private readonly isGzipOnly: boolean;
  /** The first bytes, while they are too few to tell. */
  private first: Buffer | undefined;
  private packed: HoldingFramer | undefined;

  /**
   * @param delivery told when all is handed on, or broken off.
   * @param signal of the run: where it ends, what has not been unpacked is left.
   */
  constructor(inner: HoldingFramer, delivery: Delivery, signal: AbortSignal, { isPlain, isGzipOnly }: Options) {
    this.inner = inner;
    this.delivery = delivery;
    this.signal = signal;
    this.isGzipOnly = isGzipOnly;
    this.first = isPlain ? undefined : Buffer.alloc(0);
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    if (this.packed !== undefined) return this.packed.push(piece);
    if (this.first === undefined) return this.inner.push(piece);
    const bytes = this.first.length === 0 ? asBuffer(piece) : Buffer.concat([this.first, piece]);
    const found = packingOf(bytes);
    const packing = this.isGzipOnly && found !== 'gzip' && found !== 'more' ? undefined : found;
    if (packing === 'more') {
      this.first = Buffer.from(bytes);
      return undefined;
    }
    this.first = undefined;
    if (packing === undefined) return this.inner.push(bytes);
    this.packed = new PackedFramer(this.inner, this.delivery, this.signal, packing);
    return this.packed.push(bytes);
  }

  /** The promise is that of what is still to be unpacked. The inbox need not be waited for, since nothing follows. */
  end(): Promise<void> | undefined {
    if (this.packed !== undefined) return this.packed.end();
    if (this.first !== undefined && this.first.length > 0) this.inner.push(this.first);
    this.inner.end();
    this.delivery.over(true);
    return undefined;
  }

  get held(): number {
    return (this.packed ?? this.inner).held;
  }

  giveUp(problem: BadRecord): void {
    (this.packed ?? this.inner).giveUp(problem);
  }
}
