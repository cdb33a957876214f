/**
 * What of a key belongs together as a session, where what is over when a record comes is told by its own origin.
 *
 *     a record at t, gap g         t ├──────┤ t + g            linked with sessions that reach t, and begin by t + g
 *     what is over reaches over t  t ├─·····┤ t + g            linked with sessions that reach behind it: at `·`
 */

/** From where on a record or session is linked with sessions that end there or later; behind it, where `isOpen`. */
export interface Link {
  readonly from: number;
  readonly isOpen: boolean;
}

/** Those of a key's sessions that a record is linked with: from `first` to before `behind`. */
export interface Linked {
  readonly first: number;
  readonly behind: number;
}

interface Linkable {
  /** The time of the first record, ms. */
  readonly start: number;
  /** The time of the last record and the gap. */
  readonly end: number;
  /** The least of its records. */
  readonly link: Link;
}

/** Whether what ends at `end` reaches a link. */
export function reaches(end: number, { from, isOpen }: Link): boolean {
  return isOpen ? end > from : end >= from;
}

export function least(a: Link, b: Link): Link {
  if (a.from !== b.from) return a.from < b.from ? a : b;
  return a.isOpen ? b : a;
}

/**
 * The sessions that a record with this link and end belongs to. They are looked for from the back, since most records are of the last session
 * of their key.
 */
export function linkedWith(sessions: readonly Linkable[], link: Link, end: number): Linked {
  let behind = sessions.length;
  while (behind > 0 && !reaches(end, sessions[behind - 1]!.link)) behind--;
  let first = behind;
  while (first > 0 && reaches(sessions[first - 1]!.end, link)) first--;
  return { first, behind };
}

/** Whether a record touches sessions that it is not linked with. */
export function touchesOthers(
  sessions: readonly Linkable[],
  { first, behind }: Linked,
  { start, end }: { readonly start: number; readonly end: number },
  gap: number,
): boolean {
  const before = sessions[first - 1];
  if (before !== undefined && before.end >= start) return true;
  for (let next = behind; next < sessions.length; next++) {
    if (sessions[next]!.start <= end) return true;
    // No record is further behind what was over for it than the gap.
    if (sessions[next]!.link.from > end + gap) break;
  }
  return false;
}
