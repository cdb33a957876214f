import { STRING, type Type, UNKNOWN, wholeObject } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';

/** The type of the records: nothing is known of rows before they are read. */
export function parquetType({ tag }: { readonly tag: boolean }): Type {
  return tag ? wholeObject({ source: STRING, record: UNKNOWN }) : UNKNOWN;
}

/** What becomes of a record of a file before it is delivered. */
export function taggedRecord(path: string, tag: boolean): (record: Value) => Value {
  return tag ? (record) => ({ source: path, record }) : (record) => record;
}
