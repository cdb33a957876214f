interface Entry<T> {
  readonly time: number;
  /** Which comes first of two of one time. */
  readonly rank: number;
  readonly item: T;
}

/** Items by time, the earliest first; of one time those of a lower rank, if they have any: a binary heap. */
export class TimeQueue<T> {
  private readonly entries: Entry<T>[] = [];

  add(time: number, item: T, rank = 0): void {
    const { entries } = this;
    const entry = { time, rank, item };
    let at = entries.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(entry, entries[above]!)) break;
      entries[at] = entries[above]!;
      at = above;
    }
    entries[at] = entry;
  }

  /** Takes the earliest item if its time is `through` or before. */
  take(through: number): T | undefined {
    const { entries } = this;
    const first = entries[0];
    if (first === undefined || first.time > through) return undefined;
    const moved = entries.pop()!;
    if (entries.length > 0) this.sink(moved);
    return first.item;
  }

  /** Puts an entry in place from the top down. */
  private sink(entry: Entry<T>): void {
    const { entries } = this;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= entries.length) break;
      if (below + 1 < entries.length && isBefore(entries[below + 1]!, entries[below]!)) below++;
      if (!isBefore(entries[below]!, entry)) break;
      entries[at] = entries[below]!;
      at = below;
    }
    entries[at] = entry;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.time < b.time || (a.time === b.time && a.rank < b.rank);
}
