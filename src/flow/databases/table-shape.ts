import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { keepsDigits, SpeltNumber } from '../../base/spelt-number.ts';
import type { Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { holdsTimes } from '../formats/column-type.ts';
import { OtherFields } from '../formats/other-fields.ts';
import { type Columns, cellAt, cellsOf, columnsOf, namesOfColumns } from '../formats/rows.ts';
import { cellFor, kindOfValues, rounds, type SqlValue, type TableColumn } from './columns.ts';
import type { SqlRow } from './database.ts';

/** Objects within objects are cells: columns of JSON. */
const AS_CELLS = 0;

/** The columns that a table is made with, for these records. @param typeOf the type of a column, as the database calls it. */
export function columnsFor(
  records: readonly Value[],
  type: Type | undefined,
  typeOf: (name: string, kind: TableColumn['kind']) => string,
): readonly TableColumn[] {
  return columnsOf(records, AS_CELLS).all.map((column) => {
    const kind = holdsTimes(type, column.path)
      ? 'time'
      : kindOfValues(records.map((record) => cellAt(record, column) ?? null));
    return { name: column.name, kind, type: typeOf(column.name, kind) };
  });
}

/** From records to rows of a table. Fields that it has no column for are left out, and told once. */
export class TableShape {
  /** Those of the table that rows are written to. */
  readonly columns: readonly TableColumn[];
  private readonly cells: Columns;
  private readonly others: OtherFields;
  private readonly keyAt: readonly number[];
  private readonly rounded = new Set<string>();
  private readonly timeText: (time: number) => string;

  /**
   * @param table all columns of the table; those are written to that one of `records` has a field for.
   * @param key the names of the columns of the key, none where there is none.
   */
  constructor(
    table: readonly TableColumn[],
    records: readonly Value[],
    key: readonly string[],
    timeText: (time: number) => string,
  ) {
    const found = columnsOf(records, AS_CELLS);
    const byName = new Map(table.map((column) => [column.name, column]));
    this.cells = { ...found, all: found.all.filter(({ name }) => byName.has(name)) };
    this.columns = this.cells.all.map(({ name }) => byName.get(name)!);
    this.others = new OtherFields(this.cells);
    this.keyAt = key.map((name) => namesOfColumns(this.cells).indexOf(name));
    this.timeText = timeText;
  }

  /** The names of the key that no column is called. */
  missing(key: readonly string[]): readonly string[] {
    return key.filter((_name, i) => this.keyAt[i] === -1);
  }

  /** @param rounded told once of each column that does not keep all digits. @throws BadRecord where it does not fit, or has no key. */
  rowOf(record: Value, rounded: (column: string) => void): SqlRow {
    const cells = cellsOf(record, this.cells).map((value, i) => {
      const column = this.columns[i]!;
      if (value instanceof SpeltNumber && rounds(column) && !this.rounded.has(column.name) && !keepsDigits(value)) {
        this.rounded.add(column.name);
        rounded(column.name);
      }
      return cellFor(value, column, this.timeText);
    });
    for (const at of this.keyAt) {
      if (cells[at] === null) throw new BadRecord(`"${this.columns[at]!.name}" is null, and the key of the table`);
    }
    return cells;
  }

  /** The names of what a record has besides; each of them once. */
  othersOf(record: Value): readonly string[] {
    return this.others.of(record);
  }

  /** The rows without those whose key stands in a later one too. */
  lastOfEachKey(rows: readonly SqlRow[]): readonly SqlRow[] {
    if (this.keyAt.length === 0) return rows;
    const [only] = this.keyAt;
    const keyOf = (row: SqlRow): SqlValue =>
      this.keyAt.length === 1 ? row[only!]! : toJson(this.keyAt.map((at) => row[at]!));
    const last = new Map<SqlValue, SqlRow>();
    for (const row of rows) {
      const key = keyOf(row);
      // In the order of the last ones, as they would be written one by one.
      last.delete(key);
      last.set(key, row);
    }
    return last.size === rows.length ? rows : Array.from(last.values());
  }
}
