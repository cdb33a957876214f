import { randomUUID } from 'node:crypto';
import { RunFailure } from '../../base/problem.ts';
import { field } from '../../base/value.ts';
import { isBefore, type Place } from '../connections/place.ts';
import { retrying } from '../connections/retrying.ts';
import type { TableColumn } from './columns.ts';
import { type Database, type DatabaseSystem, nameIn, type SqlRow } from './database.ts';
import { readTableName, type TableName } from './names.ts';

/** Where leat writes down, in the same transaction as the rows, how far a sink has come. */
const PLACES = readTableName('leat_positions')!;

/** What of a sink goes through one connection. */
export interface WriterOptions {
  readonly system: DatabaseSystem;
  /** A URL as it is written in the program, or a file. */
  readonly place: string;
  readonly table: TableName;
  readonly key: readonly string[] | undefined;
  /** Each batch takes the place of all that is in the table. */
  readonly replaces: boolean;
  /** How long failures that may pass are tried again, ms. */
  readonly retry: number;
  readonly note: (message: string) => void;
  /** What the table is called in messages. */
  readonly words: (error: unknown) => string;
}

/** Rows that are there together or not at all. */
interface WrittenPart {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly SqlRow[];
  /** Behind them. */
  readonly end: Place;
}

/**
 * Writes to a table in transactions, each of which also says how far the sink has come: what was written is known when it comes again, after a
 * connection that broke while it was confirmed, or in another run.
 */
export class TableWriter {
  readonly id: string;
  /** Up to where all is in the database; undefined where nothing is. */
  written: Place | undefined;
  private readonly options: WriterOptions;
  private database: Database | undefined;
  private isKnown = false;

  /** @param from what an earlier run was called, and what it had written at least. */
  constructor(options: WriterOptions, from?: { readonly id: string; readonly written: Place | undefined }) {
    this.options = options;
    this.id = from?.id ?? randomUUID();
    this.written = from?.written;
  }

  /** Connects, and finds out how far it has come. Called first. */
  begin(): Promise<void> {
    return this.persist(async (database) => void database);
  }

  columns(): Promise<readonly TableColumn[] | undefined> {
    return this.persist((database) => database.columnsOf(this.options.table));
  }

  /** How types are called where a table is made. */
  types(): Promise<Database['typeOf']> {
    return this.persist(async (database) => (kind, isKey) => database.typeOf(kind, isKey));
  }

  /** Makes the table. */
  create(columns: readonly TableColumn[]): Promise<unknown> {
    const { system, table, key } = this.options;
    const lines = columns.map(({ name, type }) => `${system.quote(name)} ${type}`);
    if (key !== undefined) lines.push(`primary key (${key.map((name) => system.quote(name)).join(', ')})`);
    const sql = `create table ${nameIn(system, table)} (${lines.join(', ')})${system.behindColumns}`;
    return this.persist(async (database) => {
      // It may have been made by a try whose answer was lost.
      if ((await database.columnsOf(table)) === undefined) await database.ask(sql);
    });
  }

  /** Resolves when the rows are there for good. */
  async write(part: WrittenPart): Promise<void> {
    await this.persist(async (database) => {
      const { system, replaces } = this.options;
      if (!replaces && this.written !== undefined && !isBefore(this.written, part.end)) return;
      await database.ask(system.begin);
      try {
        await this.writeIn(database, part);
        await database.ask('commit');
      } catch (error) {
        await database.ask('rollback').catch(() => {});
        throw error;
      }
      this.isKnown = true;
      this.written = part.end;
    });
  }

  private async writeIn(database: Database, { columns, rows, end }: WrittenPart): Promise<void> {
    const { system, table, key, replaces } = this.options;
    if (replaces) await database.ask(`delete from ${nameIn(system, table)}`);
    if (rows.length > 0) await database.insert({ table, columns, key }, rows);
    const places = nameIn(system, PLACES);
    const values = [end.batch, end.records, this.id];
    await database.ask(
      this.isKnown
        ? `update ${places} set batch = ?, records = ?, written = current_timestamp where sink = ?`
        : `insert into ${places} (batch, records, sink, written) values (?, ?, ?, current_timestamp)`,
      values,
    );
  }

  /** Nothing more will come. @param isKept whether a later run may go on. Never rejects. */
  async close(isKept: boolean): Promise<void> {
    const { database } = this;
    if (database === undefined) return;
    const { system } = this.options;
    if (!isKept && this.isKnown) {
      await database.ask(`delete from ${nameIn(system, PLACES)} where sink = ?`, [this.id]).catch(() => {});
    }
    await database.close();
  }

  /** Does something with the connection, which is made anew where it has broken, until it does not fail for a reason that may pass. */
  private async persist<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const { system, retry, note, words } = this.options;
    try {
      return await retrying(
        async () => {
          try {
            this.database ??= await this.connect();
            return await work(this.database);
          } catch (error) {
            await this.database?.close();
            this.database = undefined;
            throw error;
          }
        },
        { within: retry, mayPass: (error) => system.mayPass(error), note, words },
      );
    } catch (error) {
      if (error instanceof RunFailure) throw error;
      const code = system.mayPass(error) ? 'sink-unreachable' : 'sink-refused';
      throw new RunFailure(code, 4, words(error), system.helpFor(error));
    }
  }

  private async connect(): Promise<Database> {
    const { system, place } = this.options;
    const database = await system.open(place);
    try {
      await this.findPlace(database);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  private async findPlace(database: Database): Promise<void> {
    const { system, replaces } = this.options;
    const places = nameIn(system, PLACES);
    if ((await database.columnsOf(PLACES)) === undefined) {
      await database.ask(
        `create table if not exists ${places} (sink varchar(36) primary key, batch bigint not null, records bigint not null, written timestamp null)${system.behindColumns}`,
      );
    }
    const [row] = await database.ask(`select batch, records from ${places} where sink = ?`, [this.id]);
    const found = row && { batch: Number(field(row, 'batch')), records: Number(field(row, 'records')) };
    const { written } = this;
    if (written !== undefined && (found === undefined || (!replaces && isBefore(found, written)))) {
      throw new RunFailure(
        'sink-position',
        4,
        `${this.options.words(new Error('it lacks what was written to it'))}; it is another database, or was put back to an earlier state`,
        'begin anew with an empty table and another directory, or put the database back as it was',
      );
    }
    this.isKnown = found !== undefined;
    this.written = found;
  }
}
