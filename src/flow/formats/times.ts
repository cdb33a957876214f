import { formatDuration } from '../../base/duration.ts';

/** Times below this, ms, are no dates: they are counted from the start of a run with the virtual clock. It is a day in 1973. */
const FIRST_DATE = 1e11;

/** Whether a time is one of a calendar, and not counted from the start of a run. */
export function isDate(time: number): boolean {
  return time >= FIRST_DATE;
}

/** A time for people: `12:00:30` or `12:00:30.250` in the local zone; `1m30s` where the clock is virtual. */
export function formatClock(time: number): string {
  if (!isDate(time)) return formatDuration(time);
  const date = new Date(time);
  const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  const ms = date.getMilliseconds();
  return ms === 0 ? text : `${text}.${String(ms).padStart(3, '0')}`;
}

/** A time for people, with the date where the day is not the one of `now`. */
export function formatMoment(time: number, now: number): string {
  const day = formatDay(time);
  return day === formatDay(now) ? formatClock(time) : `${day} ${formatClock(time)}`.trimStart();
}

/** Times of one column, with their dates where one of them is of another day than `now`; undefined stays. */
export function timeTexts(times: readonly (number | undefined)[], now: number): readonly (string | undefined)[] {
  const today = formatDay(now);
  const isToday = times.every((time) => time === undefined || formatDay(time) === today);
  return times.map((time) => {
    if (time === undefined || isToday) return time === undefined ? undefined : formatClock(time);
    return `${formatDay(time)} ${formatClock(time)}`.trimStart();
  });
}

/** From and to, for people: `12:00:20–12:00:30`, with the dates where a day is not the one of `now`. */
export function formatPeriod(start: number, end: number, now: number): string {
  return `${formatMoment(start, now)}–${formatMoment(end, start)}`;
}

/** `2024-03-01`, in the local zone; nothing where the clock is virtual. */
function formatDay(time: number): string {
  if (!isDate(time)) return '';
  const date = new Date(time);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
