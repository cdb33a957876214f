import { toText } from '../../../base/json.ts';
import type { Value } from '../../../base/value.ts';
import { type Columns, cellAt, columnsOf } from '../../../flow/formats/rows.ts';
import type { ViewRows } from '../../../flow/subscriptions/view-rows.ts';

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
export function changedCells(before: ViewRows, after: ViewRows, { all }: Columns): ReadonlySet<string> {
  const lit = new Set<string>();
  if (before.records === after.records || before.keys === undefined || after.keys === undefined) return lit;
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
