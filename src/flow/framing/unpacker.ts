import { createGunzip, type Gunzip } from 'node:zlib';
import type { BadRecord } from '../../base/problem.ts';
import type { Delivery } from './delivery.ts';
import { asBuffer, type HoldingFramer } from './framer.ts';
import { packingOf } from './packing.ts';

/** What zlib's errors mean. */
const REASONS: { readonly [code: string]: string } = {
  Z_BUF_ERROR: 'its gzip data ends too early, after',
  Z_DATA_ERROR: 'its gzip data is damaged within the first',
};

/** Packed data that cannot be unpacked; the message says how far it could, in bytes of what is packed. */
class UnpackError extends Error {
  constructor(error: NodeJS.ErrnoException, taken: number) {
    super(`${REASONS[error.code ?? ''] ?? `${error.message}, within the first`} ${taken} bytes`);
  }
}

/**
 * Unpacks gzip, told by its first bytes, and leaves everything else as it is to another framer. No more of it is held than the piece under
 * way, whatever that unpacks to: each call's promise resolves when its piece is unpacked and handed on. It rejects with an `UnpackError`
 * where that cannot be done: what could be unpacked is handed on, but for some 16 kB in front of a damage, and what still comes is passed over.
 */
export class Unpacker implements HoldingFramer {
  private readonly inner: HoldingFramer;
  private readonly delivery: Delivery;
  private readonly signal: AbortSignal;
  /** The first bytes, while they are too few to tell. */
  private first: Buffer | undefined;
  private gunzip: Gunzip | undefined;
  /** Bytes of packed data so far. */
  private taken = 0;
  private failure: UnpackError | undefined;
  /** What the framer held when the last packed piece came: whoever asks expects a change by calls only, not by the unpacking between them. */
  private heldAtPush = 0;
  /** Who waits for a piece, or for the end; told when it fails. */
  private readonly waiting = new Set<() => void>();

  /**
   * @param delivery told when all is handed on, or broken off.
   * @param signal of the run: where it ends, what has not been unpacked is left.
   * @param isPlain the first bytes are in the midst of what is not packed.
   */
  constructor(inner: HoldingFramer, delivery: Delivery, signal: AbortSignal, isPlain: boolean) {
    this.inner = inner;
    this.delivery = delivery;
    this.signal = signal;
    this.first = isPlain ? undefined : Buffer.alloc(0);
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    if (this.gunzip !== undefined) return this.unpack(this.gunzip, piece);
    if (this.first === undefined) return this.inner.push(piece);
    const bytes = this.first.length === 0 ? asBuffer(piece) : Buffer.concat([this.first, piece]);
    const packing = packingOf(bytes);
    if (packing === 'more') {
      this.first = Buffer.from(bytes);
      return undefined;
    }
    this.first = undefined;
    if (packing === undefined) return this.inner.push(bytes);
    this.gunzip = this.open();
    return this.unpack(this.gunzip, bytes);
  }

  /** The promise is that of what is still to be unpacked. The inbox need not be waited for, since nothing follows. */
  end(): Promise<void> | undefined {
    if (this.gunzip !== undefined) return this.finish(this.gunzip);
    if (this.first !== undefined && this.first.length > 0) this.inner.push(this.first);
    this.close();
    return undefined;
  }

  private close(): void {
    this.inner.end();
    this.delivery.over(this.failure === undefined);
  }

  get held(): number {
    return this.gunzip === undefined ? this.inner.held : this.heldAtPush;
  }

  giveUp(problem: BadRecord): void {
    this.inner.giveUp(problem);
    this.heldAtPush = this.inner.held;
  }

  private open(): Gunzip {
    const gunzip = createGunzip();
    gunzip.on('data', (plain: Buffer) => {
      const full = this.inner.push(plain);
      if (full === undefined) return;
      gunzip.pause();
      void full.then(() => gunzip.resume());
    });
    gunzip.on('error', (error) => {
      this.failure = new UnpackError(error, this.taken);
      for (const tell of this.waiting) tell();
    });
    return gunzip;
  }

  private unpack(gunzip: Gunzip, piece: Uint8Array): Promise<void> | undefined {
    if (this.failure !== undefined || this.signal.aborted) return undefined;
    this.taken += piece.length;
    this.heldAtPush = this.inner.held;
    return new Promise((resolve, reject) => {
      const done = () => {
        this.waiting.delete(done);
        if (this.failure === undefined) resolve();
        else reject(this.failure);
      };
      this.waiting.add(done);
      gunzip.write(Buffer.from(piece), done);
    });
  }

  /** Done when all is handed on, or at once where the run ends. */
  private finish(gunzip: Gunzip): Promise<void> | undefined {
    const { signal } = this;
    if (this.failure !== undefined || signal.aborted) {
      gunzip.destroy();
      this.close();
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const close = () => {
        signal.removeEventListener('abort', close);
        gunzip.removeAllListeners('end').destroy();
        this.close();
        if (this.failure === undefined) resolve();
        else reject(this.failure);
      };
      signal.addEventListener('abort', close);
      this.waiting.add(close);
      gunzip.once('end', close).end();
    });
  }
}
