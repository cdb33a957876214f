/** What a path led to when last looked at. */
interface Place {
  /** Undefined while there is nothing. */
  readonly identity: string | undefined;
  /** The path without links, where a rotation leaves other files. */
  readonly real: string;
}

/** Where the paths of a pattern lead, and whether any leads to a file. */
export class Places {
  private readonly led = new Map<string, Place>();
  /** How many paths lead to a file, by identity. */
  private readonly counts = new Map<string, number>();

  get paths(): Iterable<string> {
    return this.led.keys();
  }

  [Symbol.iterator](): IterableIterator<[string, Place]> {
    return this.led.entries();
  }

  at(path: string): Place | undefined {
    return this.led.get(path);
  }

  /** Whether any path leads to a file. */
  isAtAny(identity: string): boolean {
    return this.counts.has(identity);
  }

  /** A path leads there now. */
  lead(path: string, place: Place): void {
    this.count(this.led.get(path)?.identity, -1);
    this.count(place.identity, 1);
    this.led.set(path, place);
  }

  private count(identity: string | undefined, change: number): void {
    if (identity === undefined) return;
    const count = (this.counts.get(identity) ?? 0) + change;
    if (count > 0) this.counts.set(identity, count);
    else this.counts.delete(identity);
  }
}
