import type { Value } from '../../base/value.ts';
import type { Remembering } from '../define/snapshot.ts';
import { randomAt } from './random.ts';

/** A record that was chosen, and its number in the run. */
interface Chosen {
  readonly number: number;
  readonly record: Value;
}

interface Remembered {
  readonly chosen: Chosen[];
  readonly seen: number;
  readonly before: number;
}

/**
 * So many of the records of each batch, each as likely as any other: Vitter's algorithm R ("Random sampling with a reservoir", 1985). Of the
 * first k records each stands in one of n places with the probability n ÷ k; the next one comes in with n ÷ (k + 1), in a place by chance.
 */
export class Reservoir {
  private chosen: Chosen[] = [];
  /** How many records of the open batch there were, and how many in all batches before. */
  private seen = 0;
  private before = 0;
  private readonly size: number;
  private readonly seed: number;

  /** @param size how many are kept, 1 or more. */
  constructor(size: number, seed: number) {
    this.size = size;
    this.seed = seed;
  }

  readonly memory: Remembering = {
    snapshot: () => ({ chosen: this.chosen, seen: this.seen, before: this.before }) as never,
    restore: (state) => {
      const { chosen, seen, before } = state as unknown as Remembered;
      this.chosen = chosen;
      this.seen = seen;
      this.before = before;
    },
  };

  add(record: Value): void {
    const number = this.before + this.seen++;
    if (this.chosen.length < this.size) {
      this.chosen.push({ number, record });
      return;
    }
    const place = Math.floor(randomAt(this.seed, number) * this.seen);
    if (place < this.size) this.chosen[place] = { number, record };
  }

  /** Those of the batch, which is over, in their order; begins the next one. */
  take(): readonly Value[] {
    const taken = this.chosen.sort((a, b) => a.number - b.number).map(({ record }) => record);
    this.chosen = [];
    this.before += this.seen;
    this.seen = 0;
    return taken;
  }
}
