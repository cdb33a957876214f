import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { namesOf } from '../../base/fields.ts';
import { field, isFields, isNumber, isPair, type Value } from '../../base/value.ts';

/** What a result is best drawn as; `table` where it is no picture, `number` where one says all. */
export type Shape = 'number' | 'line' | 'bands' | 'bar' | 'histogram' | 'heat' | 'scatter' | 'table';

/** What is looked at of a result. */
interface Looked {
  /** The records of one emission, or the first thousands of them. */
  readonly records: readonly Value[];
  /** Whether others follow it, of later times. */
  readonly isSeries: boolean;
  /** Whether what stands at a place of the records is known to be times, ms. */
  isTime(path: readonly (FieldKey | number)[]): boolean;
}

/** A shape, and which of the fields of objects are what in it, by their names. */
export interface Choice {
  readonly shape: Shape;
  /** When it was. */
  readonly time: string | undefined;
  /** What tells the records of one time apart. */
  readonly keys: readonly string[];
  readonly numbers: readonly string[];
}

/** As many lines as can be told apart. */
const MOST_LINES = 6;
/** More records with whole numbers in front are dots rather than keys. */
const MOST_KEYED = 50;
/** Fields that are looked at; what tells records apart stands in front. */
const MOST_FIELDS = 40;
const PERCENTILE = /^(?:p\d{1,2}(?:[._]?\d+)?|min|max|median|least|most)$/i;

/**
 * What a result is best drawn as. It knows nothing of where it is drawn:
 *
 *     one number, and no more to come                      number
 *     numbers without a key                                histogram; of a series of single ones a line
 *     two numbers without a key                            scatter
 *     percentiles without a key, over time                 bands
 *     a key and numbers, over time                         line; of many keys at times of their own, heat
 *     a key and numbers                                    bar
 *     anything else                                        table
 */
export function shapeOf({ records, isSeries, isTime }: Looked): Choice {
  const none: Choice = { shape: 'table', time: undefined, keys: [], numbers: [] };
  if (records.length === 0) return none;
  if (records.every(isNumber)) return { ...none, shape: shapeOfNumbers(records.length, isSeries) };
  if (records.every(isPair)) return { ...none, shape: shapeOfPairs(records, isSeries, isTime) };
  if (!records.every(isFields)) return none;
  const names = namesOf(records[0]!).slice(0, MOST_FIELDS);
  const time = names.find((name) => isTime([keyOf(name)]));
  const numbers = names.filter(
    (name) => !isTime([keyOf(name)]) && records.every((record) => isNumberOrNull(field(record, name))),
  );
  const others = names.filter((name) => !isTime([keyOf(name)]) && !numbers.includes(name));
  // A number in front of others that tells all records apart is a key as well: a status, a port.
  const keys = others.length > 0 || time !== undefined || numbers.length < 2 ? others : leadingKeys(records, numbers);
  const values = numbers.filter((name) => !keys.includes(name));
  const choice = { time, keys, numbers: values };
  return { ...choice, shape: shapeOfFields(records, choice, isSeries) };
}

function shapeOfNumbers(count: number, isSeries: boolean): Shape {
  if (count > 1) return 'histogram';
  return isSeries ? 'line' : 'number';
}

function shapeOfPairs(records: readonly Value[], isSeries: boolean, isTime: Looked['isTime']): Shape {
  if (!records.every((record) => isPair(record) && isNumberOrNull(record[1]))) return 'table';
  return isSeries || isTime([0]) ? 'line' : 'bar';
}

function shapeOfFields(
  records: readonly Value[],
  { time, keys, numbers }: Omit<Choice, 'shape'>,
  isSeries: boolean,
): Shape {
  if (numbers.length === 0) return 'table';
  const isOverTime = isSeries || (time !== undefined && new Set(records.map((record) => field(record, time))).size > 1);
  if (keys.length > 0) {
    if (!isOverTime) return 'bar';
    const different = new Set(records.map((record) => keys.map((name) => String(field(record, name))).join('\n')));
    return time !== undefined && different.size > MOST_LINES ? 'heat' : 'line';
  }
  const areSpread = numbers.length > 1 && numbers.filter((name) => PERCENTILE.test(name)).length > 1;
  if (isOverTime && (records.length === 1 || time !== undefined)) return areSpread ? 'bands' : 'line';
  if (records.length === 1) return 'number';
  return numbers.length > 1 ? 'scatter' : 'histogram';
}

/** The shortest run of the first fields that tells the records apart; none where there is no such run, or nothing behind it. */
function leadingKeys(records: readonly Value[], names: readonly string[]): readonly string[] {
  if (records.length < 2 || records.length > MOST_KEYED) return [];
  for (let count = 1; count < names.length; count++) {
    const keys = names.slice(0, count);
    const different = new Set(records.map((record) => keys.map((name) => String(field(record, name))).join(' ')));
    if (
      different.size === records.length &&
      records.every((record) => keys.every((name) => Number.isInteger(Number(field(record, name)))))
    )
      return keys;
  }
  return [];
}

function isNumberOrNull(value: Value): boolean {
  return value === null || isNumber(value);
}
