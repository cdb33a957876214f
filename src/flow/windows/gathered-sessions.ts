import type { Identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { Grouping } from '../define/grouping.ts';
import { PARTIAL_BYTES, partialBytes } from '../groups/partial-bytes.ts';
import { reportBad } from '../records/report-bad.ts';
import type { MemoryBound } from '../state/memory-bound.ts';
import { ClosedSessions } from './closed-sessions.ts';
import { type Holder, join, type Session, type Stretch } from './open-sessions.ts';
import { type Link, type Linked, least, linkedWith, reaches, touchesOthers } from './session-links.ts';
import { SessionTable } from './session-table.ts';

const SPLIT = 'records came when the sessions that they touch were over, and began others (late: allows for more)';

/** Where a record of a key belongs. */
export interface Place<S> {
  readonly holder: Holder<S>;
  readonly time: number;
  /** When it would be over by itself. */
  readonly end: number;
  readonly link: Link;
  /** Which of the key's sessions it is linked with. */
  readonly linked: Linked;
  readonly touched: readonly Session<S>[];
  /** The one of these that the key's last record went into, if that is one of them. */
  readonly latest: Session<S> | undefined;
  /** The stretch that it goes on with; undefined where it begins one. */
  readonly known: Stretch<S> | undefined;
}

interface Settings<S> {
  readonly grouping: Grouping<S>;
  /** ms. */
  readonly gap: number;
  readonly run: RunContext;
  readonly bound: MemoryBound;
  /** What is over for all, ms. */
  readonly over: () => number;
}

/** The sessions that have not come out, and how records become part of them. */
export class GatheredSessions<S> {
  readonly open: SessionTable<S>;
  readonly closed: ClosedSessions;
  /** How many records there were. */
  taken = 0;
  private readonly settings: Settings<S>;

  constructor(settings: Settings<S>) {
    this.settings = settings;
    this.open = new SessionTable(settings.bound, (session) => this.bytesOf(session));
    this.closed = new ClosedSessions(settings.bound);
  }

  /** Where a record belongs, with nothing changed. Times in ms. @param over what was over for it when it came. */
  placeFor(key: Value, id: Identity, time: number, over: number): Place<S> {
    const holder = this.open.of(key, id);
    const end = time + this.settings.gap;
    const link = over < time ? { from: time, isOpen: false } : { from: over, isOpen: true };
    const linked = linkedWith(holder.sessions, link, end);
    const touched = holder.sessions.slice(linked.first, linked.behind);
    const latest = holder.latest !== undefined && touched.includes(holder.latest) ? holder.latest : undefined;
    return { holder, time, end, link, linked, touched, latest, known: latest?.stretches.at(-1) };
  }

  /** A record goes there. @param state what becomes of the stretch there. @returns its session, of which its stretch is the last. */
  enter({ holder, time, end, link, linked, touched, latest, known }: Place<S>, state: S): Session<S> {
    const { bound, run } = this.settings;
    if (this.isSplit(holder, linked, time, end)) run.note(SPLIT);
    const { first, behind } = linked;
    let session = latest ?? touched[0];
    if (session === undefined) {
      session = { holder, start: time, end, link, isOut: false, stretches: [], bytes: 0 };
      this.open.add(session, first);
    } else if (touched.length > 1) holder.sessions.splice(first, behind - first, session);
    if (known === undefined) session.stretches.push({ order: this.taken, state });
    else known.state = state;
    this.taken++;
    session.start = Math.min(session.start, time);
    session.end = Math.max(session.end, end);
    session.link = least(session.link, link);
    for (const other of touched) {
      bound.add(-other.bytes);
      if (other !== session) join(session, other);
    }
    holder.latest = session;
    if (session.stretches.length > 1 && this.isOnlyOpen(session)) this.mergeStretches(session);
    session.bytes = this.bytesOf(session);
    bound.add(session.bytes);
    this.open.changed(holder);
    return session;
  }

  /**
   * The same for a record that goes on with the last session of its key, which the key's last record went into as well: as most do.
   *
   * @returns false, with nothing changed, where it may be otherwise.
   */
  goOn(session: Session<S>, time: number, over: number): boolean {
    const { holder, link } = session;
    const { sessions, latest } = holder;
    const isLast = latest === session && sessions[sessions.length - 1] === session;
    if (!isLast || session.isOut || session.stretches.length > 1 || over >= time || time > session.end) return false;
    const end = time + this.settings.gap;
    if (!reaches(end, link) || (sessions.length > 1 && sessions[sessions.length - 2]!.end >= time)) return false;
    if (this.closed.reach(holder.id, time)) return false;
    if (time < session.start) session.start = time;
    if (end > session.end) session.end = end;
    if (time < link.from || (time === link.from && link.isOpen)) session.link = { from: time, isOpen: false };
    this.taken++;
    this.open.changed(holder);
    return true;
  }

  /** Takes in the sessions of a key that others gathered of later records, where none of all records is late. */
  absorb(later: Holder<S>): void {
    const holder = this.open.of(later.key, later.id);
    for (const session of later.sessions) {
      const stretches = session.stretches.map(({ order, state }) => ({ order: this.taken + order, state }));
      const own: Session<S> = { ...session, holder, stretches, bytes: 0 };
      const { first, behind } = linkedWith(holder.sessions, own.link, own.end);
      const [into = own, ...others] = holder.sessions.slice(first, behind);
      if (into === own) this.open.add(own, first);
      else {
        holder.sessions.splice(first, behind - first, into);
        for (const other of [...others, own]) {
          this.settings.bound.add(-other.bytes);
          join(into, other);
        }
      }
      this.grew(into);
      if (later.latest === session || holder.latest?.isOut === true) holder.latest = into;
    }
    this.open.changed(holder);
  }

  /** The partials of a session are others than when it was counted how much it keeps. */
  grew(session: Session<S>): void {
    const before = session.bytes;
    session.bytes = this.bytesOf(session);
    this.settings.bound.add(session.bytes - before);
  }

  /** Whether a record touches a session of its key that it is not linked with, since one of them was over for the other. */
  private isSplit({ id, sessions }: Holder<S>, linked: Linked, time: number, end: number): boolean {
    return this.closed.reach(id, time) || touchesOthers(sessions, linked, { start: time, end }, this.settings.gap);
  }

  /** Whether nothing of the key is open beside a session. */
  private isOnlyOpen(session: Session<S>): boolean {
    const over = this.settings.over();
    // They are by end, so those that are still open are the last ones.
    return session.holder.sessions.slice(-2).every((other) => other === session || other.end <= over);
  }

  /** One stretch of all: nothing can come between them any more. */
  mergeStretches(session: Session<S>): void {
    const { grouping, run } = this.settings;
    const [first, ...others] = session.stretches;
    for (const { state } of others) {
      try {
        first!.state = grouping.aggregate.merge(first!.state, state);
      } catch (error) {
        reportBad(run, error, session.holder.key);
      }
    }
    session.stretches = [first!];
  }

  /** About how much a session keeps. */
  bytesOf({ stretches }: Session<S>): number {
    let bytes = stretches.length * PARTIAL_BYTES;
    if (this.settings.grouping.aggregate.grows) for (const { state } of stretches) bytes += partialBytes(state);
    return bytes;
  }
}
