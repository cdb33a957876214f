import type { Clock } from '../../flow/batch/clock.ts';

/** How long work may go on before timers, signals and other inputs get their turn, ms. */
const LONGEST = 8;

/** Watches that work does not hold the event loop for long. */
export class Turn {
  private readonly clock: Clock;
  private start = 0;
  private next: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** A promise of the next turn of the event loop, where work has gone on for long enough in this one. */
  over(): Promise<void> | undefined {
    if (this.next === undefined) {
      this.start = this.clock.now();
      this.next = new Promise((resolve) => {
        setImmediate(() => {
          this.next = undefined;
          resolve();
        });
      });
    }
    return this.clock.now() - this.start < LONGEST ? undefined : this.next;
  }
}
