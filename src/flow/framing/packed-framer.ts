import type { BadRecord } from '../../base/problem.ts';
import { foreignText } from '../packings/foreign.ts';
import type { Kind, Packing } from '../packings/packing.ts';
import { UnpackFault, type Unpacking } from '../packings/stepped.ts';
import { openUnpacking } from '../packings/unpacking.ts';
import type { Delivery } from './delivery.ts';
import { asBuffer, type HoldingFramer } from './framer.ts';

/** Packed data that cannot be unpacked; the message says how far it could, in bytes of what is packed. */
class UnpackError extends Error {
  constructor(packing: Packing, { kind, message }: UnpackFault, taken: number) {
    const why = kind === 'torn' ? 'ends too early, after' : 'is damaged within the first';
    super(kind === 'other' ? message : `its ${packing} data ${why} ${taken} bytes`);
  }
}

/**
 * Unpacks data and leaves it to another framer. No more of it is held than the piece under way, whatever that unpacks to: each call's promise
 * resolves when its piece is unpacked and handed on. It rejects with an error that says why where that cannot be done: what could be unpacked
 * is handed on, but for some 16 kB in front of a damage in gzip, and what still comes is passed over. So is all of what is no text.
 */
export class PackedFramer implements HoldingFramer {
  private readonly inner: HoldingFramer;
  private readonly delivery: Delivery;
  private readonly signal: AbortSignal;
  private readonly kind: Kind;
  private unpacking: Unpacking | undefined;
  /** Bytes of packed data so far. */
  private taken = 0;
  private failure: Error | undefined;
  /** Pieces are unpacked one after the other. */
  private doing: Promise<void> = Promise.resolve();
  /** What the framer held when the last packed piece came: whoever asks expects a change by calls only, not by the unpacking between them. */
  private heldAtPush: number;

  /**
   * @param delivery told when all is handed on, or broken off.
   * @param signal of the run: where it ends, what has not been unpacked is left.
   */
  constructor(inner: HoldingFramer, delivery: Delivery, signal: AbortSignal, kind: Kind) {
    this.inner = inner;
    this.delivery = delivery;
    this.signal = signal;
    this.kind = kind;
    this.heldAtPush = inner.held;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    if (this.failure !== undefined || this.signal.aborted) return undefined;
    this.unpacking ??= this.open(asBuffer(piece));
    const { unpacking } = this;
    if (unpacking === undefined) return Promise.reject(this.failure);
    this.taken += piece.length;
    this.heldAtPush = this.inner.held;
    const bytes = Buffer.from(piece);
    return this.next(() => unpacking.take(bytes));
  }

  /** Done when all is handed on, or at once where the run ends. */
  end(): Promise<void> | undefined {
    const { signal, unpacking } = this;
    if (unpacking === undefined || this.failure !== undefined || signal.aborted) {
      this.close();
      return undefined;
    }
    return new Promise((resolve, reject) => {
      let isOver = false;
      const close = () => {
        if (isOver) return;
        isOver = true;
        signal.removeEventListener('abort', close);
        this.close();
        if (this.failure === undefined) resolve();
        else reject(this.failure);
      };
      signal.addEventListener('abort', close);
      void this.next(() => unpacking.end()).then(close, close);
    });
  }

  get held(): number {
    return this.heldAtPush;
  }

  giveUp(problem: BadRecord): void {
    this.inner.giveUp(problem);
    this.heldAtPush = this.inner.held;
  }

  /** @param first the bytes that said of what kind it is. @returns undefined where it cannot be unpacked. */
  private open(first: Buffer): Unpacking | undefined {
    try {
      if (this.kind === 'foreign') throw new UnpackFault('other', foreignText(first));
      return openUnpacking(this.kind, (plain) => this.inner.push(plain));
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  private close(): void {
    this.unpacking?.close();
    this.inner.end();
    this.delivery.over(this.failure === undefined);
  }

  private fail(error: unknown): void {
    this.failure =
      error instanceof UnpackFault && this.kind !== 'foreign'
        ? new UnpackError(this.kind, error, this.taken)
        : (error as Error);
  }

  /** Does something behind what is being done; rejects where it, or what was in front of it, fails. */
  private next(act: () => Promise<void>): Promise<void> {
    const done = this.doing.then(async () => {
      if (this.failure === undefined && !this.signal.aborted) await act().catch((error: unknown) => this.fail(error));
      if (this.failure !== undefined) throw this.failure;
    });
    this.doing = done.catch(() => {});
    return done;
  }
}
