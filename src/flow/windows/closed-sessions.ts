import type { Identity } from '../../base/compare.ts';
import type { MemoryBound } from '../state/memory-bound.ts';

/** About what is kept to remember that a session came out, bytes. */
const BYTES = 64;

interface Closed {
  readonly holder: { readonly id: Identity };
  readonly end: number;
}

/** The ends of sessions that came out, by key, as long as a record may come that would have touched them. */
export class ClosedSessions {
  /** Those that came out first are first. */
  private readonly ends = new Map<Identity, number>();
  private readonly bound: MemoryBound;

  constructor(bound: MemoryBound) {
    this.bound = bound;
  }

  /** @param earliest no record comes that is at this time or before, ms. */
  remember(sessions: readonly Closed[], earliest: number): void {
    const { ends, bound } = this;
    for (const { holder, end } of sessions) {
      if (!ends.delete(holder.id)) bound.add(BYTES);
      ends.set(holder.id, end);
    }
    for (const [id, end] of ends) {
      if (end > earliest) break;
      ends.delete(id);
      bound.add(-BYTES);
    }
  }

  /** Whether a session of a key that came out ended at this time or later. */
  reach(id: Identity, time: number): boolean {
    const end = this.ends.get(id);
    return end !== undefined && end >= time;
  }
}
