/** How far the stages in event time are. It asks them only when somebody looks on. */
export class EventProgress {
  /** How to ask the stages how far they are. */
  private readonly followed: (() => number)[] = [];
  /** How to ask windows when the first of them is over. */
  private readonly awaited: (() => number | undefined)[] = [];

  follow(reached: () => number): void {
    this.followed.push(reached);
  }

  awaitWindow(end: () => number | undefined): void {
    this.awaited.push(end);
  }

  /** Of several stages, that of the one that is least far, ms; undefined where none has begun, or there is none. */
  get watermark(): number | undefined {
    const least = Math.min(...this.followed.map((reached) => reached()));
    return Number.isFinite(least) ? least : undefined;
  }

  /** The end of the first window that is open, ms. */
  get nextWindow(): number | undefined {
    const ends = this.awaited.flatMap((end) => end() ?? []);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }
}
