import { identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { type Answers, answer, type Form, type Offer, type Takes } from '../define/faster.ts';
import type { Grouping } from '../define/grouping.ts';
import type { KnownOrigins, Refit, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { NOTHING_REACHED, type Reached, type RunEnd, type Step } from '../define/step.ts';
import type { Parted } from '../groups/absorbing.ts';
import type { TableSnapshot } from '../groups/group-table.ts';
import { refitted } from '../groups/refit.ts';
import { reportBad } from '../records/report-bad.ts';
import { MemoryBound } from '../state/memory-bound.ts';
import { asPart, inTurn, partsOf } from '../state/parts.ts';
import { nextMultiple } from './batch-window.ts';
import { EventTime, type EventTimeSettings } from './event-time.ts';
import { GatheredSessions } from './gathered-sessions.ts';
import { byStart, type Session } from './open-sessions.ts';
import { SessionRows } from './session-rows.ts';
import { readSessions, type SessionsState, writeSessions } from './session-state.ts';
import { readSessionsApart, writeSessionsApart } from './sessions-apart.ts';

/**
 * Sessions by event time, or by time of arrival where `eventTime` is not given. The grouping says how a session comes out: the span it
 * is given is the session's own.
 *
 * @param gap ms; a record at t is in [t, t + gap), and records of one key that touch or overlap are one session.
 */
export function sessions(
  grouping: Grouping,
  gap: number,
  eventTime: EventTimeSettings | undefined,
  run: RunContext,
  down: Step,
): Step {
  return new Sessions(grouping, gap, eventTime, run, down);
}

type SessionsSnapshot = {
  readonly open: State;
  readonly closed: State;
  readonly eventTime: State;
  readonly ticked: number;
  readonly last: Span | undefined;
  readonly taken: number;
  readonly held: SessionsState;
  readonly hasGiven: boolean;
};

/**
 *     a    ├────┤   ├────┤           two sessions of one key
 *     b           ├────┤             a record between them, however late it comes: they are one
 *     now  ├─────────────┤           with the records of all three in order of arrival
 *
 * What a record belongs to must not depend on which of several origins came first. So what is over when it comes is told by its own
 * origin, and goes into its link: a record at t is linked with sessions that end at t or later, unless what was over then reaches up to t;
 * then with those that end behind what was over. Of one origin these are the sessions that are not over.
 *
 * To keep the order of arrival each session has its records in stretches; while a key has one open session, which is nearly always, that is one stretch.
 */
class Sessions<S> implements Step, Parted<S> {
  private readonly sessions: GatheredSessions<S>;
  /** What takes rows, where somebody gives some. */
  private rows: SessionRows<S> | undefined;
  /** By time of arrival: the last tick, ms. */
  private ticked = Number.NEGATIVE_INFINITY;
  private last: Span | undefined;
  /** In one batch: sessions that are over, by start, of which the first began behind one that is open. */
  private held: Session<S>[] = [];
  /** Whether sessions have been given in the open emission. */
  private hasGiven = false;
  private readonly bound: MemoryBound;
  private readonly eventTime: EventTime | undefined;
  private readonly grouping: Grouping<S>;
  private readonly gap: number;
  private readonly run: RunContext;
  private readonly down: Step;

  constructor(
    grouping: Grouping<S>,
    gap: number,
    eventTime: EventTimeSettings | undefined,
    run: RunContext,
    down: Step,
  ) {
    this.grouping = grouping;
    this.gap = gap;
    this.bound = new MemoryBound(run, 'session', 'use fewer keys or a shorter gap, or let less be late');
    const over = () => this.eventTime?.reached ?? this.ticked;
    this.sessions = new GatheredSessions({ grouping, gap, run, bound: this.bound, over });
    this.eventTime = eventTime === undefined ? undefined : new EventTime(eventTime, run);
    this.run = run;
    this.down = down;
    if (this.eventTime !== undefined) down.passed?.(NOTHING_REACHED);
  }

  push(record: Value): void {
    const time = this.eventTime === undefined ? this.arrival() : this.eventTime.take(record);
    if (time === undefined) return;
    // A session is over by what was known before this record, so that records in order that touch are one session.
    const over = this.eventTime === undefined ? this.ticked : this.eventTime.over;
    if (time + this.gap <= over) {
      this.eventTime?.dismiss(record);
      return;
    }
    try {
      this.add(record, time, over);
    } catch (error) {
      reportBad(this.run, error, record);
    }
  }

  faster<F extends Form>(offer: Offer<F>): Takes[F] | undefined {
    return answer(this.answers, offer, undefined);
  }

  get isByProgram(): boolean {
    return this.grouping.aggregate.byProgram === true;
  }

  soFar(): TableSnapshot<S> {
    const { sessions } = this;
    return writeSessionsApart(sessions.open.all(), sessions.taken, this.eventTime!.highest);
  }

  /** Only where none of all records is late: then it does not matter what came before them. */
  absorb(later: TableSnapshot<unknown>): boolean {
    const { holders, taken, highest } = readSessionsApart(later as TableSnapshot<S>);
    for (const holder of holders) this.sessions.absorb(holder);
    this.sessions.taken += taken;
    this.eventTime!.sawElsewhere(highest);
    return true;
  }

  opened(origin: Origin): void {
    this.eventTime?.opened(origin);
  }

  ended(origin: Origin): void {
    this.eventTime?.ended(origin);
  }

  close(span: Span): void {
    if (this.eventTime?.isTold) return;
    this.last = span;
    this.ticked = span.end;
    this.giveDue(this.eventTime?.passTick() ?? this.ticked, this.isWhole);
    this.closeGiven(span);
  }

  release(): void {
    if (this.eventTime !== undefined && !this.eventTime.isTold) this.giveDue(this.eventTime.passTick(), false);
  }

  passed(reached: Reached): void {
    const { eventTime, run } = this;
    if (eventTime === undefined) return;
    eventTime.tell(reached);
    this.giveDue(eventTime.passTick(), false);
    const now = run.now();
    this.last = { time: now, start: now - run.interval, end: now, partial: false };
    if (!this.isWhole) this.closeGiven(this.last);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  due(tick: number): number | undefined {
    const end = this.eventTime === undefined ? this.sessions.open.firstEnd() : Number.POSITIVE_INFINITY;
    return Number.isFinite(end) ? Math.max(tick, nextMultiple(end, this.run.interval)) : undefined;
  }

  finish(end: RunEnd): void {
    this.give(this.allOver());
    if (this.last !== undefined) this.closeGiven({ ...this.last, time: end.time, partial: !this.isWhole });
    const reached = this.eventTime?.finish(end);
    this.down.finish(reached === undefined ? end : { ...end, reached: { ends: reached, times: () => reached } });
  }

  snapshot(onlyChanges?: boolean): State {
    const held = this.held.map((session) => ({ ...session.holder, sessions: [session], latest: session }));
    return {
      open: this.sessions.open.snapshot(onlyChanges),
      closed: this.sessions.closed.snapshot(onlyChanges),
      eventTime: this.eventTime?.snapshot(),
      ticked: this.ticked,
      last: this.last && { ...this.last },
      taken: this.sessions.taken,
      held: writeSessions(held),
      hasGiven: this.hasGiven,
    } satisfies SessionsSnapshot;
  }

  parts(size: number): IterableIterator<State> {
    return inTurn(partsOf('open', this.sessions.open.parts(size)), partsOf('closed', this.sessions.closed.parts(size)));
  }

  restore(state: State, origins: KnownOrigins, refit?: Refit): void {
    const { aggregate } = this.grouping;
    const fitting = (partials: readonly State[]) => refitted(partials as readonly S[], aggregate, refit);
    const part = asPart(state);
    this.rows?.forget();
    if (part !== undefined) {
      if (part.partOf === 'open') this.sessions.open.restore(part.part, fitting);
      else this.sessions.closed.restore(part.part);
      return;
    }
    const { open, closed, eventTime, held, taken, ...rest } = state as SessionsSnapshot;
    this.sessions.taken = taken;
    this.sessions.open.restore(open, fitting);
    this.sessions.closed.restore(closed);
    this.eventTime?.restore(eventTime, origins);
    const sessions = readSessions<S>(held, fitting).flatMap((holder) => holder.sessions);
    for (const session of sessions) session.bytes = this.sessions.bytesOf(session);
    this.hold(sessions);
    Object.assign(this, rest);
  }

  private readonly answers: Answers<undefined> = {
    rows: ({ names, asLines }) => {
      const { grouping, gap, sessions, eventTime: time } = this;
      if (asLines !== undefined || time === undefined) return undefined;
      this.rows = SessionRows.of({ grouping, gap, time, names, sessions });
      return this.rows?.take;
    },
  };

  /** Whether there is one batch, whose sessions are one result, those that are open at its end as well. */
  private get isWhole(): boolean {
    return this.eventTime !== undefined && this.run.isOneBatch === true;
  }

  /** Gives out what is over, ms, or all there is. */
  private giveDue(over: number, isAll: boolean): void {
    if (isAll) this.give(this.allOver());
    else {
      const taken = this.sessions.open.takeOver(over);
      if (this.eventTime !== undefined) this.sessions.closed.remember(taken, over - this.gap);
      this.give(this.isWhole ? this.inTurn(taken) : taken);
    }
    const ends = this.held.reduce((least, { end }) => Math.min(least, end), over);
    if (this.eventTime !== undefined) this.down.passed?.({ ends, times: () => this.earliest(over) });
  }

  private allOver(): Session<S>[] {
    const all = byStart([...this.held, ...this.sessions.open.takeOver(Number.POSITIVE_INFINITY)]);
    this.hold([]);
    return all;
  }

  /**
   * The sessions of one batch come by start, whenever what is over is let out: one that began behind a session that is open waits for it.
   * So what comes out does not depend on the pace of the input.
   */
  private inTurn(over: readonly Session<S>[]): Session<S>[] {
    if (over.length === 0 && this.held.length === 0) return [];
    const first = this.sessions.open.firstStart();
    const all = byStart([...this.held, ...over]);
    const behind = all.findIndex(({ start }) => start >= first);
    this.hold(behind === -1 ? [] : all.slice(behind));
    return behind === -1 ? all : all.slice(0, behind);
  }

  private hold(sessions: Session<S>[]): void {
    const bytesOf = (held: readonly Session<S>[]) => held.reduce((sum, { bytes }) => sum + bytes, 0);
    this.bound.add(bytesOf(sessions) - bytesOf(this.held));
    this.held = sessions;
  }

  /** No session that follows has a time before this. */
  private earliest(over: number): number {
    return Math.min(over - this.gap, this.sessions.open.firstStart(), this.held[0]?.start ?? Number.POSITIVE_INFINITY);
  }

  /** Within the batch under way: the clock may be past its tick while the last records are worked on, or may have been set back. */
  private arrival(): number {
    const { run } = this;
    return run.live && run.isRepeatable !== true
      ? Math.max(this.ticked, Math.min(run.clock.now(), run.now()))
      : run.now();
  }

  private add(record: Value, time: number, over: number): void {
    const { grouping, sessions } = this;
    const key = grouping.key === undefined ? null : grouping.key.call(record);
    const place = sessions.placeFor(key, identity(key), time, over);
    const state = place.known === undefined ? grouping.aggregate.zero() : place.known.state;
    // From here on nothing fails: a record that the aggregation refuses has changed nothing.
    sessions.enter(place, grouping.aggregate.add(state, record));
  }

  private give(taken: readonly Session<S>[]): void {
    const out = (record: Value) => this.down.push(record);
    for (const session of taken) {
      this.sessions.mergeStretches(session);
      const { start, end, holder, stretches } = session;
      try {
        // When it comes out is not for it to say.
        this.grouping.emit(holder.key, stretches[0]!.state, { time: end, start, end, partial: false }, out);
      } catch (error) {
        reportBad(this.run, error, holder.key);
      }
    }
    this.hasGiven ||= taken.length > 0;
  }

  /** Sessions come out together, as one emission of the tick; a tick without any gives none. */
  private closeGiven(span: Span): void {
    if (this.hasGiven) this.down.close(span);
    this.hasGiven = false;
  }
}
