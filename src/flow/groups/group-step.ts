import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import { COUNT, type Form, type Offer, type TakeCount, type Takes } from '../define/faster.ts';
import type { Grouping } from '../define/grouping.ts';
import type { KnownOrigins, Refit, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import type { Reached, RunEnd, Step } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';
import { asPart, inTurn, partsOf } from '../state/parts.ts';
import type { Parted, RegroupingTest } from './absorbing.ts';
import { giveEmpty } from './give-empty.ts';
import { GroupTable, type TableSnapshot } from './group-table.ts';
import { Total } from './total.ts';

/** What a {@link GroupStep} remembers: its groups, and where they are kept those of all batches. */
interface Remembered<S> {
  readonly table: TableSnapshot<S>;
  readonly regroups: boolean;
  readonly whole: readonly [TableSnapshot<S> | undefined] | undefined;
}

/** A grouping over each batch: records go into partials as they come, the close gives out what they became. */
export class GroupStep<S> implements Step, Parted<S> {
  private readonly table: GroupTable<S>;
  private readonly grouping: Grouping<S>;
  private readonly run: RunContext;
  private readonly down: Step;
  private test: RegroupingTest<S> | undefined;
  private regroups = false;
  private whole: Total<S> | undefined;
  private readonly tellCount: TakeCount | undefined;

  constructor(grouping: Grouping<S>, run: RunContext, down: Step) {
    this.grouping = grouping;
    this.run = run;
    this.down = down;
    this.table = new GroupTable(grouping);
    const countOf = grouping.faster?.countOf;
    this.tellCount = countOf === 'each' || countOf === 'key' ? down.faster?.(COUNT) : undefined;
  }

  faster<F extends Form>(offer: Offer<F>): Takes[F] | undefined {
    return this.table.faster(offer, this.run);
  }

  push(record: Value): void {
    if (this.regroups && !this.test!.record(record)) this.regroups = false;
    try {
      this.table.add(record);
    } catch (error) {
      reportBad(this.run, error, record);
    }
  }

  get isByProgram(): boolean {
    return this.grouping.aggregate.byProgram === true;
  }

  watch(test: RegroupingTest<S>): void {
    this.test = test;
    this.regroups = true;
  }

  get mayRegroup(): boolean {
    return this.regroups || !this.isByProgram;
  }

  /** Keeps what all batches from now on amount to, for `down`. Called at most once. */
  total(down: Step): Total<S> {
    this.whole = new Total(this.grouping, this.run, down);
    return this.whole;
  }

  snapshot(onlyChanges = false): State {
    const { table, regroups, whole } = this;
    const remembered: Remembered<S> = {
      table: table.snapshot(onlyChanges),
      regroups,
      whole: whole === undefined ? undefined : [whole.snapshot(onlyChanges)],
    };
    return remembered as unknown as State;
  }

  parts(size: number): IterableIterator<State> {
    const { table, whole } = this;
    const ofBatch = partsOf('table', table.parts(size) as IterableIterator<State>);
    return whole === undefined
      ? ofBatch
      : inTurn(ofBatch, partsOf('whole', whole.parts(size) as IterableIterator<State>));
  }

  restore(state: State, _origins?: KnownOrigins, refit?: Refit): void {
    const part = asPart(state);
    if (part !== undefined) {
      const groups = part.part as unknown as TableSnapshot<S>;
      if (part.partOf === 'table') this.table.restore(groups, this.run, refit);
      else this.whole?.restore(groups, refit);
      return;
    }
    const { table, regroups, whole } = state as unknown as Remembered<S>;
    this.table.restore(table, this.run, refit);
    this.regroups = regroups;
    if (whole !== undefined) this.whole?.restore(whole[0], refit);
  }

  soFar(byKeys = false): TableSnapshot<S> {
    return byKeys ? this.table.byKeys() : this.table.soFar();
  }

  absorb(later: TableSnapshot<unknown>, test: RegroupingTest<S> | undefined = this.test): boolean {
    if (this.test !== undefined && !this.mayRegroup) return false;
    return this.table.absorbIf(later as TableSnapshot<S>, test?.state);
  }

  close(span: Span): void {
    const { table, tellCount } = this;
    if (tellCount === undefined) this.give(span);
    else tellCount(table.size);
    this.whole?.take(table);
    table.clear();
    this.down.close(span);
  }

  private give(span: Span): void {
    const { grouping, run, down, table } = this;
    const out = (record: Value) => down.push(record);
    if (table.isEmpty) giveEmpty(grouping, span, run, out);
    table.give(span, run, out);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  passed(reached: Reached): void {
    this.down.passed?.(reached);
  }

  finish(end: RunEnd): void {
    this.down.finish(end);
  }
}
