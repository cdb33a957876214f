import type { Value } from '../../base/value.ts';

/** Before so many changes there is no use in comparing them with all there is. */
const FEW = 1000;

/** What has changed since the last snapshot. */
interface Changed<T> {
  /** Keys that were there and were forgotten; they may be there again. */
  readonly forgotten: readonly Value[];
  /** What was added or put behind all others, in that order, and what was changed otherwise; each once. */
  readonly items: Iterable<T>;
}

/**
 * Remembers what of a stage's state has changed since its last snapshot, or since it went on from one, so that this need not be looked for in all of it.
 * Nothing is remembered before the first snapshot, so that a run without any pays nothing for it, nor once it is more than all there is.
 */
export class Changes<T> {
  private items: Set<T> | undefined;
  private forgotten: Value[] = [];

  /** Whether changes count: for those who would have to look for them. */
  get areNoted(): boolean {
    return this.items !== undefined;
  }

  /** An item was added or changed. @param size how many there are in all. */
  note(item: T, size: number): void {
    if (this.items === undefined) return;
    this.items.add(item);
    this.bound(size);
  }

  /** An item was added, or put behind all others. */
  moved(item: T, size: number): void {
    this.items?.delete(item);
    this.note(item, size);
  }

  /** An item is no longer there. */
  forget(item: T, key: Value, size: number): void {
    if (this.items === undefined) return;
    this.items.delete(item);
    this.forgotten.push(key);
    this.bound(size);
  }

  /** What has changed since the last call, undefined where that is not known; what changes from now on is for the next one. */
  take(): Changed<T> | undefined {
    const { items, forgotten } = this;
    this.items = new Set();
    this.forgotten = [];
    return items && { items, forgotten };
  }

  /** Nothing is remembered up to the next {@link take}. */
  stop(): void {
    this.items = undefined;
    this.forgotten = [];
  }

  private bound(size: number): void {
    const count = this.items!.size + this.forgotten.length;
    if (count > FEW && count > size) this.stop();
  }
}
