import { isoTime } from './iso-time.ts';

/** The furthest that a `Date` can be from the epoch, ms (ECMA-262, section 21.4.1.1). */
const FURTHEST = 8.64e15;

/**
 * Milliseconds since the epoch of a number, which is told by its magnitude: below 10^11 seconds, below 10^14 ms, below 10^17 µs, else ns.
 * Kept to the µs. Undefined for what no date can be.
 */
export function epochMs(value: number | bigint): number | undefined {
  if (typeof value === 'bigint') return epochMs(Number(value / 1000n) * 1000);
  const size = Math.abs(value);
  const microseconds = size < 1e11 ? value * 1e6 : size < 1e14 ? value * 1e3 : size < 1e17 ? value : value / 1e3;
  const ms = Math.round(microseconds) / 1e3;
  return Math.abs(ms) <= FURTHEST ? ms : undefined;
}

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';
const CLOCK = '(?<hour>\\d{2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9})\\d*)?)?';
const ZONE = '(?: ?(?<zone>Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?))?';
const MONTH = '(?<month>[a-z]{3})';

/** What log files and programs write; without a zone it is UTC, so that the same file means the same anywhere. */
const FORMATS = [
  // ISO 8601 and RFC 3339, nginx's error log: 2026-01-31T10:00:05.123Z, 2026-01-31 10:00, 2026/01/31 10:00:05, 2026-01-31
  `(?<year>\\d{4})(?<mark>[-/])(?<monthNumber>\\d{2})\\k<mark>(?<day>\\d{2})(?:[T ]${CLOCK}${ZONE})?`,
  // ISO 8601 in its basic form: 20260131T100005Z
  `(?<year>\\d{4})(?<monthNumber>\\d{2})(?<day>\\d{2})T(?<hour>\\d{2})(?<minute>\\d{2})(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9})\\d*)?${ZONE}`,
  // Common log format: 31/Jan/2026:10:00:05 +0100
  `(?<day>\\d{2})/${MONTH}/(?<year>\\d{4}):${CLOCK}${ZONE}`,
  // RFC 2822 and HTTP: Sat, 31 Jan 2026 10:00:05 GMT
  `(?:[a-z]{3}, )?(?<day>\\d{1,2}) ${MONTH} (?<year>\\d{4}) ${CLOCK}${ZONE}`,
  // C's asctime, Apache's error log: Sat Jan 31 10:00:05.123456 2026
  `[a-z]{3} ${MONTH} +(?<day>\\d{1,2}) ${CLOCK} (?<year>\\d{4})`,
].map((format) => new RegExp(`^\\s*${format}\\s*$`, 'i'));

/** Milliseconds since the epoch of a text: ISO 8601 and the formats of log files. Undefined if it is none of them, or no real date. */
export function parseTime(text: string): number | undefined {
  return isoTime(text) ?? anyTime(text);
}

/** The same for each of the formats. */
export function anyTime(text: string): number | undefined {
  for (const format of FORMATS) {
    const groups = format.exec(text)?.groups;
    if (groups !== undefined) return timeOf(groups);
  }
  return undefined;
}

function timeOf(groups: { readonly [name: string]: string | undefined }): number | undefined {
  const of = (name: string) => Number(groups[name] ?? 0);
  const named = groups.month === undefined ? -1 : MONTHS.indexOf(groups.month.toLowerCase());
  if (groups.month !== undefined && (named < 0 || named % 3 !== 0)) return undefined;
  const month = groups.month === undefined ? of('monthNumber') - 1 : named / 3;
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(of('year'), month, of('day'));
  if (date.getUTCMonth() !== month || date.getUTCDate() !== of('day')) return undefined;
  // A leap second is the first of the next minute, as POSIX counts.
  if (of('hour') > 23 || of('minute') > 59 || of('second') > 60) return undefined;
  const offset = offsetOf(groups.zone);
  if (offset === undefined) return undefined;
  const clock = (of('hour') * 60 + of('minute')) * 60 + of('second');
  const fraction = Math.round(Number(`0.${groups.fraction ?? '0'}`) * 1e6) / 1e3;
  return date.getTime() + clock * 1000 + fraction - offset;
}

/** How far a zone is ahead of UTC, ms. */
function offsetOf(zone: string | undefined): number | undefined {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (match === null) return 0;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
