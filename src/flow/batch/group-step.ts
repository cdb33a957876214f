import type { Value } from '../../base/value.ts';
import type { RunContext } from './context.ts';
import type { Grouping } from './grouping.ts';
import { reportBad } from './report-bad.ts';
import type { Span } from './span.ts';
import type { RunEnd, Step, TakeCount } from './step.ts';
import type { Cut, TakeTexts } from './text-form.ts';
import { GroupTable, type TableSnapshot } from './windows/group-table.ts';

/** A grouping over each batch: records go into partials as they come, the close gives out what they became. */
export class GroupStep<S> implements Step {
  private readonly table: GroupTable<S>;
  private readonly grouping: Grouping<S>;
  private readonly run: RunContext;
  private readonly down: Step;
  private readonly tellCount: TakeCount | undefined;

  constructor(grouping: Grouping<S>, run: RunContext, down: Step) {
    this.grouping = grouping;
    this.run = run;
    this.down = down;
    this.table = new GroupTable(grouping);
    this.tellCount = grouping.fromCount?.of === 'each' ? down.counts?.() : undefined;
  }

  texts(cut: Cut): TakeTexts | undefined {
    return this.table.taking(cut, this.run);
  }

  counts(): TakeCount | undefined {
    return this.table.counting(this.run);
  }

  push(record: Value): void {
    try {
      this.table.add(record);
    } catch (error) {
      reportBad(this.run, error, record);
    }
  }

  /** Whether functions of the program combine values, see `Aggregate.byProgram`. */
  get isByProgram(): boolean {
    return this.grouping.aggregate.byProgram === true;
  }

  /** What the groups of the open batch are so far, as plain data. */
  snapshot(): TableSnapshot<S> {
    return this.table.snapshot();
  }

  /** Adds what the groups of later records of the batch are. */
  absorb(later: TableSnapshot<S>): void {
    this.table.absorb(later);
  }

  close(span: Span): void {
    const { table, tellCount } = this;
    if (tellCount === undefined) this.give(span);
    else tellCount(table.size);
    table.clear();
    this.down.close(span);
  }

  private give(span: Span): void {
    const { grouping, run, down, table } = this;
    const out = (record: Value) => down.push(record);
    if (table.isEmpty && grouping.emitsEmpty) grouping.emit(null, grouping.aggregate.zero(), span, out);
    table.give(span, run, out);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  finish(end: RunEnd): void {
    this.down.finish(end);
  }
}
