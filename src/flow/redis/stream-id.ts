/** Ids of the entries of a stream: `1526919030474-55`, the time in ms and a number. */
import { parseTime } from '../../base/time.ts';

/** The greatest number that an id may have behind its time. */
const MOST = '18446744073709551615';

/** Before all entries. */
export const FIRST_ID = '0-0';

/** Where to begin. */
export type StreamPlace = 'start' | 'end' | { readonly behind: string };

/** Reads `"start"`, `"end"`, an id, or a time; undefined where it is none of them. */
export function placeOf(text: string): StreamPlace | undefined {
  if (text === 'start' || text === 'end') return text;
  if (/^\d{1,15}-\d{1,20}$/.test(text)) return { behind: text };
  const time = parseTime(text);
  if (time === undefined) return undefined;
  return { behind: time <= 0 ? FIRST_ID : `${time - 1}-${MOST}` };
}

export function isBehind(id: string, other: string): boolean {
  const [time, number] = id.split('-').map(BigInt) as [bigint, bigint];
  const [otherTime, otherNumber] = other.split('-').map(BigInt) as [bigint, bigint];
  return time === otherTime ? number > otherNumber : time > otherTime;
}

/** ms. */
export function timeOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}
