import type { State } from '../../../flow/define/snapshot.ts';
import { greatestCommonDivisor, nextMultiple } from '../../../flow/windows/batch-window.ts';
import { type Plan, windowSpecOf } from '../../../query/plan/plan.ts';

/** The next window by time of arrival that will come out. */
export interface NextWindow {
  /** The tick at which it does, ms. */
  readonly end: number;
  /** How many records were read so far in the time that it holds. */
  readonly records: number;
}

type Mark = {
  readonly tick: number;
  /** Records read in all, up to there. */
  readonly records: number;
};

type Known = {
  readonly read: number;
  /** Of each window. */
  readonly marks: readonly (readonly Mark[])[];
};

/**
 * Knows which window comes out next, where none does with every batch, so that somebody who waits for it can be told.
 *
 *     window(30s, 10s)     marks    |         |         |         |  ·now
 *                                              └─────── 30 s ─────────────┤ next
 */
export class WindowClock {
  /** How many were read before those that are counted now. */
  private readBefore = 0;
  private readonly interval: number;
  private readonly windows: readonly { readonly length: number; readonly slide: number; marks: Mark[] }[];

  /** @param interval of batches, ms. */
  constructor(plan: Plan, interval: number) {
    this.interval = interval;
    this.windows = plan.nodes.flatMap((node) => {
      const spec = windowSpecOf(node);
      if (spec?.kind !== 'batches' || spec.slide === undefined || spec.slide <= interval) return [];
      return [{ length: spec.length, slide: spec.slide, marks: [] }];
    });
  }

  /** A batch is over. @param records read so far in all. */
  passTick(tick: number, records: number): void {
    for (const { length, slide, marks } of this.windows) {
      if (tick % greatestCommonDivisor(length, slide) !== 0) continue;
      marks.push({ tick, records: this.readBefore + records });
      const start = nextMultiple(tick + this.interval, slide) - length;
      while (marks.length > 1 && marks[1]!.tick <= start) marks.shift();
    }
  }

  /** What it knows of the windows that are open, so that they are told with all that they hold. @param records read so far in all. */
  snapshot(records: number): State {
    return { read: this.readBefore + records, marks: this.windows.map(({ marks }) => [...marks]) } satisfies Known;
  }

  /** Goes on from there. Records are counted anew. */
  restore(state: State): void {
    const { read, marks } = state as Known;
    this.readBefore = read;
    for (const [i, window] of this.windows.entries()) window.marks = [...marks[i]!];
  }

  /** @param batchEnd the tick that closes the batch under way, ms. @param records read so far in all. */
  next(batchEnd: number, records: number): NextWindow | undefined {
    const nexts = this.windows.map(({ length, slide, marks }) => {
      const end = nextMultiple(batchEnd, slide);
      const start = end - length;
      // With a slide longer than the length there are batches that no window holds.
      if (batchEnd <= start) return { end, records: 0 };
      const before = marks.findLast(({ tick }) => tick <= start);
      return { end, records: this.readBefore + records - (before?.records ?? 0) };
    });
    return nexts.reduce<NextWindow | undefined>(
      (first, next) => (first && first.end <= next.end ? first : next),
      undefined,
    );
  }
}
