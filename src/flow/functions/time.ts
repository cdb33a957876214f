import { epochMs } from '../../base/epoch.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { parseTime } from '../../base/time.ts';
import { NUMBER, STRING, TIME, UNKNOWN } from '../../base/type.ts';
import { aKind, isNumber, type Value } from '../../base/value.ts';
import { UTC, type Zone, zoneNamed } from '../../base/zone.ts';
import { zoneHint } from '../../base/zone-names.ts';
import { defineFunction, type FunctionDefinition, type RunQuestions } from '../define/function.ts';
import { formatTime } from '../texts/format-time.ts';

function time(run: RunQuestions, value: Value, zone?: string): Value {
  if (value === null) return null;
  if (isNumber(value)) return epochMs(value) ?? null;
  if (typeof value !== 'string') throw new BadRecord(`${aKind(value)} is not a time`);
  const read = parseTime(value, { zone: zoneOf(zone), now: run.now });
  if (read === undefined) run.note('unread time', () => unread(value));
  return read ?? null;
}

function zoneOf(name: string | undefined): Zone {
  if (name === undefined) return UTC;
  const zone = zoneNamed(name);
  if (zone === undefined) throw new BadRecord(`there is no time zone "${name}"`, zoneHint(name));
  return zone;
}

/** How much of a text is shown. */
const SHOWN = 60;

function unread(text: string): string {
  const shown = toJson(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  return `time() cannot read ${shown}, and gives null: \`leat help time\` has what it reads; slice, match or replace bring a text into such a form`;
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
];
