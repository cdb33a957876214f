import { identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { State } from '../define/snapshot.ts';
import { countsOf, doublesOf, wholesOf } from '../state/columns.ts';
import type { Holder, Session, Stretch } from './open-sessions.ts';

/** Sessions as plain data: a list a field, of all keys one behind the other. */
export type SessionsState = {
  readonly keys: readonly Value[];
  /** How many sessions each key has; absent where that is one. */
  readonly counts: Int32Array | undefined;
  /** Which of them the key's last record went into, −1 for none; absent where that is the last one of each. */
  readonly latest: Int32Array | undefined;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly links: Float64Array;
  readonly areOpen: Int32Array;
  /** How many stretches each session has; absent where that is one. */
  readonly stretches: Int32Array | undefined;
  readonly orders: Float64Array;
  readonly partials: readonly State[];
};

/** Writes down the sessions of keys. What is kept of them is lent. */
export function writeSessions<S>(holders: readonly Holder<S>[]): SessionsState {
  const sessions: Session<S>[] = [];
  for (const holder of holders) for (const session of holder.sessions) sessions.push(session);
  const stretches: Stretch<S>[] = [];
  for (const session of sessions) for (const stretch of session.stretches) stretches.push(stretch);
  const isLast = ({ sessions: own, latest }: Holder<S>) => latest !== undefined && own.at(-1) === latest;
  return {
    keys: holders.map(({ key }) => key),
    counts: countsOf(holders, (holder) => holder.sessions.length),
    latest: holders.every(isLast)
      ? undefined
      : wholesOf(holders, ({ sessions: own, latest }) => (latest === undefined ? -1 : own.indexOf(latest))),
    starts: doublesOf(sessions, ({ start }) => start),
    ends: doublesOf(sessions, ({ end }) => end),
    links: doublesOf(sessions, ({ link }) => link.from),
    areOpen: wholesOf(sessions, ({ link }) => Number(link.isOpen)),
    stretches: countsOf(sessions, (session) => session.stretches.length),
    orders: doublesOf(stretches, ({ order }) => order),
    partials: stretches.map(({ state }) => state as State),
  };
}

/** Makes what is gone on with of partials that were written down. */
export type ReadPartials<S> = (partials: readonly State[]) => readonly S[];

/** Makes sessions of what was written down; about how much they keep is not known yet. */
export function readSessions<S>(state: SessionsState, refit: ReadPartials<S>): Holder<S>[] {
  const { keys, counts, latest, starts, ends, links, areOpen, stretches, orders } = state;
  const partials = refit(state.partials);
  let session = 0;
  let stretch = 0;
  const nextStretch = (): Stretch<S> => ({ order: orders[stretch]!, state: partials[stretch++]! });
  const nextSession = (holder: Holder<S>): Session<S> => {
    const link = { from: links[session]!, isOpen: areOpen[session] === 1 };
    const own = Array.from({ length: stretches?.[session] ?? 1 }, nextStretch);
    const [start, end] = [starts[session]!, ends[session]!];
    session++;
    return { holder, start, end, link, isOut: false, stretches: own, bytes: 0 };
  };
  return keys.map((key, i) => {
    const holder: Holder<S> = { key, id: identity(key), sessions: [], latest: undefined };
    for (let left = counts?.[i] ?? 1; left > 0; left--) holder.sessions.push(nextSession(holder));
    holder.latest = latest === undefined ? holder.sessions.at(-1) : holder.sessions[latest[i]!];
    return holder;
  });
}
