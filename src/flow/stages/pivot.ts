import { compare, type Identity, identity } from '../../base/compare.ts';
import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { toText } from '../../base/json.ts';
import { objectOf } from '../../base/type.ts';
import { field, setFieldAt, type Value } from '../../base/value.ts';
import type { Aggregate, Grouping } from '../define/grouping.ts';
import { aggregates, key, lambda } from '../define/parameters.ts';
import type { Span } from '../define/span.ts';
import { defineStage } from '../define/stage.ts';
import { columnsOf, composite } from '../groups/composite.ts';

/** A row of the table: what it is of, and its cells by the names of their columns. */
interface Row {
  readonly key: Value;
  readonly cells: Map<string, unknown[]>;
}

/** Rows in the order first seen, and the values that columns are named by, the first one of each name. */
interface Table {
  readonly rows: Map<Identity, Row>;
  readonly columns: Map<string, Value>;
}

/** The partial of a cell; `make` says what it becomes, and may throw before anything has changed. */
function put(table: Table, row: Value, column: Value, make: (before: unknown[] | undefined) => unknown[]): void {
  const id = identity(row);
  const name = toText(column);
  const known = table.rows.get(id);
  const cell = make(known?.cells.get(name));
  if (known === undefined) table.rows.set(id, { key: row, cells: new Map([[name, cell]]) });
  else known.cells.set(name, cell);
  if (!table.columns.has(name)) table.columns.set(name, column);
}

/** Tables of cells that `cells` adds up. */
function tablesOf(
  rows: (record: Value) => Value,
  columns: (record: Value) => Value,
  cells: Aggregate<unknown[]>,
): Omit<Aggregate<Table>, 'result'> {
  return {
    zero: () => ({ rows: new Map(), columns: new Map() }),
    add(table, record) {
      put(table, rows(record), columns(record), (before) => cells.add(before ?? cells.zero(), record));
      return table;
    },
    merge(into, from) {
      for (const row of from.rows.values()) {
        for (const [name, cell] of row.cells) {
          put(into, row.key, from.columns.get(name)!, (before) => cells.merge(before ?? cells.zero(), cell));
        }
      }
      return into;
    },
    grows: true,
    usesSpan: cells.usesSpan === true,
  };
}

/** A column of the table: the text of its value, and the field that it is. */
interface Column {
  readonly name: string;
  readonly field: FieldKey;
}

/** The columns in the order of the values that they are named by. @param ofKey the names of the fields before them, which they are kept apart from. */
function columnsIn({ columns }: Table, ofKey: ReadonlySet<string>): readonly Column[] {
  const taken = new Set([...ofKey, ...columns.keys()]);
  const apart = (name: string): string => {
    const free = `${name}_`;
    if (taken.has(free)) return apart(free);
    taken.add(free);
    return free;
  };
  return [...columns]
    .sort(([, a], [, b]) => compare(a, b))
    .map(([name]) => ({ name, field: keyOf(ofKey.has(name) ? apart(name) : name) }));
}

export const pivot = defineStage({
  name: 'pivot',
  group: 'batch',
  summary: 'A table with a row for each value of one field and a column for each of another',
  synonyms: ['crosstab', 'pivot_table', 'cross tabulation', 'wide', 'reshape'],
  docs: 'An object for each row, in the order first seen: the columns of its key, as of `groupBy`, and then a field for each value of `columns` in the batch or window, in the order of `sort`. With one aggregate such a field is its result, with several an object of them: `{n: count(), ms: avg(.ms)}` gives `.GET.n` and `.GET.ms`. Where there were no records it is what the aggregate gives of nothing: 0 of `count` and `sum`, null of most others. All rows of a batch have the same fields. It keeps a partial for each cell.',
  examples: [
    {
      program: 'json | pivot(.path, .method, {n: count()})',
      in: '{"path":"/a","method":"POST"}\n{"path":"/b","method":"GET"}\n{"path":"/a","method":"GET"}',
      out: '{"path":"/a","GET":1,"POST":1}\n{"path":"/b","GET":1,"POST":0}',
    },
  ],
  parameters: {
    rows: key('what the rows are of'),
    columns: lambda('what the columns are of'),
    cells: aggregates('what stands where they meet'),
  },
  needs: 'anything',
  gives: (_input, { rows }) => objectOf(rows.columns.map(({ name, type }) => [name, type])),
  faster: { uses: 'read' },
  behaviour: {
    kind: 'group',
    create({ rows, columns, cells }): Grouping<Table> {
      const all = composite(cells);
      const ofKey = new Set(rows.columns.map(({ name }) => name));
      const only = cells.length === 1 ? cells[0]!.name : undefined;
      const resultOf = (cell: unknown[], span: Span) => {
        const result = all.result(cell, span);
        return only === undefined ? result : field(result, only);
      };
      // All of them before any comes out: where one cannot be worked out, there is no table.
      const listed = (table: Table, span: Span): Value[] => {
        const made = columnsIn(table, ofKey);
        const nothing = all.zero();
        return [...table.rows.values()].map(({ key, cells: own }) => {
          const object = columnsOf(rows, key);
          for (const { name, field } of made) setFieldAt(object, field, resultOf(own.get(name) ?? nothing, span));
          return object;
        });
      };
      return {
        aggregate: { ...tablesOf(rows.of.call, columns.call, all), result: listed },
        emit(_key, table, span, out) {
          for (const row of listed(table, span)) out(row);
        },
      };
    },
  },
});
