import type { SchemaElement } from 'hyparquet';
import type { ColumnSource } from 'hyparquet-writer';
import { toJson, toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { keepsDigits, SpeltNumber } from '../../base/spelt-number.ts';
import { isList, type Value } from '../../base/value.ts';
import { namedCells } from '../records/named-cells.ts';

/**
 * What a column of a file holds: integers that a double holds as well, those of 64 bits that it does not, doubles, truth values, texts, any
 * value as JSON. A column of which only nulls are known is `null`.
 */
export type Kind = 'null' | 'integer' | 'long' | 'number' | 'boolean' | 'text' | 'json';

/** By name, in order. */
export type Kinds = Map<string, Kind>;

/** No more columns are written: what others send may have a name of its own in each record, and all of them have cells in every row. */
const MOST_COLUMNS = 1000;

const STORED: { readonly [kind in Kind]: Pick<SchemaElement, 'type' | 'converted_type' | 'logical_type'> } = {
  null: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  long: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  // Text for who knows no more: of the converted type JSON the library would write the text as JSON once more.
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'JSON' } },
};

/**
 * Adds what columns need for records to fit in.
 *
 * @param bad told one that needs too many of them.
 * @returns the others.
 */
export function widen(
  kinds: Kinds,
  records: readonly Value[],
  bad: (problem: BadRecord, record: Value) => void,
): readonly Value[] {
  return records.filter((record) => {
    const cells = namedCells(record);
    const others = cells.filter(([name]) => !kinds.has(name));
    if (kinds.size + others.length > MOST_COLUMNS) {
      bad(
        new BadRecord(`it has fields beyond the ${MOST_COLUMNS} columns that there may be`, toJson(others[0]![0])),
        record,
      );
      return false;
    }
    for (const [name, cell] of cells) kinds.set(name, wider(kinds.get(name) ?? 'null', kindOf(cell)));
    return true;
  });
}

function kindOf(value: Value): Kind {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'long' : 'text';
  if (value instanceof SpeltNumber) return keepsDigits(value) ? 'number' : 'text';
  return typeof value === 'string' ? 'text' : 'json';
}

/** The kind that holds what either does, with all digits. */
function wider(one: Kind, other: Kind): Kind {
  if (one === other || other === 'null') return one;
  if (one === 'null') return other;
  const both = [one, other];
  if (both.includes('json')) return 'json';
  if (both.includes('text') || both.includes('boolean')) return 'text';
  if (!both.includes('number')) return 'long';
  return both.includes('long') ? 'text' : 'number';
}

/** The schema of a file with such columns. */
export function schemaOf(kinds: Kinds): SchemaElement[] {
  const columns = [...kinds].map(
    ([name, kind]): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...STORED[kind] }),
  );
  return [{ name: 'root', num_children: columns.length }, ...columns];
}

/**
 * Records as columns.
 *
 * @param bad told one that does not fit; it is left out.
 * @param other told the name of a field that has no column.
 */
export function columnsFor(
  kinds: Kinds,
  records: readonly Value[],
  bad: (problem: BadRecord, record: Value) => void,
  other: (name: string) => void,
): ColumnSource[] {
  const rows: Map<string, unknown>[] = [];
  for (const record of records) {
    try {
      const row = new Map<string, unknown>();
      for (const [name, cell] of namedCells(record)) {
        const kind = kinds.get(name);
        if (kind === undefined) other(name);
        else row.set(name, storedFor(cell, kind, name));
      }
      rows.push(row);
    } catch (problem) {
      if (!(problem instanceof BadRecord)) throw problem;
      bad(problem, record);
    }
  }
  return [...kinds.keys()].map((name) => ({ name, data: rows.map((row) => row.get(name) ?? null) }));
}

/** A value as it is stored. @throws BadRecord where its column cannot hold it. */
function storedFor(value: Value, kind: Kind, name: string): unknown {
  if (value === null) return null;
  if (kind === 'text' || kind === 'null') return toText(value);
  if (kind === 'json') return Buffer.from(toJson(value));
  const own = kindOf(value);
  if (wider(kind, own) !== kind) {
    throw new BadRecord(
      `"${name}" does not fit its column, whose type is that of the first rows of the file`,
      toJson(value),
    );
  }
  if (kind === 'boolean') return value;
  return kind === 'number' ? Number(value) : BigInt(value as number | bigint);
}

/** Whether a record is a row: one without fields has no columns. */
export function isRow(record: Value): boolean {
  return isList(record) || namedCells(record).length > 0;
}
