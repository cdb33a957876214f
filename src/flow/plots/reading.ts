import { keyOf } from '../../base/field-key.ts';
import { toJson, toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { fieldAt, isPair, type Value } from '../../base/value.ts';
import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import { asNumber, PointReader } from '../drawing/points.ts';
import { reportBad } from '../records/report-bad.ts';
import type { Choice } from '../shapes/shape.ts';
import type { Placed, ReadPoints } from './chart.ts';

type Reports = Pick<RunContext, 'bad' | 'note'>;

/** What a program says of what is drawn. */
export interface Said {
  readonly value: Compiled | undefined;
  readonly key: Compiled | undefined;
  readonly x: Compiled | undefined;
}

/** Points by functions of the program. */
export function pointsBySaying(value: Compiled, { key, x }: Said, run: Reports): ReadPoints {
  return byRecord(run, (record) => [
    {
      key: key === undefined ? '' : toText(key.call(record)),
      value: numberOf(value.call(record)),
      ...(x === undefined ? {} : { at: numberOf(x.call(record)) }),
    },
  ]);
}

/** Points of records as they are: a pair is a key and a value, a number a value, an object of `groupBy` its key and its first aggregate. */
export function pointsByForm(run: Reports): ReadPoints {
  const reader = new PointReader();
  return (records) => {
    const points = reader.read(records);
    points.forEach((point, i) => {
      if (point.value === null && point.isBad) reportBad(run, notNumber(records[i]!), records[i]!);
    });
    return points;
  };
}

/** Points of pairs whose key is the time. */
export function pointsOfTimedPairs(run: Reports): ReadPoints {
  return byRecord(run, (record) => {
    if (!isPair(record)) throw notNumber(record);
    return [{ key: '', value: numberOf(record[1]), at: numberOf(record[0]) }];
  });
}

/** Points of objects by what their fields are: the first number, or each of them by its name. */
export function pointsOfFields({ time, keys, numbers }: Choice, manner: 'first' | 'each', run: Reports): ReadPoints {
  const [timeKey, keyKeys, numberKeys] = [
    time === undefined ? undefined : keyOf(time),
    keys.map(keyOf),
    numbers.map(keyOf),
  ];
  return byRecord(run, (record) => {
    const at = timeKey === undefined ? {} : { at: numberOf(fieldAt(record, timeKey)) };
    const name = keyKeys.map((key) => toText(fieldAt(record, key))).join(' ');
    if (manner === 'first') return [{ key: name, value: numberOf(fieldAt(record, numberKeys[0]!)), ...at }];
    return numberKeys.map((key, i) => ({
      key: name === '' ? numbers[i]! : `${name} ${numbers[i]}`,
      value: numberOf(fieldAt(record, key)),
      ...at,
    }));
  });
}

/** Points of the first two numbers of each record. */
export function pointsOfTwoNumbers({ keys, numbers }: Choice, run: Reports): ReadPoints {
  const [x, y] = numbers.map(keyOf);
  const keyKeys = keys.map(keyOf);
  return byRecord(run, (record) => {
    if (isPair(record)) return [{ key: '', at: numberOf(record[0]), value: numberOf(record[1]) }];
    if (x === undefined || y === undefined) throw new BadRecord('no two numbers to draw', toJson(record).slice(0, 60));
    const key = keyKeys.map((name) => toText(fieldAt(record, name))).join(' ');
    return [{ key, at: numberOf(fieldAt(record, x)), value: numberOf(fieldAt(record, y)) }];
  });
}

function byRecord(run: Reports, points: (record: Value) => readonly Placed[]): ReadPoints {
  return (records) =>
    records.flatMap((record) => {
      try {
        return points(record);
      } catch (error) {
        reportBad(run, error, record);
        return [];
      }
    });
}

/** @throws BadRecord for what is there and no number. */
function numberOf(value: Value): number | null {
  const number = asNumber(value);
  if (number === null && value !== null) throw notNumber(value);
  return number;
}

function notNumber(value: Value): BadRecord {
  return new BadRecord('no number to draw', toJson(value).slice(0, 60));
}
