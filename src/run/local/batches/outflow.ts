import type { Clock } from '../../../base/clock.ts';

/** What can go out waits for more for so long at most, ms: a reader of our output hardly notices, and writes stay few. */
const LONGEST = 100;

/** While one batch goes on, lets out what waits for nothing: the first record at once, more of them together. */
export class Outflow {
  private readonly clock: Clock;
  private readonly letOut: () => void;
  private last = Number.NEGATIVE_INFINITY;
  private callOff: (() => void) | undefined;

  /** @param letOut lets out all that can go out. */
  constructor(clock: Clock, letOut: () => void) {
    this.clock = clock;
    this.letOut = letOut;
  }

  /** Something was read. */
  arrived(): void {
    if (this.callOff !== undefined) return;
    const due = this.last + LONGEST;
    if (this.clock.now() >= due) this.now();
    else this.callOff = this.clock.at(due, () => this.now());
  }

  /** The batch is over; what it has left goes out with its close. */
  stop(): void {
    this.callOff?.();
    this.callOff = undefined;
  }

  private now(): void {
    this.callOff = undefined;
    this.last = this.clock.now();
    this.letOut();
  }
}
