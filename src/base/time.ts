import { DAY, daysOfMonth, daysSinceEpoch, withMicroseconds } from './calendar.ts';
import { epochOfText } from './epoch.ts';
import { isoTime } from './iso-time.ts';
import { UTC, type Zone, zoneNamed } from './zone.ts';
import { abbreviatedOffset } from './zone-abbreviations.ts';

/** How times are read that do not say all of it. */
interface TimeReading {
  /** The zone of those without one. */
  readonly zone: Zone;
  /** ms; those without a year are of the year that brings them nearest to it. */
  now(): number;
}

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const CLOCK =
  '(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d+))?)?(?: ?(?<half>[ap])m)?';
// An offset, an abbreviation, or a name of the IANA database; Go and mail put an abbreviation behind an offset, Java a name in brackets, and
// Go a reading of the monotonic clock.
const OFFSET = '[+-]\\d{2}(?::?\\d{2})?';
const ZONE = `(?: ?(?<zone>(?:UTC|GMT)?${OFFSET}|[a-z]{1,5}|[a-z]+(?:/[a-z_+-]+)+)(?: ?\\([^)]*\\)| [a-z]{2,5}| ${OFFSET}|\\[[a-z_/+-]+\\])?(?: m=[+-]\\d+\\.\\d+)?)?`;
const MONTH = '(?<month>[a-z]{3,9})';

/** What log files and programs write. */
const FORMATS = [
  // ISO 8601 and RFC 3339, nginx's error log, Go: 2026-01-31T10:00:05.123Z, 2026-01-31 10:00, 2026/01/31 10:00:05, 2026-01-31
  `(?<year>\\d{4})(?<mark>[-/])(?<monthNumber>\\d{2})\\k<mark>(?<day>\\d{2})(?:[T ]${CLOCK}${ZONE})?`,
  // As in much of Europe: 31.01.2026 10:00:05
  `(?<day>\\d{1,2})\\.(?<monthNumber>\\d{1,2})\\.(?<year>\\d{4})(?:,? ${CLOCK}${ZONE})?`,
  // ISO 8601 in its basic form: 20260131T100005Z
  `(?<year>\\d{4})(?<monthNumber>\\d{2})(?<day>\\d{2})T(?<hour>\\d{2})(?<minute>\\d{2})(?<second>\\d{2})(?:[.,](?<fraction>\\d+))?${ZONE}`,
  // Common log format: 31/Jan/2026:10:00:05 +0100
  `(?<day>\\d{2})/${MONTH}/(?<year>\\d{4})[: ]${CLOCK}${ZONE}`,
  // RFC 2822, HTTP and RFC 850: Sat, 31 Jan 2026 10:00:05 GMT, Saturday, 31-Jan-26 10:00:05 GMT
  `(?:[a-z]{3,9},? )?(?<day>\\d{1,2})[ -]${MONTH}[ -](?<year>\\d{4}|\\d{2}) ${CLOCK}${ZONE}`,
  // RFC 3164, C's asctime, Apache's error log, date, JavaScript: Jan 31 10:00:05, Sat Jan 31 10:00:05.123456 2026, Sat Jan 31 10:00:05 UTC 2026
  `(?:[a-z]{3,9},? )?${MONTH} +(?<day>\\d{1,2})(?:,? (?<year>\\d{4}),?)? ${CLOCK}${ZONE}(?: (?<lastYear>\\d{4}))?`,
].map((format) => new RegExp(`^${format}$`, 'i'));

/** Those that can begin with the name of a day or month. */
const NAMED_FORMATS = FORMATS.slice(4);

const INSTANT: TimeReading = { zone: UTC, now: () => 0 };

/**
 * Milliseconds since the epoch of a text: ISO 8601, the formats of log files, a number since the epoch. What is finer than a µs is cut off.
 * Undefined if it is none of them, or no real date.
 */
export function parseTime(text: string, reading: TimeReading = INSTANT): number | undefined {
  return isoTime(text, reading.zone) ?? anyTime(text, reading);
}

/** The same for each of the formats. */
export function anyTime(text: string, reading: TimeReading = INSTANT): number | undefined {
  const trimmed = text.trim();
  // As Apache writes it.
  const bare = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed;
  const isNamed = /^[a-z]/i.test(bare);
  const number = isNamed || bare.includes(':') ? undefined : (bareDate(bare, reading) ?? epochOfText(bare));
  if (number !== undefined) return number;
  for (const format of isNamed ? NAMED_FORMATS : FORMATS) {
    const groups = format.exec(bare)?.groups;
    if (groups !== undefined) return timeOf(groups, reading);
  }
  return undefined;
}

/** 20260131 and 20260131100005, as files are named: seconds of 1970 and ms of the 27th century are written by nobody. */
const BARE_DATE =
  /^(?<year>(?:19|20)\d{2})(?<monthNumber>\d{2})(?<day>\d{2})(?:(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2}))?$/;

function bareDate(text: string, reading: TimeReading): number | undefined {
  const groups = BARE_DATE.exec(text)?.groups;
  return groups && timeOf(groups, reading);
}

type Groups = { readonly [name: string]: string | undefined };

function timeOf(groups: Groups, reading: TimeReading): number | undefined {
  const month = groups.month === undefined ? Number(groups.monthNumber) : monthNamed(groups.month);
  const day = Number(groups.day);
  const clock = clockOf(groups);
  if (month === undefined || clock === undefined) return undefined;
  const microseconds = Number((groups.fraction ?? '').slice(0, 6).padEnd(6, '0'));
  const ms = Math.floor(microseconds / 1000);
  const toUtc = toUtcOf(groups.zone, reading.zone);
  if (toUtc === undefined) return undefined;
  const inYear = (year: number): number | undefined => {
    if (!(day >= 1 && day <= daysOfMonth(month, year))) return undefined;
    return toUtc(daysSinceEpoch(year, month, day) * DAY + clock + ms);
  };
  const year = groups.year ?? groups.lastYear;
  const time = year === undefined ? nearestYear(inYear, reading.now()) : inYear(fullYear(year));
  return time === undefined ? undefined : withMicroseconds(time, microseconds - ms * 1000);
}

/** 1 to 12, by the first three letters or all of them. */
function monthNamed(name: string): number | undefined {
  const wanted = name.toLowerCase();
  const month = MONTHS.findIndex((full) => wanted === full || wanted === full.slice(0, 3));
  return month < 0 ? undefined : month + 1;
}

/** ms since midnight. */
function clockOf({ hour = '0', minute = '0', second = '0', half }: Groups): number | undefined {
  let hours = Number(hour);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  // A leap second is the first of the next minute, as POSIX counts.
  if (hours > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  return ((hours * 60 + Number(minute)) * 60 + Number(second)) * 1000;
}

/** Of two digits as POSIX reads them: 69 to 99 are of the last century. */
function fullYear(year: string): number {
  return year.length > 2 ? Number(year) : Number(year) + (Number(year) < 69 ? 2000 : 1900);
}

/** No more than so many years lie between two 29ths of February. */
const LEAP = 8;

/** The time of the year that brings it nearest to now: a line of 31 December that is read in January is of last year. */
function nearestYear(inYear: (year: number) => number | undefined, now: number): number | undefined {
  const year = new Date(now).getUTCFullYear();
  let best: number | undefined;
  for (let away = 0; away <= LEAP && (best === undefined || away < 2); away++) {
    for (const candidate of [inYear(year - away), inYear(year + away)]) {
      if (candidate === undefined) continue;
      if (best === undefined || Math.abs(candidate - now) < Math.abs(best - now)) best = candidate;
    }
  }
  return best;
}

/** Undefined for a zone that there is not. */
function toUtcOf(text: string | undefined, zone: Zone): ((local: number) => number) | undefined {
  if (text === undefined) return (local) => zone.toUtc(local);
  const offset = writtenOffset(text) ?? abbreviatedOffset(text);
  if (offset !== undefined) return (local) => local - offset;
  const named = text.includes('/') ? zoneNamed(text) : undefined;
  return named && ((local) => named.toUtc(local));
}

/** Of `+01:00`, `+0100`, `+01`, `GMT+0100`, ms ahead of UTC; undefined for anything else. */
function writtenOffset(text: string): number | undefined {
  const match = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?$/i.exec(text);
  if (match === null) return undefined;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
