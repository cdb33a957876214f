import { BadRecord } from '../../base/problem.ts';
import { epochMs, parseTime } from '../../base/time.ts';
import { NUMBER, STRING, UNKNOWN } from '../../base/type.ts';
import { kindOf, type Value } from '../../base/value.ts';
import { defineFunction, type FunctionDefinition } from '../define.ts';
import { formatTime } from './format-time.ts';

function time(value: Value): Value {
  if (value === null) return null;
  if (typeof value === 'string') return parseTime(value) ?? null;
  if (typeof value === 'number' || typeof value === 'bigint') return epochMs(value) ?? null;
  throw new BadRecord(`a ${kindOf(value)} is not a time`);
}

/** Functions of times, which are numbers: ms since the epoch. */
export const timeFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'time',
    group: 'time',
    summary: 'A time as ms since the epoch: of ISO 8601, log formats, or a number since the epoch',
    examples: [
      { expression: 'time("2024-01-02T03:04:05Z")', gives: '1704164645000' },
      { expression: 'time("10/Oct/2000:13:55:36 -0700")', gives: '971211336000' },
      { expression: 'time(1704164645)', gives: '1704164645000' },
      { expression: 'time("soon")', gives: 'null' },
    ],
    parameters: [{ name: 'value', type: UNKNOWN }],
    gives: NUMBER,
    call: time,
    spark: { template: 'to_timestamp($value)' },
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
    spark: { template: 'date_format(timestamp_millis($time), $pattern)' },
  }),
  defineFunction({
    name: 'now',
    group: 'time',
    summary: 'The time of the batch in ms since the epoch, the same for all its records',
    synonyms: ['current time'],
    examples: [{ expression: 'now() == now()', gives: 'true' }],
    parameters: [],
    gives: NUMBER,
    call: (batchTime: number) => batchTime,
    needsTime: true,
    spark: { template: 'unix_millis(current_timestamp())' },
  }),
];
