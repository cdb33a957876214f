import { fieldsOf } from '../../base/fields.ts';
import { parseNumber } from '../../base/json.ts';
import { parseTime } from '../../base/time.ts';
import { type Fields, field, type Value } from '../../base/value.ts';
import { filledIn } from '../connections/secrets.ts';
import { loadDriver } from '../drivers/driver.ts';
import type { ColumnKind, SqlValue, TableColumn } from './columns.ts';
import { type Database, type DatabaseSystem, type Goal, nameIn, type SqlRow } from './database.ts';
import { quoted, quotedText, type TableName } from './names.ts';
import { type ColumnNote, decimalIn, jsonIn, notFinite } from './read-values.ts';
import { codeOfFailure, inStatements, isBroken, withValues } from './statement.ts';
import { updated } from './upsert.ts';

/** The part of `pg` that is used. */
interface Client {
  connect(): Promise<unknown>;
  query(query: {
    readonly text: string;
    readonly values: readonly (string | null)[];
    readonly types: unknown;
  }): Promise<{
    readonly rows: readonly { readonly [column: string]: string | null }[];
    readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  }>;
  end(): Promise<void>;
  on(event: 'error', hear: () => void): void;
}
interface Module {
  readonly Client: new (options: {
    readonly connectionString: string;
    readonly connectionTimeoutMillis: number;
    readonly keepAlive: boolean;
    readonly application_name: string;
  }) => Client;
}

/** How long a server may take to answer a connection, ms. */
const PATIENCE = 10_000;

/** A statement has as many rows, or as many bytes about. */
const MOST_ROWS = 20_000;
const MOST_BYTES = 8 * 1024 * 1024;

/** Times are those of UTC, and what is read has one form and all digits, whatever the server, the database or the user has set. */
const SESSION =
  "select set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO', false), set_config('extra_float_digits', '3', false)";

/** All that comes is text, which is read here. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

const TYPES: { readonly [kind in ColumnKind]: string } = {
  number: 'double precision',
  integer: 'bigint',
  decimal: 'numeric',
  boolean: 'boolean',
  text: 'text',
  time: 'timestamp with time zone',
  json: 'jsonb',
  any: 'text',
};

/** What the types of columns hold, by their names in the catalog of PostgreSQL. */
const KINDS: { readonly [type: string]: Pick<TableColumn, 'kind' | 'bits'> } = {
  int2: { kind: 'integer', bits: 16 },
  int4: { kind: 'integer', bits: 32 },
  int8: { kind: 'integer', bits: 64 },
  float4: { kind: 'number' },
  float8: { kind: 'number' },
  numeric: { kind: 'decimal' },
  bool: { kind: 'boolean' },
  text: { kind: 'text' },
  varchar: { kind: 'text' },
  bpchar: { kind: 'text' },
  timestamp: { kind: 'time' },
  timestamptz: { kind: 'time' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
};

const COLUMNS = `select a.attname as name, format_type(a.atttypid, null) as type, t.typname as kind, a.attnotnull as required, a.atttypmod as size
from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = to_regclass(?) and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity <> 'a' order by a.attnum`;

/** What a type's number says of how its text is read: pg_type.dat of PostgreSQL. Undefined where it is no number that there is. */
const READ: { readonly [oid: number]: (text: string, column: string, note: ColumnNote) => Value | undefined } = {
  16: (text) => text === 't',
  20: parseNumber,
  21: parseNumber,
  23: parseNumber,
  26: parseNumber,
  114: jsonIn,
  700: parseNumber,
  701: parseNumber,
  1114: timeOf,
  1184: timeOf,
  1700: decimalIn,
  3802: jsonIn,
};

/** A time as PostgreSQL writes those before the year 1. */
const BEFORE_CHRIST = /^(\d{4,6})-(\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00)? BC$/;

/** One beyond what a time can be stays a text. */
function timeOf(text: string): Value {
  const match = BEFORE_CHRIST.exec(text);
  if (match === null) return parseTime(text) ?? text;
  // The year before 1 is 0.
  const year = Number(match[1]) - 1;
  const time = Date.parse(`${year === 0 ? '+' : '-'}${String(year).padStart(6, '0')}-${match[2]}T${match[3]}Z`);
  return Number.isNaN(time) ? text : time;
}

class PostgresDatabase implements Database {
  private readonly client: Client;
  private readonly note: ColumnNote;

  constructor(client: Client, note: ColumnNote) {
    this.client = client;
    this.note = note;
  }

  async ask(sql: string, values: readonly SqlValue[] = []): Promise<readonly Fields[]> {
    const { rows, fields } = await this.client.query({
      text: values.length === 0 ? sql : withValues(sql, (index) => `$${index + 1}`),
      values: values.map((value) => (value === null ? null : String(value))),
      types: AS_TEXT,
    });
    const read = fields.map(({ name, dataTypeID }) => [name, READ[dataTypeID]] as const);
    return rows.map((row) =>
      fieldsOf(
        read.map(([name, reader]) => {
          const text = row[name] ?? null;
          if (text === null || reader === undefined) return [name, text];
          const value = reader(text, name, this.note);
          return [name, value === undefined ? notFinite(name, this.note) : value];
        }),
      ),
    );
  }

  async columnsOf(table: TableName): Promise<readonly TableColumn[] | undefined> {
    const rows = await this.ask(COLUMNS, [nameIn(POSTGRES, table)]);
    if (rows.length === 0) return undefined;
    return rows.map((row) => {
      const known = KINDS[String(field(row, 'kind'))] ?? { kind: 'any' };
      const size = Number(field(row, 'size'));
      return {
        ...known,
        name: String(field(row, 'name')),
        // A cast to `character` would cut.
        type: known.kind === 'text' ? 'text' : String(field(row, 'type')),
        isRequired: field(row, 'required') === true,
        // Behind what PostgreSQL adds to it.
        length: known.kind === 'text' && size > 4 ? size - 4 : undefined,
      };
    });
  }

  typeOf(kind: ColumnKind): string {
    return TYPES[kind];
  }

  /** A list a column: as fast as COPY and, other than that, able to update. */
  async insert({ table, columns, key }: Goal, rows: readonly SqlRow[]): Promise<void> {
    const quote = (name: string) => quoted(name);
    const names = columns.map(({ name }) => quote(name)).join(', ');
    const cells = columns.map(({ type }, i) => `r.c${i}::${type}`).join(', ');
    const lists = columns.map(() => '?::text[]').join(', ');
    const fields = columns.map((_column, i) => `c${i}`).join(', ');
    const sql = `insert into ${nameIn(POSTGRES, table)} (${names}) select ${cells} from unnest(${lists}) as r(${fields})${updated(columns, key, quote)}`;
    for (const some of inStatements(rows, MOST_ROWS, MOST_BYTES)) {
      await this.ask(
        sql,
        columns.map((_column, i) => listOf(some, i)),
      );
    }
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => {});
  }
}

/** A column of rows as PostgreSQL writes a list. */
function listOf(rows: readonly SqlRow[], at: number): string {
  let text = '';
  for (const row of rows) {
    const cell = row[at]!;
    if (text !== '') text += ',';
    if (cell === null) text += 'NULL';
    else if (typeof cell === 'string') text += `"${/["\\]/.test(cell) ? cell.replace(/["\\]/g, '\\$&') : cell}"`;
    else text += cell;
  }
  return `{${text}}`;
}

/** Classes and codes of SQLSTATE that may pass: connections, resources, what operators do, two in each other's way. */
const PASSING = /^(?:08|53|57P0[1-3]|40001|40P01|55P03)/;

/** A server of PostgreSQL. */
export const POSTGRES: DatabaseSystem = {
  name: 'PostgreSQL',
  driver: { package: 'pg', version: '8', of: 'PostgreSQL' },
  async open(url, _isThere = false, note = () => {}) {
    const { Client } = loadDriver<Module>(POSTGRES.driver!);
    const client = new Client({
      connectionString: filledIn(url),
      connectionTimeoutMillis: PATIENCE,
      keepAlive: true,
      application_name: 'leat',
    });
    // One that breaks while nothing is asked is found by the next question.
    client.on('error', () => {});
    const database = new PostgresDatabase(client, note);
    try {
      await client.connect();
      await database.ask(SESSION);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  },
  quote: (name) => quoted(name),
  textIn: quotedText,
  asText: (expression) => `cast(${expression} as text)`,
  behindColumns: '',
  begin: 'begin',
  timeText: (time) => {
    const text = new Date(time).toISOString();
    // ISO has signs and six digits for years that are not of four, PostgreSQL has words.
    return text.startsWith('-') ? `${text.slice(3)} BC` : text.replace(/^\+0*/, '');
  },
  mayPass: (error) => isBroken(error) || PASSING.test(codeOfFailure(error)),
  helpFor: (error) => {
    const code = codeOfFailure(error);
    if (code === '42P10')
      return 'a table that is written to with `key:` needs a unique index over it: `create unique index on TABLE (COLUMN)`';
    return code === '3D000' ? 'make the database first: `createdb NAME`' : undefined;
  },
};
