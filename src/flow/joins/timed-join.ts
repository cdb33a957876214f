import { joinIdentity } from '../../base/compare.ts';
import type { Pair, Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { KnownOrigins, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { NOTHING_REACHED, type Reached, type RunEnd, type Step } from '../define/step.ts';
import { pair } from '../groups/groupings.ts';
import { reportBad } from '../records/report-bad.ts';
import { estimatedBytes, MemoryBound } from '../state/memory-bound.ts';
import { nextMultiple } from '../windows/batch-window.ts';
import { EventTime, type EventTimeSettings } from '../windows/event-time.ts';
import type { Unmatched } from './joining.ts';
import { together } from './pairing.ts';
import { Waiting } from './waiting.ts';

interface TimedJoinSettings {
  /** The word, for messages. */
  readonly stage: string;
  /** How far apart the times of two pairs that meet may be, ms. */
  readonly within: number;
  /** Which pairs come out that have met none. */
  readonly unmatched: Unmatched;
  /** Absent where times are those of batches. */
  readonly eventTime: EventTimeSettings | undefined;
}

type SideName = 'left' | 'right';

interface Side {
  readonly waiting: Waiting;
  /** It has been told that its batches up to this tick are over, ms. */
  advanced: number;
  /** How far its event time has come, where a stage in front says so. */
  reached: Reached | undefined;
}

type SideState = {
  readonly waiting: State;
  readonly advanced: number;
  readonly reached: { readonly ends: number; readonly times: number } | undefined;
};

type TimedJoinState = {
  readonly left: SideState;
  readonly right: SideState;
  readonly taken: number;
  readonly kept: number;
  readonly emptied: number;
  readonly span: Span | undefined;
  readonly last: Span | undefined;
  readonly advanced: number;
  readonly eventTime: State;
};

/** What a pair takes beside its key and value, bytes. */
const ENTRY_BYTES = 160;
/** In so many stretches is kept what may still meet: letting go of it in few large ones would keep too much, in many too small ones cost time. */
const STRETCHES = 16;

const LATE = 'what they could meet was over (late: allows for more)';

/**
 * Brings pairs of two streams together that have the same key, and times that are near to each other.
 *
 *     left    a 10:00 ──────────────────────────────── a 10:09 ──
 *     right   ─────────── a 10:04 ─── a 10:20 ───────────────────        within: 5m
 *     out                 10:00, 10:04                 10:09, 10:04
 *
 * Two that meet come out when the second of them comes, so each two of them once. Both streams have one watermark, so that a stream of which nothing
 * comes for long lets go of the other all the same where both are of one origin. A pair is late by its own origin, when all that it could meet is
 * over; one that is not late meets all that are near to it, whichever came first, since what may be met by one in time is kept. So what meets does not
 * depend on the order in which two origins come.
 *
 *     watermark less `within`                 pairs before this are late
 *     watermark less two times `within`       pairs before this are met by late ones alone, and let go of
 *
 * By the times of batches nothing is late, and what comes has no time before that of the batch under way.
 */
export class TimedJoin {
  readonly left: Step;
  readonly right: Step;
  private readonly sides: { readonly left: Side; readonly right: Side };
  private readonly eventTime: EventTime | undefined;
  private readonly bound: MemoryBound;
  private readonly stretch: number;
  private taken = 0;
  /** All that is kept has a time from this on, ms. */
  private kept = Number.NEGATIVE_INFINITY;
  /** How often all was let go of. */
  private emptied = 0;
  /** The emission under way, as far as it has been closed. */
  private span: Span | undefined;
  private last: Span | undefined;
  private advanced = Number.NEGATIVE_INFINITY;
  private readonly settings: TimedJoinSettings;
  private readonly run: RunContext;
  private readonly down: Step;

  constructor(settings: TimedJoinSettings, run: RunContext, down: Step) {
    this.settings = settings;
    this.run = run;
    this.down = down;
    const { stage, eventTime } = settings;
    this.bound = new MemoryBound(run, stage, 'join within a shorter time, or let less be late');
    this.eventTime = eventTime && new EventTime({ why: LATE, ...eventTime }, run);
    this.stretch = Math.max(1, Math.ceil(this.horizon / STRETCHES));
    this.sides = { left: this.side(), right: this.side() };
    // The left step writes down what both remember.
    this.left = {
      ...this.step('left'),
      due: (tick) => this.due(tick),
      snapshot: (onlyChanges = false) => this.snapshot(onlyChanges),
      restore: (state, origins) => this.restore(state as TimedJoinState, origins),
    };
    this.right = this.step('right');
    if (eventTime !== undefined) down.passed?.(NOTHING_REACHED);
  }

  private side(): Side {
    return {
      waiting: new Waiting(this.stretch),
      advanced: Number.NEGATIVE_INFINITY,
      reached: undefined,
    };
  }

  /** How far behind the watermark, or the time of the batch, what is kept may be met by what comes in time, ms. */
  private get horizon(): number {
    const { within, eventTime } = this.settings;
    return eventTime === undefined ? within : 2 * within;
  }

  private step(name: SideName): Step {
    const { eventTime } = this;
    return {
      push: (record) => this.push(name, record),
      close: (span) => this.close(span),
      advance: (through) => this.advance(name, through),
      finish: (end) => this.finish(name, end),
      ...(eventTime !== undefined && {
        opened: (origin) => eventTime.opened(origin),
        ended: (origin) => eventTime.ended(origin),
        release: () => this.letGo(),
        passed: (reached) => this.passed(name, reached),
      }),
    };
  }

  private push(name: SideName, record: Value): void {
    let keyed: Pair;
    try {
      keyed = pair(record);
    } catch (error) {
      reportBad(this.run, error, record);
      return;
    }
    const { eventTime, settings, sides } = this;
    const { within } = settings;
    const time = eventTime === undefined ? this.run.now() : eventTime.take(record);
    if (time === undefined) return;
    if (eventTime !== undefined && time + within < eventTime.over) {
      eventTime.dismiss(record);
      return;
    }
    const [key, value] = keyed;
    const id = joinIdentity(key);
    const other = sides[name === 'left' ? 'right' : 'left'].waiting;
    const near = other.near(id, time - within, time + within);
    const waiter = { id, key, value, time, order: this.taken++, bytes: bytesOf(key, value), isMet: near.length > 0 };
    sides[name].waiting.add(waiter);
    this.bound.add(waiter.bytes);
    for (const met of near) {
      other.meet(met);
      this.down.push(name === 'left' ? [key, [value, met.value]] : [met.key, [met.value, value]]);
    }
  }

  /** What one side closes is closed when both have been told that the batch is over. */
  private close(span: Span): void {
    this.span = this.span === undefined ? span : together(this.span, span);
  }

  private advance(name: SideName, through: number): void {
    const side = this.sides[name];
    side.advanced = Math.max(side.advanced, through);
    const advanced = Math.min(this.sides.left.advanced, this.sides.right.advanced);
    if (advanced <= this.advanced) return;
    this.advanced = advanced;
    this.settle();
    this.down.advance(advanced);
  }

  /** Both sides are through with a batch. */
  private settle(): void {
    const { span } = this;
    this.letGo();
    if (span === undefined) return;
    this.span = undefined;
    this.last = span;
    // All there is, of one result.
    if (this.run.isOneBatch === true) this.takeAll();
    this.down.close(span);
  }

  /** A stage in front of one side, or of both, says how far it has come. */
  private passed(name: SideName, reached: Reached): void {
    const { left, right } = this.sides;
    this.sides[name].reached = reached;
    const a = left.reached ?? right.reached!;
    const b = right.reached ?? a;
    this.eventTime?.tell({ ends: Math.min(a.ends, b.ends), times: () => Math.min(a.times(), b.times()) });
  }

  /** Lets go of what only late pairs could meet. */
  private letGo(): void {
    const { eventTime, stretch } = this;
    const before = (eventTime === undefined ? this.run.now() : eventTime.passTick()) - this.horizon;
    const kept = Math.floor(before / stretch) * stretch;
    if (kept > this.kept) {
      this.kept = kept;
      this.takeBefore(kept);
    }
    if (eventTime !== undefined) this.down.passed?.({ ends: this.kept, times: () => this.kept });
  }

  /** By the times of batches: the tick at which the first that have met none come out. */
  private due(tick: number): number | undefined {
    const { unmatched, within, eventTime } = this.settings;
    if (eventTime !== undefined) return undefined;
    const ends = (['left', 'right'] as const).map((name) =>
      unmatched[name] ? this.sides[name].waiting.firstEnd() : Number.POSITIVE_INFINITY,
    );
    const first = Math.min(...ends);
    return Number.isFinite(first) ? Math.max(tick, nextMultiple(first + within, this.run.interval)) : undefined;
  }

  /** Takes away what has an earlier time, and gives out what has met none. @returns whether anything came out. */
  private takeBefore(time: number): boolean {
    const { unmatched } = this.settings;
    if (!unmatched.left && !unmatched.right) {
      for (const { waiting } of [this.sides.left, this.sides.right]) this.bound.add(-waiting.dropBefore(time));
      return false;
    }
    const taken = (['left', 'right'] as const).flatMap((name) =>
      this.sides[name].waiting.takeBefore(time).map((waiter) => ({ name, waiter })),
    );
    const alone = taken.filter(({ name, waiter }) => unmatched[name] && !waiter.isMet);
    for (const { waiter } of taken) this.bound.add(-waiter.bytes);
    alone.sort((a, b) => a.waiter.time - b.waiter.time || a.waiter.order - b.waiter.order);
    for (const { name, waiter } of alone) {
      const { key, value } = waiter;
      this.down.push([key, name === 'left' ? [value, null] : [null, value]]);
    }
    return alone.length > 0;
  }

  private takeAll(): boolean {
    this.emptied++;
    return this.takeBefore(Number.POSITIVE_INFINITY);
  }

  private finish(name: SideName, end: RunEnd): void {
    const { left, right } = this.sides;
    this.sides[name].advanced = Number.POSITIVE_INFINITY;
    if (Math.min(left.advanced, right.advanced) < Number.POSITIVE_INFINITY) return;
    const reached = this.eventTime?.finish(end);
    const isAny = this.takeAll();
    // What a side gave at its end has closed it; otherwise it is the end that gives out what was kept.
    if (this.span !== undefined) this.down.close(this.span);
    else if (isAny && this.last !== undefined) this.down.close({ ...this.last, time: end.time, partial: true });
    if (reached === undefined) this.down.finish(end);
    else {
      const behind = reached - this.horizon;
      this.down.finish({ ...end, reached: { ends: behind, times: () => behind } });
    }
  }

  private snapshot(onlyChanges: boolean): State {
    const ofSide = ({ waiting, advanced, reached }: Side): SideState => ({
      waiting: waiting.snapshot(onlyChanges),
      advanced,
      reached: reached && { ends: reached.ends, times: reached.times() },
    });
    const { sides, taken, kept, emptied, span, last, advanced, eventTime } = this;
    return {
      left: ofSide(sides.left),
      right: ofSide(sides.right),
      taken,
      kept,
      emptied,
      span: span && { ...span },
      last: last && { ...last },
      advanced,
      eventTime: eventTime?.snapshot(),
    } satisfies TimedJoinState;
  }

  private restore(state: TimedJoinState, origins: KnownOrigins): void {
    const { left: _left, right: _right, eventTime, ...rest } = state;
    // What has been let go of since the snapshot before came out then.
    const gone = rest.emptied === this.emptied ? rest.kept : Number.POSITIVE_INFINITY;
    Object.assign(this, rest);
    const known = (key: Value, value: Value) => ({ id: joinIdentity(key), bytes: bytesOf(key, value) });
    for (const name of ['left', 'right'] as const) {
      const side = this.sides[name];
      const { waiting, reached, advanced } = state[name];
      let bytes = 0;
      for (const waiter of side.waiting.takeBefore(gone)) bytes -= waiter.bytes;
      bytes += side.waiting.restore(waiting, known);
      this.bound.add(bytes);
      side.advanced = advanced;
      side.reached = reached && { ends: reached.ends, times: () => reached.times };
    }
    this.eventTime?.restore(eventTime, origins);
  }
}

function bytesOf(key: Value, value: Value): number {
  return ENTRY_BYTES + estimatedBytes(key) + estimatedBytes(value);
}
