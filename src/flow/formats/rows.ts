import { type FieldKey, keyOf, nameOf } from '../../base/field-key.ts';
import { keysOf } from '../../base/fields.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { fieldAt, isFields, isPair, type Value } from '../../base/value.ts';

/** What the records of an output are as rows: objects by their fields, pairs, or each a value. */
export type RowKind = 'object' | 'pair' | 'value';

export interface Columns {
  readonly kind: RowKind;
  readonly names: readonly string[];
  /** How objects hold the names. */
  readonly keys: readonly FieldKey[];
}

/** Columns with these names. */
export function columnsNamed(kind: RowKind, names: readonly string[]): Columns {
  return { kind, names, keys: names.map(keyOf) };
}

/**
 * The columns that all of `records` fit in: the fields of objects in the order first seen, key and value of pairs, else one column
 * named value.
 */
export function columnsOf(records: readonly Value[]): Columns {
  if (records.length > 0 && records.every(isPair)) return columnsNamed('pair', ['key', 'value']);
  if (records.every(isFields)) {
    const keys = new Set<FieldKey>();
    for (const record of records) for (const key of keysOf(record)) keys.add(key);
    if (keys.size > 0) return columnsNamed('object', [...keys].map(nameOf));
  }
  return columnsNamed('value', ['value']);
}

/**
 * The cells of a record under the columns; null where an object has no such field.
 *
 * @throws BadRecord if it does not fit: an object among pairs.
 */
export function cellsOf(record: Value, { kind, keys }: Columns): readonly Value[] {
  if (kind === 'value') return [record];
  if (kind === 'pair') {
    if (!isPair(record)) throw new BadRecord('not a pair, as the columns key and value need', toJson(record));
    return record;
  }
  if (!isFields(record)) throw new BadRecord('not an object, as the columns need', toJson(record));
  return keys.map((key) => fieldAt(record, key));
}
