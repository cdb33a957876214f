import { type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { State } from '../define/snapshot.ts';
import { Changes } from '../state/changes.ts';
import type { MemoryBound } from '../state/memory-bound.ts';
import { stretchesOf } from '../state/parts.ts';
import { byStart, type Holder, type Session } from './open-sessions.ts';
import { type ReadPartials, readSessions, type SessionsState, writeSessions } from './session-state.ts';
import { TimeQueue } from './time-queue.ts';

type TableState = {
  /** Whether it is all there is; else what has changed since the snapshot before. */
  readonly isWhole: boolean;
  readonly forgotten: readonly Value[];
  readonly sessions: SessionsState;
};

/** The sessions that have not come out, by key and by end. */
export class SessionTable<S> {
  private readonly holders = new Map<Identity, Holder<S>>();
  /** By an end that a session once had; it may have become longer, or part of another one. */
  private readonly ends = new TimeQueue<Session<S>>();
  private readonly changes = new Changes<Holder<S>>();
  private readonly bound: MemoryBound;
  private readonly bytesOf: (session: Session<S>) => number;

  /** @param bytesOf about how much a session keeps. */
  constructor(bound: MemoryBound, bytesOf: (session: Session<S>) => number) {
    this.bound = bound;
    this.bytesOf = bytesOf;
  }

  /** How many keys have sessions. */
  get size(): number {
    return this.holders.size;
  }

  /** The sessions of a key; of a new one there are none, and they are not kept before {@link add}. */
  of(key: Value, id: Identity): Holder<S> {
    return this.holders.get(id) ?? { key, id, sessions: [], latest: undefined };
  }

  /** A session is new. @param at its place among those of its key. */
  add(session: Session<S>, at: number): void {
    const { holder } = session;
    holder.sessions.splice(at, 0, session);
    this.holders.set(holder.id, holder);
    this.ends.add(session.end, session);
  }

  /** A session of a key has become another one. */
  changed(holder: Holder<S>): void {
    this.changes.note(holder, this.holders.size);
  }

  /** The start of the first one, ms; Infinity where there is none. */
  firstStart(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { sessions } of this.holders.values()) {
      for (const session of sessions) if (!session.isOut) first = Math.min(first, session.start);
    }
    return first;
  }

  /** When the first one ends, ms; Infinity where there is none. */
  firstEnd(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { sessions } of this.holders.values()) {
      for (const session of sessions) if (!session.isOut) first = Math.min(first, session.end);
    }
    return first;
  }

  /** Takes out the sessions that are over, by start and then by first record. */
  takeOver(over: number): Session<S>[] {
    const taken: Session<S>[] = [];
    const changed = new Set<Holder<S>>();
    for (let session = this.ends.take(over); session !== undefined; session = this.ends.take(over)) {
      const { holder } = session;
      if (session.isOut) continue;
      if (session.end > over) {
        this.ends.add(session.end, session);
        continue;
      }
      session.isOut = true;
      changed.add(holder);
      if (holder.latest === session) holder.latest = undefined;
      this.bound.add(-session.bytes);
      taken.push(session);
    }
    for (const holder of changed) {
      holder.sessions = holder.sessions.filter(({ isOut }) => !isOut);
      if (holder.sessions.length > 0) this.changed(holder);
      else this.forget(holder);
    }
    return byStart(taken);
  }

  /** All that there are, as plain data for another thread. */
  all(): SessionsState {
    return writeSessions([...this.holders.values()]);
  }

  snapshot(onlyChanges = false): State {
    const changed = this.changes.take();
    const isWhole = !onlyChanges || changed === undefined;
    return {
      isWhole,
      forgotten: isWhole ? [] : changed.forgotten,
      sessions: writeSessions([...(isWhole ? this.holders.values() : changed.items)]),
    } satisfies TableState;
  }

  /** See `Remembering`. In which order keys come does not matter. */
  *parts(size: number): IterableIterator<State> {
    for (const { items } of stretchesOf(this.holders.values(), size)) {
      const held = items.filter((holder) => this.holders.get(holder.id) === holder);
      yield { isWhole: false, forgotten: [], sessions: writeSessions(held) } satisfies TableState;
    }
  }

  restore(state: State, refit: ReadPartials<S>): void {
    const { isWhole, forgotten, sessions } = state as TableState;
    this.changes.stop();
    if (isWhole) for (const holder of this.holders.values()) this.dismiss(holder);
    for (const key of forgotten) this.dismiss(this.holders.get(identity(key)));
    for (const holder of readSessions<S>(sessions, refit)) {
      this.dismiss(this.holders.get(holder.id));
      this.holders.set(holder.id, holder);
      for (const session of holder.sessions) {
        session.bytes = this.bytesOf(session);
        this.bound.add(session.bytes);
        this.ends.add(session.end, session);
      }
    }
    this.changes.take();
  }

  /** Forgets the sessions of a key before they are over. */
  private dismiss(holder: Holder<S> | undefined): void {
    if (holder === undefined) return;
    for (const session of holder.sessions) {
      session.isOut = true;
      this.bound.add(-session.bytes);
    }
    this.forget(holder);
  }

  private forget(holder: Holder<S>): void {
    this.holders.delete(holder.id);
    this.changes.forget(holder, holder.key, this.holders.size);
  }
}
