import { type Identity, identity } from '../../../base/compare.ts';
import type { Value } from '../../../base/value.ts';
import type { RunContext } from '../context.ts';
import type { Grouping } from '../grouping.ts';
import { reportBad } from '../report-bad.ts';
import type { Span } from '../span.ts';
import type { RunEnd, Step } from '../step.ts';
import { checkState, PARTIAL_BYTES, roughBytes } from './state-limit.ts';

/** All batches from the start of the run, aggregated: records are added to one partial a group, and every batch gives all of them. */
export function runningGroups(grouping: Grouping, run: RunContext, down: Step): Step {
  return new RunningGroups(grouping, run, down);
}

/**
 * All records from the start of the run, again in every batch: what `running` means where no aggregation stands beside it. It keeps
 * every record, so `--state-max` is its only bound.
 */
export function runningRecords(run: RunContext, down: Step): Step {
  return new RunningRecords(run, down);
}

/** A window that starts with the run and never leaves anything behind. Nothing comes out before the first record. */
abstract class Running implements Step {
  protected readonly run: RunContext;
  protected readonly down: Step;
  /** The start of the first batch. */
  private start: number | undefined;

  constructor(run: RunContext, down: Step) {
    this.run = run;
    this.down = down;
  }

  abstract push(record: Value): void;
  protected abstract get isEmpty(): boolean;
  /** About how much is kept. */
  protected abstract get bytes(): number;
  protected abstract give(span: Span): void;

  close(batch: Span): void {
    this.start ??= batch.start;
    if (this.isEmpty) return;
    const span = { ...batch, start: this.start };
    this.give(span);
    this.down.close(span);
    checkState(this.run, 'running', this.bytes);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  finish(end: RunEnd): void {
    this.down.finish(end);
  }
}

class RunningGroups<S> extends Running {
  private readonly groups = new Map<Identity, { readonly key: Value; state: S }>();
  private readonly grouping: Grouping<S>;

  constructor(grouping: Grouping<S>, run: RunContext, down: Step) {
    super(run, down);
    this.grouping = grouping;
  }

  push(record: Value): void {
    try {
      const { key, aggregate } = this.grouping;
      const keyValue = key === undefined ? null : key(record);
      const id = identity(keyValue);
      const group = this.groups.get(id);
      if (group !== undefined) group.state = aggregate.add(group.state, record);
      else this.groups.set(id, { key: keyValue, state: aggregate.add(aggregate.zero(), record) });
    } catch (error) {
      reportBad(this.run, error, record);
    }
  }

  protected get isEmpty(): boolean {
    return this.groups.size === 0;
  }

  protected get bytes(): number {
    return this.groups.size * PARTIAL_BYTES;
  }

  protected give(span: Span): void {
    const out = (record: Value) => this.down.push(record);
    for (const { key, state } of this.groups.values()) {
      try {
        this.grouping.emit(key, state, span, out);
      } catch (error) {
        reportBad(this.run, error, key);
      }
    }
  }
}

class RunningRecords extends Running {
  private readonly records: Value[] = [];
  protected bytes = 0;

  push(record: Value): void {
    this.records.push(record);
    this.bytes += roughBytes(record);
  }

  protected get isEmpty(): boolean {
    return this.records.length === 0;
  }

  protected give(): void {
    for (const record of this.records) this.down.push(record);
  }
}
