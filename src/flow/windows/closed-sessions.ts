import type { Identity } from '../../base/compare.ts';
import type { State } from '../define/snapshot.ts';
import { Changes } from '../state/changes.ts';
import { doublesOf } from '../state/columns.ts';
import type { MemoryBound } from '../state/memory-bound.ts';
import { stretchesOf } from '../state/parts.ts';

/** About what is kept to remember that a session came out, bytes. */
const BYTES = 64;

interface Closed {
  readonly holder: { readonly id: Identity };
  readonly end: number;
}

type ClosedState = {
  /** Whether they are all there are; else those that came out since the snapshot before. */
  readonly isWhole: boolean;
  readonly ids: readonly Identity[];
  readonly ends: Float64Array;
  readonly earliest: number;
};

/** The ends of sessions that came out, by key, as long as a record may come that would have touched them. */
export class ClosedSessions {
  /** Those that came out first are first. */
  private readonly ends = new Map<Identity, number>();
  private readonly bound: MemoryBound;
  private readonly changes = new Changes<Identity>();
  private earliest = Number.NEGATIVE_INFINITY;

  constructor(bound: MemoryBound) {
    this.bound = bound;
  }

  /** @param earliest no record comes that is at this time or before, ms. */
  remember(sessions: readonly Closed[], earliest: number): void {
    for (const { holder, end } of sessions) this.add(holder.id, end);
    this.forget(earliest);
  }

  /** Whether a session of a key that came out ended at this time or later. */
  reach(id: Identity, time: number): boolean {
    const end = this.ends.get(id);
    return end !== undefined && end >= time;
  }

  snapshot(onlyChanges = false): State {
    const changed = this.changes.take();
    const isWhole = !onlyChanges || changed === undefined;
    return this.write(isWhole ? this.ends.keys() : changed.items, isWhole);
  }

  /** See `Remembering`. What came out once more while it goes on comes again, behind all others. */
  *parts(size: number): IterableIterator<State> {
    for (const { items } of stretchesOf(this.ends.keys(), size)) yield this.write(items, false);
  }

  private write(some: Iterable<Identity>, isWhole: boolean): State {
    const ids = [...some].filter((id) => this.ends.has(id));
    const ends = doublesOf(ids, (id) => this.ends.get(id)!);
    return { isWhole, ids, ends, earliest: this.earliest } satisfies ClosedState;
  }

  restore(state: State): void {
    const { isWhole, ids, ends, earliest } = state as ClosedState;
    this.changes.stop();
    if (isWhole) this.forget(Number.POSITIVE_INFINITY);
    for (const [i, id] of ids.entries()) this.add(id, ends[i]!);
    this.forget(earliest);
    this.changes.take();
  }

  private add(id: Identity, end: number): void {
    const { ends, changes } = this;
    if (!ends.delete(id)) this.bound.add(BYTES);
    ends.set(id, end);
    changes.moved(id, ends.size);
  }

  private forget(earliest: number): void {
    this.earliest = earliest;
    for (const [id, end] of this.ends) {
      if (end > earliest) break;
      this.ends.delete(id);
      this.bound.add(-BYTES);
    }
  }
}
