import { toJson } from '../../../base/json.ts';
import { BadRecord } from '../../../base/problem.ts';
import { field, isFields, isPair, type Value } from '../../../base/value.ts';

/** What the records of an output are as rows: objects by their fields, pairs, or each a value. */
export type RowKind = 'object' | 'pair' | 'value';

export interface Columns {
  readonly kind: RowKind;
  readonly names: readonly string[];
}

/**
 * The columns that all of `records` fit in: the fields of objects in the order first seen, key and value of pairs, else one column
 * named value.
 */
export function columnsOf(records: readonly Value[]): Columns {
  if (records.length > 0 && records.every(isPair)) return { kind: 'pair', names: ['key', 'value'] };
  if (records.every(isFields)) {
    const names = new Set<string>();
    for (const record of records) for (const name of Object.keys(record)) names.add(name);
    if (names.size > 0) return { kind: 'object', names: [...names] };
  }
  return { kind: 'value', names: ['value'] };
}

/**
 * The cells of a record under the columns; null where an object has no such field.
 *
 * @throws BadRecord if it does not fit: an object among pairs.
 */
export function cellsOf(record: Value, { kind, names }: Columns): readonly Value[] {
  if (kind === 'value') return [record];
  if (kind === 'pair') {
    if (!isPair(record)) throw new BadRecord('not a pair, as the columns key and value need', toJson(record));
    return record;
  }
  if (!isFields(record)) throw new BadRecord('not an object, as the columns need', toJson(record));
  return names.map((name) => field(record, name));
}
