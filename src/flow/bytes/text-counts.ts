import { RunFailure } from '../../base/problem.ts';
import type { RunContext } from '../define/context.ts';
import type { TakeTexts } from '../define/faster.ts';
import type { FasterGrouping } from '../define/grouping.ts';
import type { Cut } from '../define/text-form.ts';
import { textCounter } from './count-texts.ts';
import { TextTable } from './text-table.ts';

/** What {@link TextCounts} counted: how many texts of one group, or each text with its count (see TextTable). */
export type CountedTexts = {
  readonly total: number;
  readonly stretches: readonly Uint8Array[];
};

/** The groups of texts that are still bytes, where it matters only how many there were: what stands beside a table of records. */
export class TextCounts<S> {
  private readonly table = new TextTable();
  private total = 0;
  private readonly faster: FasterGrouping<S>;
  private readonly run: RunContext;

  constructor(faster: FasterGrouping<S>, run: RunContext) {
    this.faster = faster;
    this.run = run;
  }

  /** How many groups there are. */
  get size(): number {
    return this.table.size + (this.total > 0 ? 1 : 0);
  }

  taking(cut: Cut): TakeTexts {
    if (this.faster.countOf === 'each') return this.takingEach(cut);
    const count = textCounter(cut);
    return (lines) => {
      this.add(count(lines));
    };
  }

  /** Counts so many more, where all are one group. */
  add(records: number): void {
    this.total += records;
  }

  /** Each group, in the order first seen: its key, which is null where all are one group, and its partial. */
  visit(visit: (key: string | null, state: S) => void): void {
    const { faster, total } = this;
    if (total > 0) visit(null, faster.partial(total));
    this.table.visit((text, count) => visit(text, faster.partial(count)));
  }

  /** What was counted so far, as plain data that another thread can be given. */
  soFar(): CountedTexts {
    const { total, stretches } = this.snapshot();
    return { total, stretches: stretches.map((stretch) => stretch.slice()) };
  }

  /** The same, lent: good until the next call. */
  snapshot(): CountedTexts {
    return { total: this.total, stretches: this.table.stretches() };
  }

  /** Adds what was counted in texts that came later. */
  absorb({ total, stretches }: CountedTexts): void {
    this.total += total;
    this.orFail(() => this.table.absorb(stretches));
  }

  clear(): void {
    this.total = 0;
    this.table.clear();
  }

  private takingEach(cut: Cut): TakeTexts {
    const take = this.table.taking(cut);
    return (lines) => {
      this.orFail(() => take(lines));
    };
  }

  private orFail(count: () => void): void {
    try {
      count();
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      // What was counted is no answer any more; the run ends before it could come out.
      this.run.fail(
        new RunFailure(
          'too-many-texts',
          1,
          'the different texts of one batch need more than the 4 GB there are for them',
          'make the batch shorter, or take out what makes texts differ before they are counted',
        ),
      );
    }
  }
}

/** A kernel traps where memory cannot grow. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === 'RuntimeError';
}
