import type { Identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import { type Link, least } from './session-links.ts';

/** Records of one session that came one behind the other, none of another session of the key between them. */
export interface Stretch<S> {
  /** The place of its first record among all that came. */
  readonly order: number;
  state: S;
}

export interface Session<S> {
  readonly holder: Holder<S>;
  /** The time of the first record, ms. */
  start: number;
  /** The time of the last record and the gap. */
  end: number;
  /** The least link of its records. */
  link: Link;
  isOut: boolean;
  /** In order of arrival. */
  stretches: Stretch<S>[];
  /** About how much it keeps. */
  bytes: number;
}

/** The sessions of one key that have not come out. */
export interface Holder<S> {
  readonly key: Value;
  readonly id: Identity;
  /** Those of them that may still be there, by link: none is linked with another, so by start and end as well. */
  sessions: Session<S>[];
  /** Where the key's last record went. */
  latest: Session<S> | undefined;
}

/** Sorts sessions by start and then by first record. */
export function byStart<S>(sessions: Session<S>[]): Session<S>[] {
  return sessions.sort((a, b) => a.start - b.start || a.stretches[0]!.order - b.stretches[0]!.order);
}

/** Makes one session of two; `other` is none any more. */
export function join<S>(session: Session<S>, other: Session<S>): void {
  session.start = Math.min(session.start, other.start);
  session.end = Math.max(session.end, other.end);
  session.link = least(session.link, other.link);
  session.stretches = [...session.stretches, ...other.stretches].sort((a, b) => a.order - b.order);
  other.isOut = true;
}
