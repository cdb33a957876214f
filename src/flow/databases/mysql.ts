import { fieldsOf } from '../../base/fields.ts';
import { parseJson, parseNumber, toJson } from '../../base/json.ts';
import { RunFailure } from '../../base/problem.ts';
import { parseTime } from '../../base/time.ts';
import { type Fields, field, type Value } from '../../base/value.ts';
import { filledIn } from '../connections/secrets.ts';
import { loadDriver } from '../drivers/driver.ts';
import type { ColumnKind, SqlValue, TableColumn } from './columns.ts';
import { type Database, type DatabaseSystem, type Goal, nameIn, type SqlRow } from './database.ts';
import { quoted, quotedText, type TableName } from './names.ts';
import { type ColumnNote, decimalIn, jsonIn, textOrBase64 } from './read-values.ts';
import { codeOfFailure, inStatements, isBroken, withValues } from './statement.ts';

/** What the server says of a column of its answer. */
interface Column {
  readonly name: string;
  readonly columnType: number;
}

/** The part of `mysql2` that is used. */
interface Connection {
  query(sql: string): Promise<readonly [unknown, readonly Column[] | undefined]>;
  end(): Promise<void>;
  destroy(): void;
  on(event: 'error', hear: () => void): void;
}
interface Module {
  createConnection(options: { readonly [option: string]: unknown }): Promise<Connection>;
  escape(value: unknown): string;
}

/** How long a server may take to answer a connection, ms. */
const PATIENCE = 10_000;

/** A statement has as many rows, or as many bytes about: a server takes 16 MB at least, unless it was told otherwise. */
const MOST_ROWS = 5000;
const MOST_BYTES = 1024 * 1024;

/** What a server may cut or round is a failure, and times are those of UTC. */
const SESSION =
  "set session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'";

/** What the types of columns hold. */
const KINDS: { readonly [type: string]: Pick<TableColumn, 'kind' | 'bits'> } = {
  smallint: { kind: 'integer', bits: 17 },
  mediumint: { kind: 'integer', bits: 25 },
  int: { kind: 'integer', bits: 33 },
  bigint: { kind: 'integer', bits: 65 },
  float: { kind: 'number' },
  double: { kind: 'number' },
  decimal: { kind: 'decimal' },
  char: { kind: 'text' },
  varchar: { kind: 'text' },
  tinytext: { kind: 'text' },
  text: { kind: 'text' },
  mediumtext: { kind: 'text' },
  longtext: { kind: 'text' },
  datetime: { kind: 'time' },
  timestamp: { kind: 'time' },
  json: { kind: 'json' },
};

const COLUMNS = `select column_name as name, column_type as type, data_type as kind, is_nullable as nullable, character_maximum_length as size
from information_schema.columns where table_schema = coalesce(?, database()) and table_name = ? and extra not like '%GENERATED%' order by ordinal_position`;

const UNIQUE = `select group_concat(column_name order by column_name separator '\\0') as names
from information_schema.statistics where table_schema = coalesce(?, database()) and table_name = ? and non_unique = 0 group by index_name`;

/** What a type's number says of how its value is read: enum_field_types of MySQL. */
const NUMBERS = new Set([0, 8, 246]);
const TIMES = new Set([7, 12]);
const JSON_TYPE = 245;
const BITS = 16;

function readValue(value: unknown, { name, columnType: type }: Column, note: ColumnNote): Value {
  if (value === null || typeof value === 'number') return value;
  if (Buffer.isBuffer(value)) {
    return type === BITS
      ? parseNumber(BigInt(`0x${value.toString('hex')}`).toString())!
      : textOrBase64(value, name, note);
  }
  // What the driver makes of geometries.
  if (typeof value === 'object') return parseJson(toJson(value as Value));
  const text = String(value);
  if (NUMBERS.has(type)) return decimalIn(text) ?? text;
  if (TIMES.has(type)) return parseTime(text) ?? text;
  return type === JSON_TYPE ? jsonIn(text, name, note) : text;
}

class MysqlDatabase implements Database {
  private readonly connection: Connection;
  private readonly module: Module;
  private readonly note: ColumnNote;
  private readonly checked = new Set<string>();
  /** That of texts which are keys: they are one only where all signs are the same, spaces at the end too. */
  private collation = 'utf8mb4_bin';

  constructor(connection: Connection, module: Module, note: ColumnNote) {
    this.connection = connection;
    this.module = module;
    this.note = note;
  }

  async begin(): Promise<void> {
    await this.ask(SESSION);
    const [row] = await this.ask('select version() as version');
    const version = String(field(row!, 'version'));
    if (/mariadb/i.test(version)) this.collation = 'utf8mb4_nopad_bin';
    else if (Number.parseInt(version, 10) >= 8) this.collation = 'utf8mb4_0900_bin';
  }

  async ask(sql: string, values: readonly SqlValue[] = []): Promise<readonly Fields[]> {
    const text = values.length === 0 ? sql : withValues(sql, (index) => this.module.escape(values[index]));
    const [rows, fields] = await this.connection.query(text);
    if (fields === undefined || !Array.isArray(rows)) return [];
    return rows.map((row: { readonly [column: string]: unknown }) =>
      fieldsOf(fields.map((column) => [column.name, readValue(row[column.name], column, this.note)])),
    );
  }

  async columnsOf({ schema, name }: TableName): Promise<readonly TableColumn[] | undefined> {
    const rows = await this.ask(COLUMNS, [schema ?? null, name]);
    if (rows.length === 0) return undefined;
    return rows.map((row) => {
      const known = KINDS[String(field(row, 'kind'))] ?? { kind: 'any' };
      const size = field(row, 'size');
      return {
        ...known,
        name: String(field(row, 'name')),
        type: String(field(row, 'type')),
        isRequired: field(row, 'nullable') === 'NO',
        length: known.kind === 'text' && size !== null ? Number(size) : undefined,
      };
    });
  }

  typeOf(kind: ColumnKind, isKey: boolean): string {
    switch (kind) {
      case 'number':
        return 'double';
      case 'integer':
        return 'bigint';
      case 'decimal':
        return 'decimal(65, 20)';
      case 'boolean':
        return 'boolean';
      case 'time':
        return 'datetime(3)';
      case 'json':
        return 'json';
      default:
        return `${isKey ? 'varchar(255)' : 'longtext'} character set utf8mb4 collate ${this.collation}`;
    }
  }

  async insert({ table, columns, key }: Goal, rows: readonly SqlRow[]): Promise<void> {
    const quote = (name: string) => quoted(name, '`');
    if (key !== undefined) await this.checkKey(table, key);
    const names = columns.map(({ name }) => quote(name)).join(', ');
    const others = columns.filter(({ name }) => key?.includes(name) === false).map(({ name }) => quote(name));
    const set =
      others.length === 0
        ? `${names.split(', ')[0]} = ${names.split(', ')[0]}`
        : others.map((name) => `${name} = values(${name})`).join(', ');
    const head = `insert into ${nameIn(MYSQL, table)} (${names}) values `;
    const tail = key === undefined ? '' : ` on duplicate key update ${set}`;
    const { module } = this;
    for (const some of inStatements(rows, MOST_ROWS, MOST_BYTES)) {
      const lines = some.map((row) => `(${row.map((cell) => module.escape(cell)).join(',')})`);
      await this.connection.query(head + lines.join(',') + tail);
    }
  }

  /** A table without a unique index over the key would take each row as another one, without a word. */
  private async checkKey(table: TableName, key: readonly string[]): Promise<void> {
    if (this.checked.has(table.text)) return;
    const wanted = key.toSorted().join('\0');
    const found = await this.ask(UNIQUE, [table.schema ?? null, table.name]);
    if (!found.some((row) => String(field(row, 'names')).split('\0').toSorted().join('\0') === wanted)) {
      throw new RunFailure(
        'sink-columns',
        4,
        `${table.text} has no unique index over ${key.join(', ')}, so that no row would take the place of another`,
        `make one: \`alter table ${table.text} add unique (${key.join(', ')})\``,
      );
    }
    this.checked.add(table.text);
  }

  async close(): Promise<void> {
    this.connection.destroy();
  }
}

const PASSING = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
]);

/** A server of MySQL or MariaDB. */
export const MYSQL: DatabaseSystem = {
  name: 'MySQL',
  driver: { package: 'mysql2', version: '3', of: 'MySQL' },
  async open(url, _isThere = false, note = () => {}) {
    const module = loadDriver<Module>(MYSQL.driver!, 'mysql2/promise');
    const connection = await module.createConnection({
      uri: filledIn(url).replace(/^mariadb:/i, 'mysql:'),
      charset: 'utf8mb4',
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      jsonStrings: true,
      connectTimeout: PATIENCE,
    });
    // One that breaks while nothing is asked is found by the next question.
    connection.on('error', () => {});
    const database = new MysqlDatabase(connection, module, note);
    try {
      await database.begin();
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  },
  quote: (name) => quoted(name, '`'),
  textIn: (text) => quotedText(text.replaceAll('\\', '\\\\')),
  asText: (expression) => {
    const text = `cast(${expression} as char)`;
    // Bytes that are no text would be one with other signs in their place.
    return `if(charset(${expression}) = 'binary' and cast(${text} as binary) <> cast(${expression} as binary), null, ${text})`;
  },
  behindColumns: ' engine = InnoDB default character set utf8mb4',
  begin: 'start transaction',
  timeText: (time) => new Date(time).toISOString().replace('T', ' ').replace('Z', ''),
  mayPass: (error) => isBroken(error) || PASSING.has(codeOfFailure(error)),
  helpFor: (error) =>
    codeOfFailure(error) === 'ER_NO_DB_ERROR'
      ? 'put the name of a database behind the host: `mysql://host/NAME`'
      : undefined,
};
