import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fieldsOf } from '../../base/fields.ts';
import { type Fields, field, type Value } from '../../base/value.ts';
import { type Driver, loadDriver } from '../drivers/driver.ts';
import type { ColumnKind, SqlValue, TableColumn } from './columns.ts';
import { type Database, type DatabaseSystem, type Goal, nameIn, type SqlRow } from './database.ts';
import { quoted, quotedText, type TableName } from './names.ts';
import { type ColumnNote, notFinite, textOrBase64 } from './read-values.ts';
import { updated } from './upsert.ts';

/** The part of `node:sqlite` that is used, which the package offers as well. */
interface DatabaseSync {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}
interface Statement {
  all(...values: unknown[]): { readonly [column: string]: null | number | bigint | string | Uint8Array }[];
  run(...values: unknown[]): unknown;
  setReadBigInts(isWanted: boolean): void;
}
interface Module {
  readonly DatabaseSync: new (path: string, options: { readonly timeout: number }) => DatabaseSync;
}

const PACKAGE: Driver = { package: '@photostructure/sqlite', version: '1', of: 'SQLite' };

/** How long to wait for another program that writes, ms, each time. */
const BUSY = 500;

/** So many rows are written before others have their turn. */
const TURN = 500;

/** What Node has: from 22.13 on. */
function own(): Module | undefined {
  return (process.getBuiltinModule as (id: string) => object | undefined)('node:sqlite') as Module | undefined;
}

const TYPES: { readonly [kind in ColumnKind]: string } = {
  number: 'numeric',
  integer: 'integer',
  decimal: 'numeric',
  boolean: 'boolean',
  text: 'text',
  time: 'datetime',
  json: 'json',
  any: 'blob',
};

/** What a declared type holds, by the first word that is in it, as SQLite itself goes by such words. */
const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/datetime|timestamp/i, 'time'],
  [/bool/i, 'boolean'],
  [/json/i, 'json'],
  [/int/i, 'integer'],
  [/char|clob|text/i, 'text'],
  [/real|floa|doub/i, 'number'],
  [/num|dec/i, 'decimal'],
];

function kindOf(type: string): ColumnKind {
  return KINDS.find(([word]) => word.test(type))?.[1] ?? 'any';
}

/** A whole number that a double holds is one. */
function readValue(value: null | number | bigint | string | Uint8Array, column: string, note: ColumnNote): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : notFinite(column, note);
  return value instanceof Uint8Array ? textOrBase64(value, column, note) : value;
}

class SqliteDatabase implements Database {
  private readonly database: DatabaseSync;
  private readonly note: ColumnNote;

  constructor(database: DatabaseSync, note: ColumnNote) {
    this.database = database;
    this.note = note;
  }

  async ask(sql: string, values: readonly SqlValue[] = []): Promise<readonly Fields[]> {
    const statement = this.database.prepare(sql);
    statement.setReadBigInts(true);
    return statement
      .all(...values)
      .map((row) => fieldsOf(Object.entries(row).map(([name, value]) => [name, readValue(value, name, this.note)])));
  }

  async columnsOf({ schema = 'main', name }: TableName): Promise<readonly TableColumn[] | undefined> {
    const rows = await this.ask('select name, type, "notnull" as required, hidden from pragma_table_xinfo(?, ?)', [
      name,
      schema,
    ]);
    if (rows.length === 0) return undefined;
    // Those that are worked out of others are not written.
    return rows
      .filter((row) => field(row, 'hidden') === 0)
      .map((row) => {
        const type = String(field(row, 'type'));
        return {
          name: String(field(row, 'name')),
          type,
          kind: kindOf(type),
          isRequired: field(row, 'required') === 1,
          // What is larger becomes a double.
          bits: 64,
        };
      });
  }

  typeOf(kind: ColumnKind): string {
    return TYPES[kind];
  }

  async insert({ table, columns, key }: Goal, rows: readonly SqlRow[]): Promise<void> {
    const names = columns.map(({ name }) => quoted(name));
    const places = columns.map(() => '?').join(', ');
    const insert = this.database.prepare(
      `insert into ${nameIn(SQLITE, table)} (${names.join(', ')}) values (${places})${updated(columns, key, (name) => quoted(name))}`,
    );
    for (const [i, row] of rows.entries()) {
      insert.run(...row.map((cell) => (typeof cell === 'boolean' ? Number(cell) : cell)));
      if (i % TURN === TURN - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async close(): Promise<void> {
    try {
      this.database.close();
    } catch {
      // It was closed before.
    }
  }
}

/** A file of SQLite. */
export const SQLITE: DatabaseSystem = {
  name: 'SQLite',
  get driver() {
    return own() === undefined ? PACKAGE : undefined;
  },
  async open(path, isThere = false, note = () => {}) {
    if (isThere) accessSync(path, constants.R_OK);
    else mkdirSync(dirname(path), { recursive: true });
    const { DatabaseSync } = own() ?? loadDriver<Module>(PACKAGE);
    const database = new DatabaseSync(path, { timeout: BUSY });
    try {
      // That a file is none of its own it says only when it reads.
      database.prepare('select count(*) from sqlite_master').all();
    } catch (error) {
      database.close();
      throw error;
    }
    return new SqliteDatabase(database, note);
  },
  quote: (name) => quoted(name),
  textIn: quotedText,
  // As text a double has 15 digits, with which two can be one.
  asText: (expression) =>
    `case typeof(${expression}) when 'real' then printf('%!.17g', ${expression}) when 'blob' then null else cast(${expression} as text) end`,
  behindColumns: '',
  begin: 'begin immediate',
  timeText: (time) => new Date(time).toISOString().replace('T', ' ').replace('Z', ''),
  mayPass: (error) => /\b(?:locked|busy)\b/i.test(error instanceof Error ? error.message : ''),
  helpFor: () => undefined,
};
