import { type FieldKey, keyOf, nameOf } from '../../base/field-key.ts';
import { keysOf } from '../../base/fields.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { fieldAt, isFields, isList, isPair, type Value } from '../../base/value.ts';

/** What the records of an output are as rows: objects by their fields, pairs, or each a value. */
type RowKind = 'object' | 'pair' | 'value';

/** One column of rows. */
export interface Column {
  /** `status`, `request.path`, `key.1`. */
  readonly name: string;
  /** Where its cells are: names of fields as objects hold them, numbers of items; none where a record is a cell. */
  readonly path: readonly (FieldKey | number)[];
}

export interface Columns {
  readonly kind: RowKind;
  readonly all: readonly Column[];
}

const VALUE: Columns = { kind: 'value', all: [{ name: 'value', path: [] }] };

/** Columns with these names, one for each field of objects. */
export function columnsNamed(kind: RowKind, names: readonly string[]): Columns {
  if (kind === 'value') return VALUE;
  return { kind, all: names.map((name, i) => ({ name, path: [kind === 'pair' ? i : keyOf(name)] })) };
}

/** The names of columns. */
export function namesOfColumns({ all }: Columns): readonly string[] {
  return all.map(({ name }) => name);
}

/**
 * The columns that all of `records` fit in: the fields of objects in the order first seen, key and value of pairs, else one column
 * named value. What is an object in all of them has a column for each of its fields, `a.b`, and a key that is a list one for each item,
 * `key.1`.
 *
 * @param most where objects within objects would make more columns than that, they stay what they are; so they do where two columns
 * would have one name.
 */
export function columnsOf(records: readonly Value[], most = Number.POSITIVE_INFINITY): Columns {
  if (records.length > 0 && records.every(isPair)) {
    const [keys, values] = [0, 1].map((i) => records.map((record) => record[i]!));
    return chosen('pair', most, (depth) => [
      ...within('key', [0], keys!, depth, true),
      ...within('value', [1], values!, depth, false),
    ]);
  }
  if (records.length > 0 && records.every(isFields)) {
    const columns = chosen('object', most, (depth) => withinFields('', [], records, depth));
    if (columns.all.length > 0) return columns;
  }
  return VALUE;
}

/** With objects within objects taken apart where that is fit, else without. */
function chosen(kind: RowKind, most: number, columnsTo: (depth: number) => readonly Column[]): Columns {
  const all = columnsTo(Number.POSITIVE_INFINITY);
  const isFit = all.length <= most && new Set(all.map(({ name }) => name)).size === all.length;
  return { kind, all: isFit ? all : columnsTo(0) };
}

type Path = readonly (FieldKey | number)[];

/** The columns of what stands at one place of all records. @param depth how many objects are taken apart. */
function within(
  name: string,
  path: Path,
  values: readonly (Value | undefined)[],
  depth: number,
  isKey: boolean,
): readonly Column[] {
  const there = values.filter((value) => value !== null && value !== undefined);
  const [first] = there;
  if (first === undefined) return [{ name, path }];
  if (depth > 0 && there.every((value) => isFields(value) && keysOf(value).length > 0)) {
    return withinFields(`${name}.`, path, there, depth - 1);
  }
  if (
    isKey &&
    isList(first) &&
    first.length > 0 &&
    there.every((value) => isList(value) && value.length === first.length)
  ) {
    const lists = there as readonly (readonly Value[])[];
    return first.flatMap((_, i) =>
      within(
        `${name}.${i + 1}`,
        [...path, i],
        lists.map((list) => list[i]),
        depth,
        false,
      ),
    );
  }
  return [{ name, path }];
}

function withinFields(prefix: string, path: Path, records: readonly Value[], depth: number): readonly Column[] {
  const valuesByKey = new Map<FieldKey, Value[]>();
  for (const record of records) {
    if (!isFields(record)) continue;
    for (const key of keysOf(record)) {
      const values = valuesByKey.get(key);
      if (values === undefined) valuesByKey.set(key, [fieldAt(record, key)]);
      else values.push(fieldAt(record, key));
    }
  }
  return [...valuesByKey].flatMap(([key, values]) => {
    const name = prefix + nameOf(key);
    // What `groupBy` calls the value of a key that has no name.
    return within(name, [...path, key], values, depth, name === 'key');
  });
}

/** The cell of a record under a column; undefined where an object has no such field, null where what it would be in is null. */
export function cellAt(record: Value, { path }: Column): Value | undefined {
  let value: Value | undefined = record;
  for (const step of path) {
    if (typeof step === 'number') value = isList(value) ? value[step] : undefined;
    else value = isFields(value) && Object.hasOwn(value, step) ? fieldAt(value, step) : undefined;
    if (value === undefined || value === null) return value;
  }
  return value;
}

/**
 * The cells of a record under the columns; null where an object has no such field.
 *
 * @throws BadRecord if it does not fit: an object among pairs, a text where columns are those of an object.
 */
export function cellsOf(record: Value, { kind, all }: Columns): readonly Value[] {
  if (kind === 'value') return [record];
  if (kind === 'pair' && !isPair(record)) {
    throw new BadRecord('not a pair, as the columns key and value need', toJson(record));
  }
  if (kind === 'object' && !isFields(record)) throw new BadRecord('not an object, as the columns need', toJson(record));
  const cells: Value[] = [];
  for (const column of all) {
    const [step] = column.path;
    // Most columns are fields of the record itself.
    const isField = column.path.length === 1 && typeof step === 'string';
    cells.push(isField ? fieldAt(record, step) : cellWithin(record, column));
  }
  return cells;
}

/** @throws BadRecord where something in front of the cell is there and has no such part. */
function cellWithin(record: Value, { name, path }: Column): Value {
  let value: Value = record;
  for (const step of path) {
    if (value === null) return null;
    if (typeof step === 'number' ? !isList(value) : !isFields(value)) {
      const wanted = typeof step === 'number' ? 'a list' : 'an object';
      throw new BadRecord(`not ${wanted}, as the column ${name} needs`, toJson(value));
    }
    value = typeof step === 'number' ? ((value as readonly Value[])[step] ?? null) : fieldAt(value, step);
  }
  return value;
}
