import { entriesOf } from '../../base/fields.ts';
import { isFields, isPair, type Value } from '../../base/value.ts';

/** The cells of a record by the names of their columns, where it is a row of a table: its fields, key and value of a pair, or the record as `value`. */
export function namedCells(record: Value): readonly (readonly [name: string, cell: Value])[] {
  if (isFields(record)) return entriesOf(record);
  if (!isPair(record)) return [['value', record]];
  return [
    ['key', record[0]],
    ['value', record[1]],
  ];
}
