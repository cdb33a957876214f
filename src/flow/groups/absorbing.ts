import type { Value } from '../../base/value.ts';
import type { TableSnapshot } from './group-table.ts';

/** Tells of a record, and of a partial, whether any grouping gives the same; all have to pass. */
export interface RegroupingTest<S> {
  readonly record: (record: Value) => boolean;
  readonly state: (state: S) => boolean;
}

/** An aggregation that takes in what others made of records, as if these had come to itself: of a batch, or of a window that the batch is in. */
export interface Absorbing {
  /** Whether functions of the program combine values, see `Aggregate.byProgram`. */
  readonly isByProgram: boolean;
  /**
   * Adds what the groups of later records of the batch are.
   *
   * @param test what each partial that comes of it has to pass, where functions of the program combine them.
   * @returns false, with nothing changed, where the answer might be another one then.
   */
  absorb(later: TableSnapshot<unknown>, test?: RegroupingTest<unknown>): boolean;
}

/** An aggregation that others of its kind can take in: what it made of a part of a batch. */
export interface Parted<S = unknown> extends Absorbing {
  /** Whether all records so far may have been grouped in any way; it and the next are absent where functions of the program are not watched. */
  readonly mayRegroup?: boolean;
  /** Watches from now on whether they may. Called before the first of them. */
  watch?(test: RegroupingTest<S>): void;
  /** What the groups of the open batch are so far, as plain data for another thread. @param byKeys none of it as bytes of texts. */
  soFar(byKeys?: boolean): TableSnapshot<S>;
}

export function isParted<T extends object>(step: T): step is T & Parted {
  return 'soFar' in step;
}

export function isAbsorbing<T extends object>(step: T): step is T & Absorbing {
  return 'absorb' in step;
}
