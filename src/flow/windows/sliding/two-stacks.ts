import type { State } from '../../define/snapshot.ts';
import { Sliding } from './sliding.ts';

/** A merge is kept after each fourth of the rows that are left. */
const STRIDE = 4;

const NO_SUFFIXES: readonly never[] = [];

/** The merge of the front's newest rows. */
interface Suffix<S> {
  /** How many. */
  readonly rows: number;
  readonly merged: S;
}

/** A list, since there is one of each group. `merged` is undefined where all rows are in front. */
type Remembered<S> = readonly [front: number, merged: S | undefined, suffixes: readonly Suffix<S>[]];

/**
 * For any aggregate, since it needs `merge` alone: two stacks.
 *
 *     row       1   2   3   4   5   6   7   8    │    9      10      11
 *     front     ├───────────── all ─────────┤    │                            merges of rows with all that follow in front
 *                   ├───────── 2…8 ─────────┤    │
 *                           ├─ 4…8 ─────────┤    │
 *                                   ├─ 6…8 ─┤    │
 *     back                                       │  merged 9…11               one merge that grows
 *
 *     all = the longest of the front + merged    two merges, wherever the border is
 *     a row comes     it goes into merged
 *     row 1 goes      2…8 is there already
 *     row 2 goes      3…8 is found from row 3 and 4…8
 *     front empty     the whole back becomes the front, and its merges are found anew
 *
 * Merges can be large where the partials of single panes are small (counters of different values, lists that a program builds), so
 * that there cannot be one for every row. From the newest on, one is kept after each fourth of what is left, and the same again between
 * two of them when they are needed: of 3600 rows about 28 are kept, and a row is merged about 4 times on its way to the oldest. Halves
 * would be 12 and 6.
 */
export class TwoStacks<S> extends Sliding<S> {
  /** How many rows are in front. */
  private front = 0;
  /** The longest is last. Those that are too long by now are gone. */
  private readonly suffixes: Suffix<S>[] = [];
  /** The merge of the rows behind the front, if there are any. */
  private merged: S | undefined;

  entered(): void {
    const last = this.queue.length - 1;
    // The oldest row of the back may grow into the merge: when the back becomes the front, it is the one that goes.
    if (last === this.front) this.merged = this.partial(last);
    else this.merged = this.merge(this.merged as S, this.partial(last));
  }

  leaving(): void {
    if (this.front === 0) {
      this.front = this.queue.length;
      this.merged = undefined;
    }
    this.front--;
    while (this.suffixes.length > 0 && this.suffixes.at(-1)!.rows > this.front) this.suffixes.pop();
  }

  all(): S {
    const { front, queue } = this;
    if (front === 0) return this.merged as S;
    const older = this.mergeOfFront();
    if (front === queue.length) return older;
    // Into a copy, since what is in front stays as it is.
    return this.merge(this.merge(this.aggregate.zero(), older), this.merged as S);
  }

  /** The oldest row of the back is the merge, or is at least never asked for by itself. */
  override get covered(): number | undefined {
    return this.front < this.queue.length ? this.front : undefined;
  }

  /** Of functions of the program it may matter how the whole was put together: then all merges are remembered. */
  override snapshot(): State {
    const { front, merged, suffixes, aggregate } = this;
    const own = aggregate.byProgram === true ? suffixes : NO_SUFFIXES;
    const remembered: Remembered<S> = [front, this.covered === undefined ? undefined : merged, own];
    return remembered as unknown as State;
  }

  override restore(state: State): void {
    const all: Remembered<S> = [this.queue.length, undefined, NO_SUFFIXES];
    const [front, merged, suffixes] = state === undefined ? all : (state as unknown as Remembered<S>);
    this.front = front;
    this.merged = merged;
    this.suffixes.splice(0, this.suffixes.length, ...suffixes);
    if (this.covered !== undefined) this.setPartial(front, merged as S);
  }

  private mergeOfFront(): S {
    const { front, suffixes } = this;
    let kept = suffixes.at(-1);
    while (kept === undefined || kept.rows < front) {
      const known = kept?.rows ?? 0;
      const rows = known + Math.ceil((front - known) / STRIDE);
      // Forward, so that small partials go into one that grows, and a large one is merged once.
      const merged: S = this.mergeRows(front - rows, front - known);
      kept = { rows, merged: kept === undefined ? merged : this.merge(merged, kept.merged) };
      suffixes.push(kept);
    }
    return kept.merged;
  }
}
