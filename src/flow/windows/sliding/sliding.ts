import type { Value } from '../../../base/value.ts';
import type { RunContext } from '../../define/context.ts';
import type { Aggregate } from '../../define/grouping.ts';
import type { State } from '../../define/snapshot.ts';
import { reportBad } from '../../records/report-bad.ts';
import type { PaneQueue } from './pane-queue.ts';

/** How the partials of a column are put together, the same for all groups of a window. */
export interface Merging<S> {
  readonly aggregate: Aggregate<S>;
  readonly run: RunContext;
  /** Which column of the queues it is. */
  readonly column: number;
}

/** What knows the merge of a group's partials in one column while panes come and go. */
export abstract class Sliding<S> {
  protected readonly queue: PaneQueue;
  private readonly merging: Merging<S>;
  private readonly key: Value;

  constructor(queue: PaneQueue, merging: Merging<S>, key: Value) {
    this.queue = queue;
    this.merging = merging;
    this.key = key;
  }

  /** The newest row has come. Its partial belongs to this from then on. */
  abstract entered(): void;
  /** The oldest row is about to go. */
  abstract leaving(): void;
  /** The merge of all rows, of which there is at least one. Not to be changed; good until the next row comes or goes. */
  abstract all(): S;

  /** The row whose partial need not be remembered, since what {@link snapshot} gives stands for it. */
  get covered(): number | undefined {
    return undefined;
  }

  /** What has to be remembered beside the rows; nothing where the whole is what the rows give, however they are merged. */
  snapshot(): State {
    return undefined;
  }

  /** Goes on from what {@link snapshot} gave, or from rows of nothing where that is undefined. The rows are those of then, and perhaps not those of before. */
  restore(_state: State): void {}

  protected get aggregate(): Aggregate<S> {
    return this.merging.aggregate;
  }

  protected partial(row: number): S {
    return this.queue.get(row, this.merging.column) as S;
  }

  protected setPartial(row: number, state: S): void {
    this.queue.set(row, this.merging.column, state);
  }

  /** A function that fails on a partial makes that partial bad; the group goes on without it. */
  protected merge(into: S, from: S): S {
    try {
      return this.aggregate.merge(into, from);
    } catch (error) {
      reportBad(this.merging.run, error, this.key);
      return into;
    }
  }

  /** The merge of the rows from `first` to before `end`, which shares nothing with them that a merge changes. */
  protected mergeRows(first: number, end: number): S {
    let merged = this.aggregate.zero();
    for (let row = first; row < end; row++) merged = this.merge(merged, this.partial(row));
    return merged;
  }
}
