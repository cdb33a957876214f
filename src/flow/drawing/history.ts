import type { Point } from './points.ts';

/** Of so many keys at most the last values are kept; of more, those that were silent longest are forgotten. */
const MOST_KEYS = 1000;

/** The last values of each key, emission by emission. */
export class History {
  private readonly length: number;
  private readonly values = new Map<string, (number | null)[]>();
  /** Emissions so far. */
  private count = 0;

  /** @param length how many emissions are kept. */
  constructor(length: number) {
    this.length = length;
  }

  /** The keys that have a value among the last emissions, in the order first seen. */
  get keys(): readonly string[] {
    return [...this.values.keys()];
  }

  /** How many of the last emissions there are values of. */
  get size(): number {
    return Math.min(this.count, this.length);
  }

  /** One emission. Where a key occurs several times, the last counts. */
  add(points: readonly Point[]): void {
    this.count++;
    const fresh = new Map(points.map(({ key, value }) => [key, value]));
    for (const [key, values] of this.values) {
      values.push(fresh.get(key) ?? null);
      fresh.delete(key);
      if (values.length > this.length) values.shift();
      if (values.every((value) => value === null)) this.values.delete(key);
    }
    for (const [key, value] of fresh) {
      if (this.values.size >= MOST_KEYS) break;
      if (value !== null) this.values.set(key, [...Array<null>(this.size - 1).fill(null), value]);
    }
  }

  /** The last values of a key, the newest last; null for emissions without it. */
  of(key: string): readonly (number | null)[] {
    return this.values.get(key) ?? [];
  }
}
