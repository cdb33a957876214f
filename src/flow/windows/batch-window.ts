import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { KnownOrigins, Refit, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import type { RunEnd, Step } from '../define/step.ts';
import type { WindowSpec } from '../define/window-spec.ts';
import { asPart } from '../state/parts.ts';

export type BatchWindowSpec = Extract<WindowSpec, { kind: 'batches' }>;

interface Remembered {
  readonly reached: number;
  readonly hadRecords: boolean;
  readonly hasFresh: boolean;
  readonly panes: State;
}

/**
 * When a window over batches comes out, and what it holds then; how records are kept is the matter of those that extend this.
 *
 *     window(6s, 4s), batches of 1s: panes end at multiples of 2s, the greatest that divides both
 *
 *     tick     0   1   2   3   4   5   6   7   8   9  10  11  12
 *     panes    ├───────┼───────┼───────┼───────┼───────┼───────┤
 *     at 4     ────────────────┤
 *     at 8             ├───────────────────────┤
 *     at 12                            ├───────────────────────┤
 *
 * Batches are never skipped, and every tick is told by `close` or `advance`, so what is open at the end of a pane is that pane.
 * A stream that gives nothing at a tick (a window that was empty) still tells its time by `advance`.
 */
export abstract class BatchWindow implements Step {
  protected readonly run: RunContext;
  protected readonly down: Step;
  private readonly length: number;
  /** Undefined where every emission that comes in gives one. */
  private readonly slide: number | undefined;
  /** How long a pane is; undefined where each emission is one. */
  private readonly pane: number | undefined;
  /** The last tick that was told. */
  private reached = Number.NEGATIVE_INFINITY;
  /** Whether the window before had records: then one without any comes out. */
  private hadRecords = false;
  /** Whether there are records that no window has given out and a later one will. */
  private hasFresh = false;

  constructor(spec: BatchWindowSpec, run: RunContext, down: Step) {
    this.run = run;
    this.down = down;
    this.length = spec.length;
    this.slide = spec.slide;
    this.pane = spec.slide === undefined ? undefined : greatestCommonDivisor(spec.length, spec.slide);
  }

  snapshot(onlyChanges = false): State {
    const { reached, hadRecords, hasFresh } = this;
    return { reached, hadRecords, hasFresh, panes: this.snapshotOfPanes(onlyChanges) };
  }

  parts(size: number): IterableIterator<State> {
    return this.partsOfPanes(size);
  }

  restore(state: State, _origins?: KnownOrigins, refit?: Refit): void {
    const part = asPart(state);
    if (part !== undefined) {
      this.restorePart(part.partOf, part.part, refit);
      return;
    }
    const { reached, hadRecords, hasFresh, panes } = state as unknown as Remembered;
    this.reached = reached;
    this.hadRecords = hadRecords;
    this.hasFresh = hasFresh;
    this.restorePanes(panes, refit);
  }

  /** What is kept of the records of the open pane and those before it, see `Remembering`. */
  protected abstract snapshotOfPanes(onlyChanges: boolean): State;
  protected abstract restorePanes(state: State, refit?: Refit): void;
  /** The same part by part. */
  protected abstract partsOfPanes(size: number): IterableIterator<State>;
  protected abstract restorePart(partOf: string, part: State, refit?: Refit): void;
  /** A record of the open pane. */
  abstract push(record: Value): void;
  /** What is open becomes the pane that ends at `end`, and returns whether it has records; without an end it is forgotten. */
  protected abstract seal(end: number | undefined): boolean;
  /** Forgets the panes that end at `through` or before. */
  protected abstract leave(through: number): void;
  /** Whether no pane has records. */
  protected abstract get isEmpty(): boolean;
  /** Whether the open pane has records. */
  protected abstract get hasOpen(): boolean;
  /** Pushes what the window became. */
  protected abstract give(span: Span): void;

  close(span: Span): void {
    this.reach(span.end, span.time, span.partial);
  }

  advance(through: number): void {
    // Without a slide of its own a window knows no tick but those of the emissions.
    if (this.slide !== undefined) this.reach(through, through, false);
    this.down.advance(through);
  }

  due(tick: number): number | undefined {
    const { slide, pane } = this;
    if (slide === undefined || pane === undefined)
      return this.isEmpty && !this.hadRecords && !this.hasOpen ? undefined : tick;
    // What is open belongs to the pane that it came in.
    if (this.hasOpen) return nextMultiple(tick, pane);
    return this.isEmpty && !this.hadRecords ? undefined : nextMultiple(tick, slide);
  }

  finish(end: RunEnd): void {
    const { slide, pane, reached } = this;
    if (slide !== undefined && pane !== undefined && Number.isFinite(reached) && reached % slide !== 0) {
      if (reached % pane !== 0) this.sealUpTo(nextMultiple(reached, pane), slide);
      if (this.hasFresh || (end.isLook === true && !this.isEmpty))
        this.fire(nextMultiple(reached, slide), end.time, true);
    }
    this.down.finish(end);
  }

  private reach(end: number, time: number, partial: boolean): void {
    if (end <= this.reached) return;
    this.reached = end;
    const { slide, pane } = this;
    if (slide === undefined || pane === undefined) {
      this.seal(end);
      this.fire(end, time, partial);
      return;
    }
    if (end % pane === 0) this.sealUpTo(end, slide);
    if (end % slide === 0) this.fire(end, time, partial);
  }

  private sealUpTo(end: number, slide: number): void {
    const isInGap = end <= nextMultiple(end, slide) - this.length;
    if (this.seal(isInGap ? undefined : end)) this.hasFresh = true;
  }

  private fire(end: number, time: number, partial: boolean): void {
    this.leave(end - this.length);
    const hasRecords = !this.isEmpty;
    if (hasRecords || this.hadRecords) {
      const span = { time, start: end - this.length, end, partial };
      this.give(span);
      this.down.close(span);
    }
    this.hadRecords = hasRecords;
    this.hasFresh = false;
    // What the next window does not hold goes now, so that windows that do not overlap keep nothing between them.
    if (this.slide !== undefined) this.leave(end + this.slide - this.length);
  }
}

/** The first multiple of `unit` at or behind `time`. */
export function nextMultiple(time: number, unit: number): number {
  return Math.ceil(time / unit) * unit;
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
