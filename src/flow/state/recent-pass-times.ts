import type { Value } from '../../base/value.ts';
import type { State } from '../define/snapshot.ts';
import { countsOf } from './columns.ts';
import type { Columns, KeyedState } from './keyed-state.ts';

/** The times (ms) at which records with a key were passed on: all that a record still to come may be too near to. */
export type PassTimes = readonly number[];

/** The times of keys as a list of numbers, and how many each has where that is not one. */
export const passTimes: Columns<PassTimes> = {
  write: (values) => ({
    counts: countsOf(values, ({ length }) => length),
    times: new Float64Array(values.flat()),
  }),
  read(state) {
    const { counts, times } = state as { readonly counts: Int32Array | undefined; readonly times: Float64Array };
    if (counts === undefined) return Array.from(times, (time) => [time]);
    let at = 0;
    return Array.from(counts, (count) => {
      at += count;
      return [...times.subarray(at - count, at)];
    });
  },
};

type RecentState = {
  readonly passed: State;
  readonly swept: number;
};

/** Remembers the times at which records were passed on, as long as one may come that is near to them. */
export class RecentPassTimes {
  private readonly passed: KeyedState<PassTimes>;
  private readonly distance: number;
  private readonly earliest: () => number;
  private swept = Number.NEGATIVE_INFINITY;

  /**
   * @param distance how near to a time of its key a record is not passed on, ms; Infinity where it never is again.
   * @param earliest no record to come has a time before what this gives.
   */
  constructor(passed: KeyedState<PassTimes>, distance: number, earliest: () => number) {
    this.passed = passed;
    this.distance = distance;
    this.earliest = earliest;
  }

  /** Whether no time of the key is near to this one; it is remembered then. */
  isNew(key: Value, time: number): boolean {
    const { passed, distance } = this;
    const times = passed.get(key) ?? [];
    if (!times.every((other) => Math.abs(time - other) >= distance)) return false;
    const before = this.earliest() - distance;
    passed.put(key, [...times.filter((other) => other > before), time]);
    return true;
  }

  /** Forgets what nothing can be near to any more, now and then. */
  sweep(): void {
    const { passed, distance } = this;
    const before = this.earliest() - distance;
    // Half of the distance apart, sweeps cost little for each record that was passed on, and keep little too long.
    if (!Number.isFinite(distance) || before < this.swept + distance / 2) return;
    this.swept = before;
    for (const { key, value } of passed.entries()) {
      const near = value.filter((time) => time > before);
      if (near.length === 0) passed.forget(key);
      else if (near.length < value.length) passed.put(key, near);
    }
  }

  snapshot(onlyChanges?: boolean): State {
    return { passed: this.passed.snapshot(onlyChanges), swept: this.swept } satisfies RecentState;
  }

  parts(size: number): IterableIterator<State> {
    return this.passed.parts(size);
  }

  restorePart(part: State): void {
    this.passed.restore(part);
  }

  restore(state: State): void {
    const { passed, swept } = state as RecentState;
    this.passed.restore(passed);
    this.swept = swept;
  }
}
