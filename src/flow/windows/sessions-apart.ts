import type { State } from '../define/snapshot.ts';
import type { TableSnapshot } from '../groups/group-table.ts';
import type { Holder } from './open-sessions.ts';
import { readSessions, type SessionsState } from './session-state.ts';

/** Whose partials they are. */
type Apart = Omit<SessionsState, 'keys' | 'partials'> & {
  /** How many records there were. */
  readonly taken: number;
  /** Event time of these, ms. */
  readonly highest: number;
};

/** The sessions of a part of the input as plain data, for another thread. */
export function writeSessionsApart<S>(sessions: SessionsState, taken: number, highest: number): TableSnapshot<S> {
  const { keys, partials, ...rest } = sessions;
  const apart: Apart = { ...rest, taken, highest };
  return { texts: undefined, keys, states: partials as readonly unknown[] as readonly S[], apart: apart as State };
}

/** What was written; about how much they keep is not known yet. */
export function readSessionsApart<S>({ keys, states, apart }: TableSnapshot<S>): {
  readonly holders: readonly Holder<S>[];
  readonly taken: number;
  readonly highest: number;
} {
  const { taken, highest, ...rest } = apart as Apart;
  const holders = readSessions<S>({ ...rest, keys, partials: [] }, () => states);
  return { holders, taken, highest };
}
