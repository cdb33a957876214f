import type { Value } from '../../base/value.ts';

/** The rows of a served view as they are now. */
export interface ViewRows {
  /** What tells the rows apart, one for each; undefined where nothing does. */
  readonly keys: readonly string[] | undefined;
  readonly records: readonly Value[];
}

/** What an event of a view says of its rows, see docs/serve.md. */
export interface RowsEvent {
  readonly gone?: readonly string[];
  readonly keys?: readonly string[];
  readonly at?: readonly number[];
  readonly rows: readonly Value[];
}

/** The rows when a change is put on them. */
export function changed(
  { keys = [], records }: ViewRows,
  { gone = [], keys: put = [], at, rows }: RowsEvent,
): ViewRows {
  // However many there are, they cost nothing where none is another one.
  if (gone.length === 0 && rows.length === 0) return { keys, records };
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
