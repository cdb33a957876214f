import { DAY, daysSinceEpoch } from '../../base/calendar.ts';
import { parseDuration } from '../../base/duration.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { UTC, type Zone, zoneNamed } from '../../base/zone.ts';
import { zoneHint } from '../../base/zone-names.ts';

/** The zone of a name. @throws BadRecord where there is none */
export function zoneOf(name: string | undefined): Zone {
  if (name === undefined) return UTC;
  const zone = zoneNamed(name);
  if (zone === undefined) throw new BadRecord(`there is no time zone "${name}"`, zoneHint(name));
  return zone;
}

/** A time as its zone shows it, in the UTC fields of a date. @throws BadRecord where no date can be so far away */
export function shownBy(time: number, zone: Zone): Date {
  const local = new Date(Math.floor(time) + zone.offsetAt(time));
  if (Number.isNaN(local.getTime())) throw new BadRecord('a time is beyond all dates', String(time));
  return local;
}

/** 1 for Monday to 7 for Sunday, as ISO 8601 counts. */
export const dayOfWeek = (shown: Date): number => shown.getUTCDay() || 7;

/** The units of the calendar that have no fixed length, or depend on the zone: days since the epoch of the first day of each. */
const FIRST_DAYS: { readonly [unit: string]: (shown: Date) => number } = {
  day: (shown) => Math.floor(shown.getTime() / DAY),
  week: (shown) => Math.floor(shown.getTime() / DAY) - dayOfWeek(shown) + 1,
  month: (shown) => daysSinceEpoch(shown.getUTCFullYear(), shown.getUTCMonth() + 1, 1),
  quarter: (shown) => daysSinceEpoch(shown.getUTCFullYear(), Math.floor(shown.getUTCMonth() / 3) * 3 + 1, 1),
  year: (shown) => daysSinceEpoch(shown.getUTCFullYear(), 1, 1),
};

const SHORT: { readonly [unit: string]: number } = { second: 1000, minute: 60_000, hour: 3_600_000 };

/**
 * When the unit of the calendar began that a time is in, in a zone: "hour", "day", "week" (from Monday), "month", "quarter", "year"; or the
 * stretch of so many ms, counted from midnight of the epoch in the zone.
 *
 * @throws BadRecord for a unit that there is not
 */
export function startOf(time: number, unit: string | number, zone: Zone): number {
  if (typeof unit === 'string' && Object.hasOwn(FIRST_DAYS, unit)) {
    return zone.toUtc(FIRST_DAYS[unit]!(shownBy(time, zone)) * DAY);
  }
  const length = typeof unit === 'number' ? unit : (SHORT[unit] ?? parseDuration(unit));
  if (length === undefined || !(length > 0)) {
    throw new BadRecord(
      `there is no unit of time ${toJson(unit)}`,
      'a duration such as 5m, or one of "hour", "day", "week", "month", "quarter", "year"',
    );
  }
  const offset = zone.offsetAt(time);
  // From a day on, a stretch begins at midnight, which may have had another offset.
  const start = Math.floor((time + offset) / length) * length;
  return length % DAY === 0 ? zone.toUtc(start) : start - offset;
}
