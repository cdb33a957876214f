import { type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { Form, Offer, Takes } from '../define/faster.ts';
import type { Aggregate, Grouping } from '../define/grouping.ts';
import type { Refit, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import type { Step } from '../define/step.ts';
import type { Absorbing, RegroupingTest } from '../groups/absorbing.ts';
import { giveEmpty } from '../groups/give-empty.ts';
import { GroupTable, type TableSnapshot } from '../groups/group-table.ts';
import { reportBad } from '../records/report-bad.ts';
import { Changes } from '../state/changes.ts';
import { MemoryBound } from '../state/memory-bound.ts';
import { inTurn, partsOf, stretchesOf } from '../state/parts.ts';
import { BatchWindow, type BatchWindowSpec } from './batch-window.ts';
import { outThrough } from './filter.ts';
import {
  type Came,
  enterPane,
  nothingCame,
  type Pane,
  type PaneSize,
  panesBehind,
  partialsOf,
  settledPanes,
  type WrittenPane,
  writtenPane,
} from './sliding/pane-changes.ts';
import { putInOrder } from './sliding/put-in-order.ts';
import {
  type Columns,
  columnsOf,
  refitGroups,
  SlidingGroup,
  type SlidingStates,
  writtenGroups,
} from './sliding/sliding-group.ts';

/** A window over batches and the aggregation of its records, as one step. */
export function windowedGroups(spec: BatchWindowSpec, grouping: Grouping, run: RunContext, down: Step): Step {
  return new WindowedGroups(spec, grouping, run, down);
}

interface Remembered<S> {
  readonly open: TableSnapshot<S>;
  readonly entered: number;
  /** The sealed panes in order. Each has so many of the partials that entered, one behind the other. */
  readonly panes: readonly PaneSize[];
  /** Set where it is what has changed: the groups that are gone, and how many partials had entered before. */
  readonly since: { readonly forgotten: readonly Value[]; readonly entered: number } | undefined;
  /** All of them, or those that changed; of these only the partials that entered since. */
  readonly groups: SlidingStates;
}

/** What has changed where all that groups remember follows from their partials. */
interface RememberedPane<S> {
  readonly open: TableSnapshot<S>;
  readonly entered: number;
  readonly pane: WrittenPane;
}

/** @property panes of then, where that is the last part. */
type PartOfGroups = { readonly isLast: boolean; readonly groups: SlidingStates; readonly panes?: readonly PaneSize[] };

/**
 * Records are added to the open pane's partials as they come. At the end of a pane each partial enters its {@link SlidingGroup}; when
 * the pane leaves the window, the same groups lose their oldest partial, and a group without any is forgotten.
 *
 * What a group became is worked out only where one of its panes came or went since; else what was given out before is given again.
 *
 * Groups come out in the order first seen in the window's records: by the place of their oldest partial. It changes only for the
 * groups of a pane that leaves.
 */
class WindowedGroups<S> extends BatchWindow implements Absorbing {
  private readonly open: GroupTable<S>;
  private readonly groups = new Map<Identity, SlidingGroup<S>>();
  private panes: Pane<S>[] = [];
  /** What is still to be put into {@link panes} of what it goes on from. */
  private unsettled: readonly PaneSize[] | undefined;
  /** All of what it goes on from is known, but for what changes behind that. */
  private isWhole = false;
  /** The groups in the order in which they come out, and perhaps some that are gone. */
  private inOrder: SlidingGroup<S>[] = [];
  private isOrderKnown = true;
  /** Partials that entered so far; the order of the next one. */
  private entered = 0;
  /** As many had at the last snapshot. */
  private written = 0;
  /** Partials that left so far. */
  private gone = 0;
  /** What has changed since then: the groups, where it matters how functions of the program have merged them, or the pane that came. */
  private readonly changes = new Changes<SlidingGroup<S>>();
  private came: Came<S> | undefined;
  /** Whether that says all: there was a snapshot, and one pane at most since. The partials of the first of several are merged with others by now. */
  private isPaneAll = false;
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

  protected snapshotOfPanes(onlyChanges: boolean): State {
    this.settle();
    const { entered, written } = this;
    const pane = this.takePane();
    if (onlyChanges && pane !== undefined) {
      const remembered: RememberedPane<S> = { open: this.open.snapshot(true), entered, pane };
      return remembered as unknown as State;
    }
    const changed = this.columns.isByProgram ? this.changes.take() : undefined;
    const since = onlyChanges && changed !== undefined ? { forgotten: changed.forgotten, entered: written } : undefined;
    const groups = since === undefined ? this.groups.values() : changed!.items;
    const remembered: Remembered<S> = {
      open: this.open.snapshot(onlyChanges),
      entered,
      panes: this.sizes,
      since,
      groups: writtenGroups(groups, this.columns, since?.entered ?? 0),
    };
    this.written = entered;
    return remembered as unknown as State;
  }

  /** What has changed since the last call, undefined where it is not a pane alone; what changes from now on is for the next one. */
  private takePane(): WrittenPane | undefined {
    const { isPaneAll, came, columns, gone } = this;
    this.isPaneAll = !columns.isByProgram;
    this.came = undefined;
    if (!isPaneAll) return undefined;
    return came === undefined || this.panes.length === 0
      ? nothingCame(columns, gone)
      : writtenPane(came, columns, gone);
  }

  protected partsOfPanes(size: number): IterableIterator<State> {
    const open = partsOf('open', this.open.parts(size) as IterableIterator<State>);
    return inTurn(open, partsOf('groups', this.partsOfGroups(size)));
  }

  private *partsOfGroups(size: number): IterableIterator<State> {
    this.settle();
    for (const { items, isLast } of stretchesOf(this.groups.values(), size)) {
      const groups = items.filter((group) => this.groups.get(group.id) === group);
      const part = { isLast, groups: writtenGroups(groups, this.columns, 0) };
      yield (isLast ? { ...part, panes: this.sizes } : part) satisfies PartOfGroups as unknown as State;
    }
  }

  private get sizes(): readonly PaneSize[] {
    return this.panes.map(({ end, bytes, groups }) => ({ end, bytes, partials: groups.length }));
  }

  protected restorePart(partOf: string, part: State, refit?: Refit): void {
    if (partOf === 'open') {
      this.open.restore(part as unknown as TableSnapshot<S>, this.run, refit);
      return;
    }
    const { isLast, groups, panes } = part as unknown as PartOfGroups;
    if (this.isWhole) return;
    this.restoreGroups(groups, true, refit);
    this.isWhole = isLast;
    if (panes !== undefined) this.unsettled = panes;
  }

  protected restorePanes(state: State, refit?: Refit): void {
    if ('pane' in (state as object)) {
      this.restorePane(state as unknown as RememberedPane<S>, refit);
      return;
    }
    const { open, entered, panes, since, groups } = state as unknown as Remembered<S>;
    this.open.restore(open, this.run, refit);
    if (since === undefined) this.groups.clear();
    this.isWhole ||= since === undefined;
    for (const key of since?.forgotten ?? []) this.groups.delete(identity(key));
    // Of groups that are not known a part is still to come.
    this.restoreGroups(groups, this.isWhole, refit);
    this.gone = entered - partialsOf(panes);
    this.restored(entered);
    this.unsettled = panes;
  }

  private restorePane({ open, entered, pane }: RememberedPane<S>, refit: Refit | undefined): void {
    this.open.restore(open, this.run, refit);
    enterPane(pane, entered, this.columns, refit, (key) => {
      const id = identity(key);
      return this.groups.get(id) ?? (this.isWhole ? this.addGroup(key, id) : undefined);
    });
    this.gone = pane.gone;
    this.unsettled &&= panesBehind(this.unsettled, pane, entered);
    this.restored(entered);
  }

  /** What changes from now on is for the next snapshot. */
  private restored(entered: number): void {
    this.entered = entered;
    this.written = entered;
    this.changes.take();
    this.isPaneAll = !this.columns.isByProgram;
    this.came = undefined;
  }

  private restoreGroups(written: SlidingStates, addsNew: boolean, refit: Refit | undefined): void {
    const states = refit === undefined ? written : refitGroups(written, this.columns, refit);
    let at = 0;
    for (const [place, key] of states.keys.entries()) {
      const id = identity(key);
      const known = this.groups.get(id) ?? (addsNew ? this.addGroup(key, id) : undefined);
      known?.restore(states, place, at);
      at += states.counts[place]!;
    }
  }

  /** Finds the groups of each pane, and the order of all, once all of them are there again. */
  private settle(): void {
    const { unsettled } = this;
    if (unsettled === undefined) return;
    this.unsettled = undefined;
    this.bound.hold(unsettled.reduce((sum, { bytes }) => sum + bytes, 0));
    this.panes = settledPanes(unsettled, this.groups, this.gone, this.entered);
    this.inOrder = [...this.groups.values()];
    for (const group of this.inOrder) group.hasMoved = true;
    this.isOrderKnown = false;
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

  get isByProgram(): boolean {
    return this.grouping.aggregate.byProgram === true;
  }

  absorb(later: TableSnapshot<unknown>, test?: RegroupingTest<S>): boolean {
    return this.open.absorbIf(later as TableSnapshot<S>, test?.state);
  }

  protected get isEmpty(): boolean {
    this.settle();
    return this.groups.size === 0;
  }

  protected get hasOpen(): boolean {
    return !this.open.isEmpty;
  }

  protected seal(end: number | undefined): boolean {
    this.settle();
    const { open } = this;
    const { isByProgram } = this.columns;
    if (open.isEmpty) return false;
    const { groups, bytes } = open;
    open.clear();
    if (end === undefined) return false;
    const entered: SlidingGroup<S>[] = [];
    for (const [id, { key, state }] of groups) {
      const group = this.groups.get(id) ?? this.addGroup(key, id);
      group.enter(this.entered++, state);
      if (isByProgram) this.changes.note(group, this.groups.size);
      entered.push(group);
    }
    const pane = { end, groups: entered, bytes };
    this.panes.push(pane);
    if (this.came !== undefined) this.isPaneAll = false;
    if (this.isPaneAll) this.came = { pane, goneBefore: this.gone };
    this.bound.add(bytes);
    return true;
  }

  protected leave(through: number): void {
    this.settle();
    while (this.panes.length > 0 && this.panes[0]!.end <= through) {
      const { groups, bytes } = this.panes.shift()!;
      for (const group of groups) {
        group.leave();
        if (group.isEmpty) this.forget(group);
        else if (this.columns.isByProgram) this.changes.note(group, this.groups.size);
      }
      this.gone += groups.length;
      this.bound.add(-bytes);
      this.isOrderKnown = false;
    }
  }

  protected give(span: Span): void {
    const { grouping, run } = this;
    if (this.isEmpty) giveEmpty(grouping, span, run, this.out);
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
      if (this.columns.isByProgram) this.changes.note(group, this.groups.size);
    }
    for (const record of group.given) out(record);
  }

  private addGroup(key: Value, id: Identity): SlidingGroup<S> {
    const group = new SlidingGroup<S>(key, id, this.columns);
    this.groups.set(id, group);
    this.inOrder.push(group);
    return group;
  }

  private forget(group: SlidingGroup<S>): void {
    this.groups.delete(group.id);
    if (this.columns.isByProgram) this.changes.forget(group, group.key, this.groups.size);
  }

  private ordered(): readonly SlidingGroup<S>[] {
    this.settle();
    if (!this.isOrderKnown) this.inOrder = putInOrder(this.inOrder);
    this.isOrderKnown = true;
    return this.inOrder;
  }
}
