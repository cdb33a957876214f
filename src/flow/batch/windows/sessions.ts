import { type Identity, identity } from '../../../base/compare.ts';
import type { Value } from '../../../base/value.ts';
import type { RunContext } from '../context.ts';
import type { Grouping } from '../grouping.ts';
import { MemoryBound } from '../memory-bound.ts';
import { reportBad } from '../report-bad.ts';
import type { Span } from '../span.ts';
import type { RunEnd, Step } from '../step.ts';
import { EventTime, type EventTimeSettings } from './event-time.ts';
import { PARTIAL_BYTES, partialBytes } from './partial-bytes.ts';
import { TimeQueue } from './time-queue.ts';

/** Records of one session that came one behind the other, none of another session of the key between them. */
interface Stretch<S> {
  /** The place of its first record among all that came. */
  readonly order: number;
  state: S;
}

interface Session<S> {
  readonly holder: Holder<S>;
  /** The time of the first record, ms. */
  start: number;
  /** The time of the last record and the gap. */
  end: number;
  /** In order of arrival. */
  stretches: Stretch<S>[];
  /** About how much it keeps. */
  bytes: number;
}

/** The sessions of one key that have not come out. */
interface Holder<S> {
  readonly key: Value;
  readonly id: Identity;
  readonly sessions: Set<Session<S>>;
  /** Where the key's last record went. */
  latest: Session<S> | undefined;
}

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

/**
 *     a    ├────┤   ├────┤           two sessions of one key
 *     b           ├────┤             a record between them, however late it comes: they are one
 *     now  ├─────────────┤           with the records of all three in order of arrival
 *
 * To keep that order each session has its records in stretches; while a key has one open session, which is nearly always, that is one stretch.
 */
class Sessions<S> implements Step {
  private readonly holders = new Map<Identity, Holder<S>>();
  /** By an end that a session once had; it may have become longer, or part of another one. */
  private readonly ends = new TimeQueue<Session<S>>();
  /** By time of arrival: the last tick, ms. */
  private ticked = Number.NEGATIVE_INFINITY;
  private last: Span | undefined;
  private taken = 0;
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
    this.eventTime = eventTime === undefined ? undefined : new EventTime(eventTime, run);
    this.run = run;
    this.down = down;
  }

  push(record: Value): void {
    // A session is over by what was known before this record, so that records in order that touch are one session.
    const over = this.over;
    const time = this.eventTime === undefined ? this.arrival() : this.eventTime.take(record);
    if (time === undefined) return;
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

  close(span: Span): void {
    this.last = span;
    this.ticked = span.end;
    this.eventTime?.passTick(span.end);
    this.give(this.takeOver(this.over), span);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  finish(end: RunEnd): void {
    const open = this.takeOver(Number.POSITIVE_INFINITY);
    if (this.last !== undefined) this.give(open, { ...this.last, time: end.time, partial: true });
    this.eventTime?.finish();
    this.down.finish(end);
  }

  /** Sessions that end here or before take nothing more, ms. */
  private get over(): number {
    return this.eventTime === undefined ? this.ticked : this.eventTime.reached;
  }

  /** Within the batch under way: the clock may be past its tick while the last records are worked on, or may have been set back. */
  private arrival(): number {
    const { run } = this;
    return run.live ? Math.max(this.ticked, Math.min(run.clock.now(), run.now())) : run.now();
  }

  private add(record: Value, time: number, over: number): void {
    const { aggregate } = this.grouping;
    const key = this.grouping.key === undefined ? null : this.grouping.key(record);
    const id = identity(key);
    const holder = this.holders.get(id) ?? { key, id, sessions: new Set(), latest: undefined };
    const end = time + this.gap;
    const touched: Session<S>[] = [];
    for (const session of holder.sessions) {
      if (session.end > over && session.start <= end && time <= session.end) touched.push(session);
    }
    const latest = holder.latest !== undefined && touched.includes(holder.latest) ? holder.latest : undefined;
    const known = latest?.stretches.at(-1);
    const state = aggregate.add(known === undefined ? aggregate.zero() : known.state, record);
    // From here on nothing fails: a record that the aggregation refuses has changed nothing.
    let session = latest ?? touched[0];
    if (session === undefined) {
      session = { holder, start: time, end, stretches: [], bytes: 0 };
      holder.sessions.add(session);
      this.holders.set(id, holder);
      this.ends.add(end, session);
    }
    if (known === undefined) session.stretches.push({ order: this.taken, state });
    else known.state = state;
    this.taken++;
    session.start = Math.min(session.start, time);
    session.end = Math.max(session.end, end);
    for (const other of touched) {
      this.bound.add(-other.bytes);
      if (other !== session) this.join(session, other);
    }
    holder.latest = session;
    if (session.stretches.length > 1 && this.isOnlyOpen(session, over)) this.mergeStretches(session);
    session.bytes = this.bytesOf(session);
    this.bound.add(session.bytes);
  }

  private join(session: Session<S>, other: Session<S>): void {
    session.start = Math.min(session.start, other.start);
    session.end = Math.max(session.end, other.end);
    session.stretches = [...session.stretches, ...other.stretches].sort((a, b) => a.order - b.order);
    session.holder.sessions.delete(other);
  }

  private isOnlyOpen(session: Session<S>, over: number): boolean {
    for (const other of session.holder.sessions) if (other !== session && other.end > over) return false;
    return true;
  }

  /** One stretch of all: nothing can come between them any more. */
  private mergeStretches(session: Session<S>): void {
    const [first, ...others] = session.stretches;
    for (const { state } of others) {
      try {
        first!.state = this.grouping.aggregate.merge(first!.state, state);
      } catch (error) {
        reportBad(this.run, error, session.holder.key);
      }
    }
    session.stretches = [first!];
  }

  private bytesOf({ stretches }: Session<S>): number {
    let bytes = stretches.length * PARTIAL_BYTES;
    if (this.grouping.aggregate.grows) for (const { state } of stretches) bytes += partialBytes(state);
    return bytes;
  }

  /** Takes out the sessions that are over, by start and then by first record. */
  private takeOver(over: number): Session<S>[] {
    const taken: Session<S>[] = [];
    for (let session = this.ends.take(over); session !== undefined; session = this.ends.take(over)) {
      const { holder } = session;
      if (!holder.sessions.has(session)) continue;
      if (session.end > over) {
        this.ends.add(session.end, session);
        continue;
      }
      holder.sessions.delete(session);
      if (holder.latest === session) holder.latest = undefined;
      if (holder.sessions.size === 0) this.holders.delete(holder.id);
      this.bound.add(-session.bytes);
      taken.push(session);
    }
    return taken.sort((a, b) => a.start - b.start || a.stretches[0]!.order - b.stretches[0]!.order);
  }

  /** Sessions come out together, as one emission of the tick; a tick without any gives none. */
  private give(taken: readonly Session<S>[], span: Span): void {
    if (taken.length === 0) return;
    const out = (record: Value) => this.down.push(record);
    for (const session of taken) {
      this.mergeStretches(session);
      const { start, end, holder, stretches } = session;
      try {
        this.grouping.emit(
          holder.key,
          stretches[0]!.state,
          { time: span.time, start, end, partial: span.partial },
          out,
        );
      } catch (error) {
        reportBad(this.run, error, holder.key);
      }
    }
    this.down.close(span);
  }
}
