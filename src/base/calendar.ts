/** The Gregorian calendar, also before there was one, as JavaScript has it. Unlike `Date.UTC` it takes the years 0 to 99 for what they are. */

export const DAY = 86_400_000;

/** How many days a month (1 to 12) has; NaN for any other number. */
export function daysOfMonth(month: number, year: number): number {
  if (!(month >= 1 && month <= 12)) return Number.NaN;
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from the epoch to a date. Years are counted from March, so that leap days end them (as in src/kernel/clf.ts). */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

/**
 * A time of so many whole ms and 0 to 999 µs. Far from the epoch a double cannot hold all of them; what is left out is then never made up
 * for by the next ms, which may belong to another second or day.
 */
export function withMicroseconds(ms: number, microseconds: number): number {
  if (microseconds === 0) return ms;
  const all = ms * 1000 + microseconds;
  const time = Number.isSafeInteger(all) ? all / 1000 : ms + microseconds / 1000;
  return Math.floor(time) === ms ? time : ms;
}
