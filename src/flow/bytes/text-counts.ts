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
  /** What is counted where changes are told apart, and not yet counted among all. */
  private readonly recent = new TextTable();
  /** What was counted since it was asked for; undefined where nobody asks, or all is as good. */
  private counted: { readonly stretches: Uint8Array[]; texts: number; readonly before: number } | undefined;
  private readonly faster: FasterGrouping<S>;
  private readonly run: RunContext;

  constructor(faster: FasterGrouping<S>, run: RunContext) {
    this.faster = faster;
    this.run = run;
  }

  /** How many groups there are. */
  get size(): number {
    this.settle();
    return this.table.size + (this.total > 0 ? 1 : 0);
  }

  taking(cut: Cut): TakeTexts {
    if (this.faster.countOf === 'each') return this.takingEach(cut);
    const count = textCounter(cut);
    return (lines) => {
      this.add(count(lines));
    };
  }

  /** Counts texts that come one behind the other, each with its count. */
  addTexts(stretch: Uint8Array): void {
    this.orFail(() => (this.counted === undefined ? this.table : this.recent).absorb([stretch]));
  }

  /** Counts so many more, where all are one group. */
  add(records: number): void {
    this.total += records;
  }

  /** Each group, in the order first seen: its key, which is null where all are one group, and its partial. */
  visit(visit: (key: string | null, state: S) => void): void {
    this.settle();
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
    this.settle();
    return { total: this.total, stretches: this.table.stretches() };
  }

  /** What was counted since the last call, where that is known, and less than half of all; what is counted from now on is told apart. */
  news(): CountedTexts | undefined {
    this.settle();
    const { counted, total } = this;
    // What comes into an empty table is all new.
    this.counted = this.size === 0 ? undefined : { stretches: [], texts: 0, before: total };
    return counted && { total: total - counted.before, stretches: counted.stretches };
  }

  /** Adds what was counted in texts that came later. */
  absorb({ total, stretches }: CountedTexts): void {
    this.settle();
    this.counted = undefined;
    this.total += total;
    this.orFail(() => this.table.absorb(stretches));
  }

  clear(): void {
    this.total = 0;
    this.counted = undefined;
    this.table.clear();
    this.recent.clear();
  }

  private takingEach(cut: Cut): TakeTexts {
    const take = this.table.taking(cut);
    const takeRecent = this.recent.taking(cut);
    return (lines) => {
      this.orFail(() => (this.counted === undefined ? take : takeRecent)(lines));
    };
  }

  /** Counts what is recent among all. */
  private settle(): void {
    const { recent, table, counted } = this;
    if (recent.size === 0) return;
    const stretches = recent.stretches();
    if (counted !== undefined) {
      counted.texts += recent.size;
      if (2 * counted.texts > table.size) this.counted = undefined;
      else counted.stretches.push(...stretches.map((stretch) => stretch.slice()));
    }
    this.orFail(() => table.absorb(stretches));
    recent.clear();
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
