import { identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { type Answers, answer, type Form, type Offer, type Takes } from '../define/faster.ts';
import type { Grouping } from '../define/grouping.ts';
import type { KnownOrigins, Refit, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { NOTHING_REACHED, type Reached, type RunEnd, type Step } from '../define/step.ts';
import type { WindowSpec } from '../define/window-spec.ts';
import type { Parted } from '../groups/absorbing.ts';
import { GroupTable, type TableSnapshot } from '../groups/group-table.ts';
import { recordsThemselves } from '../groups/groupings.ts';
import { reportBad } from '../records/report-bad.ts';
import { MemoryBound } from '../state/memory-bound.ts';
import { asPart } from '../state/parts.ts';
import { EventTime } from './event-time.ts';
import { outThrough } from './filter.ts';
import { inTwoSteps, type TwoSteps } from './two-steps.ts';
import { WindowRows } from './window-rows.ts';
import { readApart, writeApart } from './windows-apart.ts';

export type EventWindowSpec = Extract<WindowSpec, { kind: 'event' }>;

/** Windows by event time and the aggregation of their records; without one they give the records themselves. */
export function eventWindows(spec: EventWindowSpec, grouping: Grouping | undefined, run: RunContext, down: Step): Step {
  return new EventWindows(spec, grouping ?? (recordsThemselves as Grouping), run, down);
}

const SOME_LATE =
  'records came when some of their windows were over, and are in their other windows alone (late: allows for more)';

interface EventWindow<S> {
  readonly start: number;
  readonly end: number;
  readonly table: GroupTable<S>;
  /** Whether a record came in the batch under way. */
  isChanged: boolean;
  /** Whether it is as it was in the last snapshot, but for the batch under way. */
  isWritten: boolean;
  /** About how much it keeps. */
  bytes: number;
}

type EventWindowsState = {
  readonly time: State;
  /** The starts of all that are open, and for each what else there is of it; undefined where that has not changed. */
  readonly starts: readonly number[];
  readonly windows: readonly (WindowState | undefined)[];
};

type WindowState = {
  readonly isChanged: boolean;
  readonly bytes: number;
  readonly table: TableSnapshot<unknown>;
};

/**
 *     window(10s, 5s, on: .ts)                 a record at 12 is in [5, 15) and [10, 20)
 *
 *     event time   0    5    10   15   20
 *                  ├─────────┤
 *                       ├────────·┤           watermark at 15: [5, 15) is over. It comes out at the next tick, and a record
 *                            ├────·────┤      at 12 that comes now is added to [10, 20) alone
 *
 * Behind another stage in event time, that says when windows are over, rather than the close of what it gives.
 *
 * Each window has a partial a group of its own, to which records are added as they come. Sharing panes between windows, as those over
 * batches do, would put together values in order of pane and not in order of arrival as soon as a record is out of order, and the
 * same records would give another `first`, `last`, `list` or `reduce`. The price is one addition a window that a record is in.
 */
class EventWindows<S> implements Step, Parted<S> {
  private readonly windows = new Map<number, EventWindow<S>>();
  /** The last one that a record was in, and those before it as far as they were looked up: most records are in the windows of the one before. */
  private recent: (EventWindow<S> | undefined)[] = [];
  private recentLast = Number.NaN;
  /** What takes rows, where somebody gives some. */
  private rows: WindowRows<S> | undefined;
  private readonly time: EventTime;
  private readonly bound: MemoryBound;
  private readonly spec: EventWindowSpec;
  private readonly grouping: Grouping<S>;
  /** What a record that is in several windows is read by once. */
  private readonly steps: TwoSteps<S> | undefined;
  private readonly run: RunContext;
  private readonly down: Step;
  private readonly out: (record: Value) => void;

  constructor(spec: EventWindowSpec, grouping: Grouping<S>, run: RunContext, down: Step) {
    this.spec = spec;
    this.grouping = grouping;
    this.steps = inTwoSteps(grouping.aggregate);
    this.run = run;
    this.down = down;
    this.time = new EventTime(spec, run);
    this.bound = new MemoryBound(
      run,
      'window',
      'use fewer keys, a shorter window or a longer slide, or let less be late',
    );
    this.out = outThrough(spec.filter, run, down);
    down.passed?.(NOTHING_REACHED);
    run.awaitWindow?.(() => this.firstEnd());
  }

  push(record: Value): void {
    const time = this.time.take(record);
    if (time === undefined) return;
    const { over } = this.time;
    const { length, slide } = this.spec;
    const last = Math.floor(time / slide);
    const lastEnd = last * slide + length;
    // With a slide longer than the length there are times between the windows.
    if (lastEnd <= time) return;
    if (lastEnd <= over) {
      this.time.dismiss(record);
      return;
    }
    if (over > time && this.firstEndOf(time) <= over) this.run.note(SOME_LATE);
    this.addToOpen(record, time, over, last);
  }

  faster<F extends Form>(offer: Offer<F>): Takes[F] | undefined {
    return answer(this.answers, offer, undefined);
  }

  get isByProgram(): boolean {
    return this.grouping.aggregate.byProgram === true;
  }

  soFar(): TableSnapshot<S> {
    this.bound.hold(this.settle());
    return writeApart(this.windows.values(), this.time.highest);
  }

  /** Only where none of all records is late: then it does not matter what came before them. */
  absorb(later: TableSnapshot<unknown>): boolean {
    const take = (start: number, groups: TableSnapshot<S>) => this.tableAt(start).absorb(groups);
    this.time.sawElsewhere(readApart(later as TableSnapshot<S>, take));
    return true;
  }

  opened(origin: Origin): void {
    this.time.opened(origin);
  }

  ended(origin: Origin): void {
    this.time.ended(origin);
  }

  close(span: Span): void {
    if (!this.time.isTold) this.giveDue(span.time);
  }

  release(): void {
    if (!this.time.isTold) this.giveDue(this.run.now());
  }

  passed(reached: Reached): void {
    this.time.tell(reached);
    this.giveDue(this.run.now());
  }

  /** The time of what comes in is not the time of what goes out: {@link giveDue} tells that. */
  advance(): void {}

  finish(end: RunEnd): void {
    const reached = this.time.finish(end);
    for (const window of this.byStart()) this.give(window, end.time, window.end > reached);
    this.down.finish({ ...end, reached: this.reachedBy(reached) });
  }

  snapshot(onlyChanges = false): State {
    const windows = [...this.windows.values()];
    const state: EventWindowsState = {
      time: this.time.snapshot(),
      starts: windows.map(({ start }) => start),
      windows: windows.map(({ isChanged, isWritten, bytes, table }) => {
        if (onlyChanges && isWritten && !isChanged) return undefined;
        return { isChanged, bytes, table: table.snapshot(onlyChanges) };
      }),
    };
    // What changed in the batch under way does so until its end.
    for (const window of windows) window.isWritten = !window.isChanged;
    return state as unknown as State;
  }

  *parts(size: number): IterableIterator<State> {
    for (const window of this.windows.values()) {
      const { start, table } = window;
      for (const part of table.parts(size)) {
        if (this.windows.get(start) !== window) break;
        const { isChanged, bytes } = window;
        yield { partOf: String(start), part: { isChanged, bytes, table: part } satisfies WindowState as State };
      }
    }
  }

  restore(state: State, origins: KnownOrigins, refit?: Refit): void {
    const part = asPart(state);
    if (part !== undefined) {
      this.restoreWindow(Number(part.partOf), part.part as unknown as WindowState, refit);
      this.rows?.forget();
      return;
    }
    const { time, starts, windows } = state as unknown as EventWindowsState;
    this.time.restore(time, origins);
    const before = new Map(this.windows);
    this.windows.clear();
    this.forgetRecent();
    this.rows?.forget();
    let bytes = 0;
    for (const [i, start] of starts.entries()) {
      const written = windows[i];
      const window = before.get(start) ?? this.create(start);
      this.windows.set(start, window);
      if (written !== undefined) this.restoreWindow(start, written, refit);
      bytes += window.bytes;
    }
    this.bound.hold(bytes);
  }

  private restoreWindow(start: number, { table, isChanged, bytes }: WindowState, refit: Refit | undefined): void {
    const window = this.windows.get(start) ?? this.create(start);
    this.windows.set(start, window);
    window.table.restore(table as TableSnapshot<S>, this.run, refit);
    window.isChanged = isChanged;
    window.bytes = bytes;
    window.isWritten = !isChanged;
  }

  /** A tick: windows that are over come out, and those that changed where updates are wanted. */
  private giveDue(time: number): void {
    const reached = this.time.passTick();
    const isDue = (window: EventWindow<S>) =>
      window.end <= reached || (this.spec.emit === 'update' && window.isChanged);
    for (const window of this.byStart().filter(isDue)) this.give(window, time, false);
    this.bound.hold(this.settle());
    this.down.passed?.(this.reachedBy(reached));
    if (Number.isFinite(reached)) this.down.advance(reached);
  }

  private reachedBy(reached: number): Reached {
    const { length, slide } = this.spec;
    // What follows ends behind it, and the first of those windows begins here.
    return { ends: reached, times: () => (Math.floor((reached - length) / slide) + 1) * slide };
  }

  /** The end of the first window that a time is in. */
  private firstEndOf(time: number): number {
    const { length, slide } = this.spec;
    return (Math.floor((time - length) / slide) + 1) * slide + length;
  }

  /** Adds the record to those of its windows that are not over, from the `last` one back. */
  private addToOpen(record: Value, time: number, over: number, last: number): void {
    const { length, slide } = this.spec;
    const { steps } = this;
    const past = Math.max(time, over);
    let refused: unknown;
    try {
      const key = this.grouping.key === undefined ? null : this.grouping.key.call(record);
      const id = identity(key);
      const read = steps?.read(record);
      if (last !== this.recentLast) this.forgetRecent(last);
      for (let at = last; at * slide + length > past; at--) {
        const known = this.recent[last - at] ?? this.windows.get(at * slide);
        const window = known ?? this.create(at * slide);
        try {
          if (steps === undefined) window.table.addTo(key, id, record);
          else window.table.putTo(key, id, read, steps.put);
          window.isChanged = true;
          if (known === undefined) this.windows.set(window.start, window);
          this.recent[last - at] = window;
        } catch (error) {
          // A function of the program may fail on one window's partial and not on another's; it is one bad record all the same.
          refused ??= error;
        }
      }
    } catch (error) {
      refused = error;
    }
    if (refused !== undefined) reportBad(this.run, refused, record);
  }

  /** The batch is over: nothing has changed in the next one yet. Returns about how much is kept. */
  private settle(): number {
    let bytes = 0;
    for (const window of this.windows.values()) {
      if (window.isChanged) {
        window.bytes = window.table.bytes;
        window.isWritten = false;
      }
      window.isChanged = false;
      bytes += window.bytes;
    }
    return bytes;
  }

  private readonly answers: Answers<undefined> = {
    rows: ({ names, asLines }) => {
      if (asLines !== undefined) return undefined;
      const { spec, grouping, time } = this;
      this.rows = WindowRows.of({ spec, grouping, time, names, tableAt: (at) => this.tableAt(at * spec.slide) });
      return this.rows?.take;
    },
  };

  /** The groups of the window that begins there, which are about to change. */
  private tableAt(start: number): GroupTable<S> {
    const window = this.windows.get(start) ?? this.create(start);
    this.windows.set(start, window);
    window.isChanged = true;
    return window.table;
  }

  private create(start: number): EventWindow<S> {
    const end = start + this.spec.length;
    return { start, end, table: new GroupTable(this.grouping), isChanged: false, isWritten: false, bytes: 0 };
  }

  private forgetRecent(last = Number.NaN): void {
    this.recent = [];
    this.recentLast = last;
  }

  private firstEnd(): number | undefined {
    let first: number | undefined;
    for (const { end } of this.windows.values()) if (first === undefined || end < first) first = end;
    return first;
  }

  private byStart(): EventWindow<S>[] {
    return [...this.windows.values()].sort((a, b) => a.start - b.start);
  }

  /** Gives a window out, and forgets it if it is over. */
  private give(window: EventWindow<S>, time: number, partial: boolean): void {
    const { start, end } = window;
    const span = { time, start, end, partial };
    window.table.give(span, this.run, this.out);
    this.down.close(span);
    if (end > this.time.reached) return;
    this.windows.delete(start);
    this.forgetRecent();
    this.rows?.forget();
  }
}
