import type { Identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { Form, Offer, Takes } from '../define/faster.ts';
import type { Aggregate, Grouping } from '../define/grouping.ts';
import type { Span } from '../define/span.ts';
import type { Step } from '../define/step.ts';
import { GroupTable } from '../groups/group-table.ts';
import { reportBad } from '../records/report-bad.ts';
import { MemoryBound } from '../state/memory-bound.ts';
import { BatchWindow, type BatchWindowSpec } from './batch-window.ts';
import { outThrough } from './filter.ts';
import { type Columns, columnsOf, SlidingGroup } from './sliding/sliding-group.ts';

/** A window over batches and the aggregation of its records, as one step. */
export function windowedGroups(spec: BatchWindowSpec, grouping: Grouping, run: RunContext, down: Step): Step {
  return new WindowedGroups(spec, grouping, run, down);
}

interface Pane<S> {
  readonly end: number;
  /** The groups that have a partial of this pane. */
  readonly groups: readonly SlidingGroup<S>[];
  readonly bytes: number;
}

/**
 * Records are added to the open pane's partials as they come. At the end of a pane each partial enters its {@link SlidingGroup}; when
 * the pane leaves the window, the same groups lose their oldest partial, and a group without any is forgotten.
 *
 * What a group became is worked out only where one of its panes came or went since; else what was given out before is given again.
 *
 * Groups come out in the order first seen in the window's records: by the place of their oldest partial. It changes only for the
 * groups of a pane that leaves.
 */
class WindowedGroups<S> extends BatchWindow {
  private readonly open: GroupTable<S>;
  private readonly groups = new Map<Identity, SlidingGroup<S>>();
  private readonly panes: Pane<S>[] = [];
  /** The groups in the order in which they come out, and perhaps some that are gone. */
  private inOrder: SlidingGroup<S>[] = [];
  private isOrderKnown = true;
  /** Partials that entered so far; the order of the next one. */
  private entered = 0;
  private readonly bound: MemoryBound;
  private readonly grouping: Grouping<S>;
  private readonly columns: Columns;
  /** Whether a group gives the same as long as its partials are the same, and no more than a small one. */
  private readonly givesAgain: boolean;
  private readonly out: (record: Value) => void;

  constructor(spec: BatchWindowSpec, grouping: Grouping<S>, run: RunContext, down: Step) {
    super(spec, run, down);
    this.grouping = grouping;
    this.open = new GroupTable(grouping);
    this.columns = columnsOf(grouping.aggregate as Aggregate, run);
    this.givesAgain = grouping.aggregate.usesSpan !== true && grouping.aggregate.grows !== true;
    this.bound = new MemoryBound(run, 'window', 'use fewer keys or a shorter window, or aggregate beside it');
    this.out = outThrough(spec.filter, run, down);
  }

  faster<F extends Form>(offer: Offer<F>): Takes[F] | undefined {
    return this.open.faster(offer, this.run);
  }

  push(record: Value): void {
    try {
      this.open.add(record);
    } catch (error) {
      reportBad(this.run, error, record);
    }
  }

  protected get isEmpty(): boolean {
    return this.groups.size === 0;
  }

  protected seal(end: number | undefined): boolean {
    const { open } = this;
    if (open.isEmpty) return false;
    const { groups, bytes } = open;
    open.clear();
    if (end === undefined) return false;
    const entered: SlidingGroup<S>[] = [];
    for (const [id, { key, state }] of groups) {
      const group = this.groups.get(id) ?? this.addGroup(key, id);
      group.enter(this.entered++, state);
      entered.push(group);
    }
    this.panes.push({ end, groups: entered, bytes });
    this.bound.add(bytes);
    return true;
  }

  protected leave(through: number): void {
    while (this.panes.length > 0 && this.panes[0]!.end <= through) {
      const { groups, bytes } = this.panes.shift()!;
      for (const group of groups) {
        group.leave();
        if (group.isEmpty) this.groups.delete(group.id);
      }
      this.bound.add(-bytes);
      this.isOrderKnown = false;
    }
  }

  protected give(span: Span): void {
    const { grouping, run } = this;
    if (this.isEmpty && grouping.emitsEmpty) grouping.emit(null, grouping.aggregate.zero(), span, this.out);
    for (const group of this.ordered()) {
      try {
        this.giveGroup(group, span);
      } catch (error) {
        reportBad(run, error, group.key);
      }
    }
  }

  private giveGroup(group: SlidingGroup<S>, span: Span): void {
    const { grouping, out } = this;
    if (!this.givesAgain) {
      grouping.emit(group.key, group.all(), span, out);
      return;
    }
    if (group.given === undefined) {
      const given: Value[] = [];
      grouping.emit(group.key, group.all(), span, (record) => given.push(record));
      group.given = given;
    }
    for (const record of group.given) out(record);
  }

  private addGroup(key: Value, id: Identity): SlidingGroup<S> {
    const group = new SlidingGroup<S>(key, id, this.columns);
    this.groups.set(id, group);
    this.inOrder.push(group);
    return group;
  }

  private ordered(): readonly SlidingGroup<S>[] {
    if (!this.isOrderKnown) this.inOrder = putInOrder(this.inOrder);
    this.isOrderKnown = true;
    return this.inOrder;
  }
}

/** Only groups whose oldest pane left are out of place; those without any are left out. */
function putInOrder<S>(groups: readonly SlidingGroup<S>[]): SlidingGroup<S>[] {
  const moved = groups.filter((group) => group.hasMoved && !group.isEmpty).sort((a, b) => a.order - b.order);
  const ordered: SlidingGroup<S>[] = [];
  let next = 0;
  for (const group of groups) {
    if (group.hasMoved) continue;
    while (next < moved.length && moved[next]!.order < group.order) ordered.push(moved[next++]!);
    ordered.push(group);
  }
  for (; next < moved.length; next++) ordered.push(moved[next]!);
  for (const group of moved) group.hasMoved = false;
  return ordered;
}
