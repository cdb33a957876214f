import type { Ground } from '../../../flow/define/ground.ts';

/** What all follows from that is given between two records of how far the sources had come. */
class Stretch implements Ground {
  kept: Promise<void> | undefined;
  /** Something was given that is to go out. */
  isStoodOn = false;
  private readonly write: (stretch: Stretch) => Promise<void>;

  constructor(write: (stretch: Stretch) => Promise<void>) {
    this.write = write;
  }

  written(): Promise<void> {
    return this.kept ?? this.write(this);
  }
}

/**
 * What results follow from that cannot be taken back. Those of a batch that is over follow from what was written down of it; those that go out while
 * it is open from how far the sources had come by then, which is written down first, once for all that waits.
 *
 *     read  ─────────────────────────────────── tick ──── read ──
 *     given   64 KB       64 KB    10 KB        │ results   …
 *             └ written down: open so far ┘     └ written down: the batch
 */
export class Grounds {
  /** Writes down how far the sources have come. */
  keep: () => Promise<void> = () => Promise.resolve();
  /** A promise while the run keeps what it is in: what follows is written down behind that. */
  keeping: () => Promise<void> | undefined = () => undefined;
  private current = this.next();

  /** What that follows from which is given now. */
  now(): Ground {
    this.current.isStoodOn = true;
    return this.current;
  }

  /** All that was given so far, and is up to {@link end}, follows from what `kept` writes down. */
  begin(kept: Promise<void>): void {
    this.current.kept = kept;
  }

  end(): void {
    if (this.current.kept !== undefined) this.current = this.next();
  }

  /** Writes down at once what was given follows from, where that was not done yet. */
  settle(): void {
    const { current } = this;
    if (!current.isStoodOn || current.kept !== undefined) return;
    current.kept = this.keep();
    current.kept.catch(() => {});
    this.current = this.next();
  }

  private next(): Stretch {
    return new Stretch((stretch) => this.write(stretch));
  }

  /** A stretch that is not written down is the current one. */
  private async write(stretch: Stretch): Promise<void> {
    // A piece of input that is being worked on is taken as a whole.
    await undefined;
    for (let wait = this.keeping(); wait !== undefined && stretch.kept === undefined; wait = this.keeping()) await wait;
    if (stretch.kept === undefined) this.settle();
    await stretch.kept;
  }
}
