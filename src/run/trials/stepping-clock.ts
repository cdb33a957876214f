import { VirtualClock } from '../../base/clock.ts';

/** So many turns in which nobody sleeps, and nobody is about to. */
const IDLE = 50;

/** A virtual clock that goes on only while somebody sleeps by it, so that no time passes over work that is under way. */
export class SteppingClock extends VirtualClock {
  private readonly due = new Set<{ readonly time: number }>();

  override at(time: number, wake: () => void): () => void {
    const sleep = { time };
    this.due.add(sleep);
    const cancel = super.at(time, () => {
      this.due.delete(sleep);
      wake();
    });
    return () => {
      this.due.delete(sleep);
      cancel();
    };
  }

  /** Wakes the next sleeper after the other, until `condition` holds. */
  async passUntil(condition: () => boolean): Promise<void> {
    while (!condition()) {
      this.step(Number.POSITIVE_INFINITY);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The same up to a time (ms), also where nobody sleeps, which takes some turns to be sure of. */
  async passTo(time: number, condition: () => boolean): Promise<void> {
    for (let idle = 0; !condition() && this.now() < time; ) {
      idle = this.due.size === 0 ? idle + 1 : 0;
      if (idle > IDLE) this.moveTo(time);
      else this.step(time);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** So many ms, at the pace of those who sleep. */
  async pass(ms: number): Promise<void> {
    const end = this.now() + ms;
    while (this.now() < end) {
      this.step(end);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private step(limit: number): void {
    if (this.due.size > 0) this.moveTo(Math.min(limit, ...[...this.due].map((sleep) => sleep.time)));
  }
}
