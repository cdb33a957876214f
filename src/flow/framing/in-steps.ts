import { setImmediate } from 'node:timers/promises';
import type { Framer } from '../define/framer.ts';
import { orAbort } from '../input/reading.ts';

/** What is given at a time, bytes: so many records at most are made of it before the inbox is asked again. */
const STEP = 128 * 1024;
/** After so many steps timers and signals have their turn. */
const BETWEEN_TURNS = 8;

/**
 * Gives another framer what came as a whole in steps, each when there is room for what the one before was made of: 16 MB of empty records are 16 million, of which
 * no more are held than the inbox takes. What comes in one step, as nearly all does, goes its way at once.
 *
 * Calls give a promise that resolves when all of it is handed on. Where the run ends, all that was taken is handed on without waiting any more.
 */
export class InSteps implements Framer {
  private readonly inner: Framer;
  private readonly signal: AbortSignal;
  /** What is taken and not handed on yet. */
  private doing: Promise<void> | undefined;

  constructor(inner: Framer, signal: AbortSignal) {
    this.inner = inner;
    this.signal = signal;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    if (this.doing === undefined && piece.length <= STEP) return this.inner.push(piece);
    // The bytes are the caller's again after the call.
    const bytes = Uint8Array.prototype.slice.call(piece);
    return this.next(() => this.give(bytes));
  }

  end(): Promise<void> | undefined {
    return this.doing === undefined ? this.inner.end() : this.next(async () => this.inner.end());
  }

  private async give(bytes: Uint8Array): Promise<void> {
    const { inner, signal } = this;
    for (let at = 0, steps = 1; at < bytes.length; at += STEP, steps++) {
      await orAbort(inner.push(bytes.subarray(at, at + STEP)), signal);
      if (steps % BETWEEN_TURNS === 0 && !signal.aborted) await setImmediate();
    }
  }

  /** Does something behind what is being done. */
  private next(act: () => Promise<void>): Promise<void> {
    const done = (this.doing ?? Promise.resolve()).then(act);
    this.doing = done;
    const over = () => {
      if (this.doing === done) this.doing = undefined;
    };
    done.then(over, over);
    return done;
  }
}
