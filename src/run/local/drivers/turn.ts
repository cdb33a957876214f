import type { Clock } from '../../../base/clock.ts';

/** How long work may go on before timers, signals and other inputs get their turn, ms. */
const LONGEST = 8;
/** The same while a result is on its way out: a pipe takes 64 kB of it in each turn. */
const SHORT = 1;
/** For so long, ms, a result that is on its way out has all turns: most readers have taken it by then, and slow ones must not keep work waiting. */
const FIRST = 20;

/** Watches that work does not hold the event loop for long. */
export class Turn {
  private readonly clock: Clock;
  private start = 0;
  private next: Promise<void> | undefined;
  private resultAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** A result was written. */
  resultCame(): void {
    this.resultAt = this.clock.now();
  }

  /** A promise of the next turn of the event loop, where work has gone on for long enough in this one. @param isWriting a result is on its way out. */
  over(isWriting = false): Promise<void> | undefined {
    if (this.next === undefined) {
      this.start = this.clock.now();
      this.next = new Promise((resolve) => {
        setImmediate(() => {
          this.next = undefined;
          resolve();
        });
      });
    }
    const now = this.clock.now();
    if (isWriting && now - this.resultAt < FIRST) return this.next;
    return now - this.start < (isWriting ? SHORT : LONGEST) ? undefined : this.next;
  }
}
