import { parseDuration } from '../../base/duration.ts';
import { parseTime } from '../../base/time.ts';
import { localZone } from '../../base/zone.ts';
import { Refusal } from './refusal.ts';

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/**
 * A moment as who asks says it: a time of the day that was last (`14:02`, in the zone of this machine), any time that `time(x)` reads, or so long
 * before `now` (`10m`).
 *
 * @param now ms.
 * @returns ms.
 * @throws Refusal.
 */
export function readMoment(text: string, name: string, now: number): number {
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = [clock[1], clock[2], clock[3] ?? '59'].map(Number) as [number, number, number];
    if (hours < 24 && minutes < 60 && seconds < 60) {
      const date = new Date(now);
      // A minute is meant to its end.
      date.setHours(hours, minutes, seconds, clock[3] === undefined ? 999 : 0);
      if (date.getTime() > now + 60_000) date.setDate(date.getDate() - 1);
      return date.getTime();
    }
  }
  const back = parseDuration(text);
  if (back !== undefined) return now - back;
  const time = parseTime(text, { zone: localZone(), now: () => now });
  if (time !== undefined) return time;
  throw new Refusal(
    400,
    'no-time',
    `${name} is a time or how long ago, found ${text.slice(0, 60)}`,
    `${name}=14:02, ${name}=2026-01-31T14:02:00Z, or ${name}=10m`,
  );
}
