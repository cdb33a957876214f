import { BadRecord } from '../../base/problem.ts';
import type { RunContext } from '../define/context.ts';
import type { Grouping } from '../define/grouping.ts';
import type { Refit } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import type { Step } from '../define/step.ts';
import { giveEmpty } from './give-empty.ts';
import { GroupTable, type TableSnapshot } from './group-table.ts';

/**
 * What an aggregation over batches would be of all of them as one: their partials, merged in order. It is kept beside the batches, as long
 * as it fits into `--state-max`; where it does not, it is given up, and the run goes on.
 */
export class Total<S> {
  private table: GroupTable<S> | undefined;
  private readonly grouping: Grouping<S>;
  private readonly run: RunContext;
  private readonly down: Step;

  /** @param down takes the result; nothing else is ever given to it. */
  constructor(grouping: Grouping<S>, run: RunContext, down: Step) {
    this.table = new GroupTable(grouping);
    this.grouping = grouping;
    this.run = run;
    this.down = down;
  }

  /** False once it was given up. */
  get isKept(): boolean {
    return this.table !== undefined;
  }

  /** Adds the groups of a batch, which are its own from now on. */
  take(batch: GroupTable<S>): void {
    const { table } = this;
    if (table === undefined) return;
    const groups = [...batch.groups.values()];
    try {
      table.absorb({ texts: undefined, keys: groups.map(({ key }) => key), states: groups.map(({ state }) => state) });
      if (table.bytes > this.run.stateMax) this.table = undefined;
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      // A function of the program refuses to combine two batches, so there is no result of both.
      this.table = undefined;
    }
  }

  /** See `Remembering`; undefined where it was given up. */
  snapshot(onlyChanges: boolean): TableSnapshot<S> | undefined {
    return this.table?.snapshot(onlyChanges);
  }

  /** See `Remembering`. */
  parts(size: number): IterableIterator<TableSnapshot<S>> {
    return this.table?.parts(size) ?? [].values();
  }

  /** See `Remembering`. */
  restore(kept: TableSnapshot<S> | undefined, refit?: Refit): void {
    if (kept === undefined) this.table = undefined;
    else this.table?.restore(kept, this.run, refit);
  }

  /** Gives it out; called once, behind the last batch. */
  give(span: Span): void {
    const { table, grouping, run, down } = this;
    if (table === undefined) return;
    const out = down.push.bind(down);
    if (table.isEmpty) giveEmpty(grouping, span, run, out);
    table.give(span, run, out);
    down.close(span);
  }
}
