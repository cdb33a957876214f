interface Entry<T> {
  readonly time: number;
  readonly item: T;
}

/** Items by time, the earliest first: a binary heap. */
export class TimeQueue<T> {
  private readonly entries: Entry<T>[] = [];

  add(time: number, item: T): void {
    const { entries } = this;
    let at = entries.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (entries[above]!.time <= time) break;
      entries[at] = entries[above]!;
      at = above;
    }
    entries[at] = { time, item };
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
      if (below + 1 < entries.length && entries[below + 1]!.time < entries[below]!.time) below++;
      if (entries[below]!.time >= entry.time) break;
      entries[at] = entries[below]!;
      at = below;
    }
    entries[at] = entry;
  }
}
