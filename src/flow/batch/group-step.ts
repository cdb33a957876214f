import { type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import { ByteTable } from './byte-table.ts';
import type { RunContext } from './context.ts';
import type { Grouping } from './grouping.ts';
import { reportBad } from './report-bad.ts';
import type { Span } from './span.ts';
import type { RunEnd, Step } from './step.ts';

interface Group<S> {
  readonly key: Value;
  state: S;
}

/** A grouping over each batch: records go into partials as they come, the close gives out what they became. */
export class GroupStep<S> implements Step {
  private groups = new Map<Identity, Group<S>>();
  private readonly grouping: Grouping<S>;
  private readonly run: RunContext;
  private readonly down: Step;

  constructor(grouping: Grouping<S>, run: RunContext, down: Step) {
    this.grouping = grouping;
    this.run = run;
    this.down = down;
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

  close(span: Span): void {
    const { grouping, down } = this;
    const out = (record: Value) => down.push(record);
    if (this.groups.size === 0 && grouping.emitsEmpty) grouping.emit(null, grouping.aggregate.zero(), span, out);
    for (const { key, state } of this.groups.values()) {
      try {
        grouping.emit(key, state, span, out);
      } catch (error) {
        reportBad(this.run, error, key);
      }
    }
    this.groups = new Map();
    down.close(span);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  finish(end: RunEnd): void {
    this.down.finish(end);
  }
}

/**
 * A grouping that counts records (`countByValue`), also while they are still bytes. The bytes of a text and the text itself
 * are counted apart, which is right because a step is given either slices or records throughout.
 */
export class SliceCountStep implements Step {
  private table = new ByteTable();
  private readonly records: GroupStep<unknown>;
  private readonly grouping: Grouping;
  private readonly down: Step;

  constructor(grouping: Grouping, run: RunContext, down: Step) {
    this.records = new GroupStep(grouping, run, down);
    this.grouping = grouping;
    this.down = down;
  }

  slice(bytes: Uint8Array, start: number, end: number): void {
    this.table.add(bytes, start, end);
  }

  push(record: Value): void {
    this.records.push(record);
  }

  close(span: Span): void {
    const out = (record: Value) => this.down.push(record);
    this.table.forEach((key, count) => this.grouping.emit(key, count, span, out));
    if (this.table.size > 0) this.table = new ByteTable();
    this.records.close(span);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  finish(end: RunEnd): void {
    this.down.finish(end);
  }
}
