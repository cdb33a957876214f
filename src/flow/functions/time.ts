import { formatDuration } from '../../base/duration.ts';
import { readDuration } from '../../base/duration-text.ts';
import { epochMs } from '../../base/epoch.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { parseTime } from '../../base/time.ts';
import { NUMBER, STRING, TIME, UNKNOWN } from '../../base/type.ts';
import { aKind, isNumber, type Value } from '../../base/value.ts';
import { defineFunction, type FunctionDefinition, type RunQuestions } from '../define/function.ts';
import { dayOfWeek, shownBy, startOf, zoneOf } from '../texts/calendar-parts.ts';
import { formatTime } from '../texts/format-time.ts';

function time(run: RunQuestions, value: Value, zone?: string): Value {
  if (value === null) return null;
  if (isNumber(value)) return epochMs(value) ?? null;
  if (typeof value !== 'string') throw new BadRecord(`${aKind(value)} is not a time`);
  const read = parseTime(value, { zone: zoneOf(zone), now: run.now });
  if (read === undefined) run.note('unread time', () => unread(value, 'time'));
  return read ?? null;
}

/** How much of a text is shown. */
const SHOWN = 60;

function unread(text: string, name: string): string {
  const shown = toJson(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  return `${name}() cannot read ${shown}, and gives null: \`leat help ${name}\` has what it reads; slice, match or replace bring a text into such a form`;
}

function parseDuration(run: RunQuestions, text: string): Value {
  const read = readDuration(text);
  if (read === undefined) run.note('unread duration', () => unread(text, 'parseDuration'));
  return read ?? null;
}

const TIME_IN_ZONE = [
  { name: 'time', type: NUMBER },
  { name: 'zone', type: STRING, optional: true },
];

/** A row for a part of the calendar or the clock, as a zone shows it. */
function part(
  name: string,
  summary: string,
  example: FunctionDefinition['examples'][number],
  of: (shown: Date) => number,
  synonyms: readonly string[] = [],
): FunctionDefinition {
  return defineFunction({
    name,
    group: 'time',
    summary: `${summary}, in UTC unless a zone is given`,
    synonyms,
    examples: [example],
    parameters: TIME_IN_ZONE,
    gives: NUMBER,
    call: (time: number, zone?: string) => of(shownBy(time, zoneOf(zone))),
  });
}

/** Functions of times, which are numbers: ms since the epoch. */
export const timeFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'time',
    group: 'time',
    summary: 'A time as ms since the epoch: of ISO 8601, log formats, or a number since the epoch',
    synonyms: ['syslog', 'timestamp', 'parse date', 'time zone'],
    docs:
      'A text may be ISO 8601 or RFC 3339 (`2026-01-31T10:00:05.123Z`, also with a blank, slashes, a decimal comma, or no clock), of the common log format, RFC 2822, HTTP and RFC 850 ' +
      "(`Sat, 31 Jan 2026 10:00:05 GMT`), C's asctime, `date` and Apache's error log (`[Sat Jan 31 10:00:05.123456 2026]`), Go (`2026-01-31 10:00:05 +0000 UTC m=+0.1`), " +
      'JavaScript, or syslog (`Jan 31 10:00:05`), whose year is the one that brings it nearest to `now()`. A number, also as a text, is told by its magnitude: below 10^11 seconds, below 10^14 ms, below 10^17 µs, else ns; but a text of 8 or 14 digits that is a date (`20260131`, `20260131100005`) is that.\n\n' +
      'A text says its zone by `Z`, an offset, a name such as `Europe/Berlin`, or an abbreviation, of which those of North America and Europe are known, and IST as that of India. One that says none is in `zone`, or in UTC. ' +
      'Of the hour that a zone has twice in autumn it is the first; what it leaves out in spring comes out an hour later. Times are kept to the µs, and what is finer is cut off. A text that cannot be read gives null, and the first one is told.',
    examples: [
      { expression: 'time("2024-01-02T03:04:05Z")', gives: '1704164645000' },
      { expression: 'time("10/Oct/2000:13:55:36 -0700")', gives: '971211336000' },
      { expression: 'time("2024-01-02 03:04:05,678", "Asia/Shanghai")', gives: '1704135845678' },
      { expression: 'time(1704164645)', gives: '1704164645000' },
      { expression: 'time("soon")', gives: 'null' },
    ],
    parameters: [
      { name: 'value', type: UNKNOWN },
      { name: 'zone', type: STRING, optional: true },
    ],
    gives: TIME,
    call: time,
    asks: true,
  }),
  defineFunction({
    name: 'formatTime',
    group: 'time',
    summary: "A time as text by Spark's patterns, in UTC unless a zone is given",
    synonyms: ['strftime', 'date'],
    examples: [
      { expression: 'formatTime(0, "yyyy-MM-dd HH:mm:ss.SSS")', gives: '"1970-01-01 00:00:00.000"' },
      { expression: 'formatTime(0, "EEE d MMM, h:mm a", "Europe/Berlin")', gives: '"Thu 1 Jan, 1:00 AM"' },
    ],
    parameters: [
      { name: 'time', type: NUMBER },
      { name: 'pattern', type: STRING, optional: true },
      { name: 'zone', type: STRING, optional: true },
    ],
    gives: STRING,
    call: (value: number, pattern = 'yyyy-MM-dd HH:mm:ss', zone = 'UTC') => formatTime(value, pattern, zone),
  }),
  defineFunction({
    name: 'now',
    group: 'time',
    summary: 'The time of the batch in ms since the epoch, the same for all its records',
    synonyms: ['current time'],
    examples: [{ expression: 'now() == now()', gives: 'true' }],
    parameters: [],
    gives: TIME,
    call: (batchTime: number) => batchTime,
    needsTime: true,
  }),
  defineFunction({
    name: 'startOf',
    group: 'time',
    summary: 'When the hour, day, week, month or stretch of time began that a time is in',
    synonyms: ['floor', 'truncate', 'date_trunc', 'bucket', 'round time'],
    docs: 'The unit is "second", "minute", "hour", "day", "week" (from Monday), "month", "quarter" or "year", or a duration such as `5m`, counted from midnight. In UTC unless a zone is given.',
    examples: [
      { expression: 'startOf(1769853605123, 5m) == time("2026-01-31T10:00:00Z")', gives: 'true' },
      { expression: 'formatTime(startOf(1769853605123, "month"), "yyyy-MM-dd")', gives: '"2026-01-01"' },
      { expression: 'startOf(1769853605123, "day", "Asia/Tokyo") == time("2026-01-31T00:00:00+09:00")', gives: 'true' },
    ],
    parameters: [
      { name: 'time', type: NUMBER },
      { name: 'unit', type: UNKNOWN },
      { name: 'zone', type: STRING, optional: true },
    ],
    gives: TIME,
    call(time: number | null, unit: Value, zone?: string) {
      if (time === null || unit === null) return null;
      if (typeof unit === 'string' || isNumber(unit))
        return startOf(time, isNumber(unit) ? Number(unit) : unit, zoneOf(zone));
      throw new BadRecord('a unit of time is a text or a duration', `found ${aKind(unit)}`);
    },
  }),
  part('year', 'The year of a time', { expression: 'year(1769853605123)', gives: '2026' }, (d) => d.getUTCFullYear()),
  part(
    'month',
    'The month of a time, 1 to 12',
    { expression: 'month(1769853605123)', gives: '1' },
    (d) => d.getUTCMonth() + 1,
  ),
  part(
    'day',
    'The day of the month of a time, 1 to 31',
    { expression: 'day(1769853605123)', gives: '31' },
    (d) => d.getUTCDate(),
    ['date of month'],
  ),
  part(
    'hour',
    'The hour of the day of a time, 0 to 23',
    { expression: 'hour(1769853605123, "Europe/Berlin")', gives: '11' },
    (d) => d.getUTCHours(),
  ),
  part('minute', 'The minute of a time, 0 to 59', { expression: 'minute(1769853605123)', gives: '0' }, (d) =>
    d.getUTCMinutes(),
  ),
  part('second', 'The second of a time, 0 to 59', { expression: 'second(1769853605123)', gives: '5' }, (d) =>
    d.getUTCSeconds(),
  ),
  part(
    'dayOfWeek',
    'The weekday of a time, from 1 (Monday) to 7 (Sunday)',
    { expression: 'dayOfWeek(1769853605123)', gives: '6' },
    dayOfWeek,
    ['weekday', 'weekend'],
  ),
  defineFunction({
    name: 'parseDuration',
    group: 'time',
    summary: 'How long a text says that something took, in ms: `1h30m`, `250ms`, `PT1H30M`',
    synonyms: ['duration', 'elapsed', 'interval'],
    docs:
      'Reads numbers with units from ns to weeks, short or spelt out (`1.5 s`, `2 days, 3 hours`), ISO 8601 (`PT1H30M`, `P1DT2H`), and `h:mm:ss`. A text that it cannot read gives null, and the first one is told: also a number ' +
      'without a unit, and years and months, which have no fixed length.',
    examples: [
      { expression: 'parseDuration("1h30m")', gives: '5400000' },
      { expression: 'parseDuration("12.5 ms")', gives: '12.5' },
      { expression: 'parseDuration("PT0.25S")', gives: '250' },
    ],
    parameters: [{ name: 'text', type: STRING }],
    gives: NUMBER,
    call: parseDuration,
    asks: true,
  }),
  defineFunction({
    name: 'formatDuration',
    group: 'time',
    summary: 'So many ms as people write them: `1m30s`',
    examples: [
      { expression: 'formatDuration(90000)', gives: '"1m30s"' },
      { expression: 'formatDuration(12.5)', gives: '"12.5ms"' },
    ],
    parameters: [{ name: 'ms', type: NUMBER }],
    gives: STRING,
    call: formatDuration,
  }),
];
