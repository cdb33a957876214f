import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { Form, Offer, Takes } from '../define/faster.ts';
import type { Grouping } from '../define/grouping.ts';
import type { KnownOrigins, Refit, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import type { RunEnd, Step } from '../define/step.ts';
import type { Absorbing, RegroupingTest } from '../groups/absorbing.ts';
import { GroupTable, type TableSnapshot } from '../groups/group-table.ts';
import { recordsThemselves } from '../groups/groupings.ts';
import { reportBad } from '../records/report-bad.ts';
import { MemoryBound } from '../state/memory-bound.ts';
import { asPart, partsOf } from '../state/parts.ts';

/** All batches from the start of the run, aggregated: records are added to one partial a group, and every batch gives all of them. */
export function runningGroups(grouping: Grouping, run: RunContext, down: Step): Step {
  return new Running(grouping, run, down);
}

/**
 * All records from the start of the run, again in every batch: what `running` means where no aggregation stands beside it. It keeps
 * every record, so `--state-max` is its only bound.
 */
export function runningRecords(run: RunContext, down: Step): Step {
  return new Running(recordsThemselves, run, down);
}

interface Remembered<S> {
  readonly table: TableSnapshot<S>;
  readonly start: number | undefined;
}

/** A window that starts with the run and never leaves anything behind. Nothing comes out before the first record. */
class Running<S> implements Step, Absorbing {
  private readonly table: GroupTable<S>;
  /** The start of the first batch. */
  private start: number | undefined;
  private readonly bound: MemoryBound;
  private readonly grouping: Grouping<S>;
  private readonly run: RunContext;
  private readonly down: Step;

  constructor(grouping: Grouping<S>, run: RunContext, down: Step) {
    this.grouping = grouping;
    this.table = new GroupTable(grouping);
    this.bound = new MemoryBound(run, 'running', 'use fewer keys, or put an aggregation beside it');
    this.run = run;
    this.down = down;
  }

  snapshot(onlyChanges = false): State {
    const remembered: Remembered<S> = { table: this.table.snapshot(onlyChanges), start: this.start };
    return remembered as unknown as State;
  }

  parts(size: number): IterableIterator<State> {
    return partsOf('table', this.table.parts(size) as IterableIterator<State>);
  }

  restore(state: State, _origins: KnownOrigins, refit?: Refit): void {
    const part = asPart(state);
    if (part !== undefined) {
      this.table.restore(part.part as unknown as TableSnapshot<S>, this.run, refit);
      return;
    }
    const { table, start } = state as unknown as Remembered<S>;
    this.table.restore(table, this.run, refit);
    this.start = start;
  }

  faster<F extends Form>(offer: Offer<F>): Takes[F] | undefined {
    return this.table.faster(offer, this.run);
  }

  push(record: Value): void {
    try {
      this.table.add(record);
    } catch (error) {
      reportBad(this.run, error, record);
    }
  }

  get isByProgram(): boolean {
    return this.grouping.aggregate.byProgram === true;
  }

  absorb(later: TableSnapshot<unknown>, test?: RegroupingTest<S>): boolean {
    return this.table.absorbIf(later as TableSnapshot<S>, test?.state);
  }

  close(batch: Span): void {
    this.start ??= batch.start;
    if (this.table.isEmpty) return;
    const span = { ...batch, start: this.start };
    this.table.give(span, this.run, (record) => this.down.push(record));
    this.down.close(span);
    this.bound.hold(this.table.bytes);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  finish(end: RunEnd): void {
    this.down.finish(end);
  }
}
