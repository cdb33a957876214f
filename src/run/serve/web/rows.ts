import { toText } from '../../../base/json.ts';
import type { Value } from '../../../base/value.ts';
import { type Columns, cellAt, columnsOf } from '../../../flow/formats/rows.ts';

/** The rows of a view as they are now. */
export interface Rows {
  readonly keys: readonly string[] | undefined;
  readonly records: readonly Value[];
}

/** What an event of a view says, see docs/serve.md. */
export interface RowsEvent {
  readonly gone?: readonly string[];
  readonly keys?: readonly string[];
  readonly at?: readonly number[];
  readonly rows: readonly Value[];
}

/** The rows when a change is put on them. */
export function changed({ keys = [], records }: Rows, { gone = [], keys: put = [], at, rows }: RowsEvent): Rows {
  const out = new Set(gone);
  if (at === undefined) {
    const byKey = new Map(keys.map((key, i) => [key, records[i]!]));
    for (const key of out) byKey.delete(key);
    for (const [i, key] of put.entries()) byKey.set(key, rows[i]!);
    return { keys: [...byKey.keys()], records: [...byKey.values()] };
  }
  for (const key of put) out.add(key);
  const stay = [...keys.keys()].filter((i) => !out.has(keys[i]!));
  const places = new Map(at.map((place, i) => [place, i]));
  const newKeys: string[] = [];
  const newRecords: Value[] = [];
  for (let place = 0, next = 0; place < stay.length + at.length; place++) {
    const i = places.get(place);
    newKeys.push(i === undefined ? keys[stay[next]!]! : put[i]!);
    newRecords.push(i === undefined ? records[stay[next++]!]! : rows[i]!);
  }
  return { keys: newKeys, records: newRecords };
}

const MOST_COLUMNS = 60;

/** So many rows say what the columns are. */
const LOOKED_AT = 1000;

export function columnsFor(records: readonly Value[]): Columns {
  return columnsOf(records.slice(0, LOOKED_AT), MOST_COLUMNS);
}

export function cell(record: Value, column: Columns['all'][number]): Value {
  return column.path.length === 0 ? record : (cellAt(record, column) ?? null);
}

/** The cells that are other than they were, as the key of the row and the name of the column; of rows that are new, all. */
export function changedCells(before: Rows, after: Rows, { all }: Columns): ReadonlySet<string> {
  const lit = new Set<string>();
  if (before.keys === undefined || after.keys === undefined) return lit;
  const known = new Map(before.keys.map((key, i) => [key, before.records[i]!]));
  for (const [i, key] of after.keys.entries()) {
    const was = known.get(key);
    const is = after.records[i]!;
    if (was === is) continue;
    for (const column of all) {
      if (was === undefined || toText(cell(was, column)) !== toText(cell(is, column)))
        lit.add(`${key}\n${column.name}`);
    }
  }
  return lit;
}
