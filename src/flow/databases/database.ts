import type { Fields } from '../../base/value.ts';
import type { Driver } from '../drivers/driver.ts';
import type { ColumnKind, SqlValue, TableColumn } from './columns.ts';
import type { TableName } from './names.ts';
import type { ColumnNote } from './read-values.ts';

/** A row to write: its cells, in the order of the columns. */
export type SqlRow = readonly SqlValue[];

/** Where rows are written. */
export interface Goal {
  readonly table: TableName;
  readonly columns: readonly TableColumn[];
  /** The names of those by which a row takes the place of the one that is there; undefined where rows are added. */
  readonly key: readonly string[] | undefined;
}

/** One connection. Its methods are called one after the other, and reject with the error of the driver. */
export interface Database {
  /** Runs a statement, in which each `?` stands for a value. @returns the rows, by the names of their columns. */
  ask(sql: string, values?: readonly SqlValue[]): Promise<readonly Fields[]>;
  /** The columns of a table; undefined where there is none of the name. */
  columnsOf(table: TableName): Promise<readonly TableColumn[] | undefined>;
  /** The type of a column that is made. */
  typeOf(kind: ColumnKind, isKey: boolean): string;
  /** Writes rows in few statements. With a key, no two have the same. */
  insert(goal: Goal, rows: readonly SqlRow[]): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** A kind of database: how it is reached, and what is its own of SQL. */
export interface DatabaseSystem {
  /** `PostgreSQL` */
  readonly name: string;
  /** Undefined where Node has it. */
  readonly driver: Driver | undefined;
  /**
   * Connects, and asks something so that a wrong password shows.
   *
   * @param place a URL as it is written in the program, or a file.
   * @param isThere whether a file has to be there; else it is made.
   * @param note told once each what of columns that are read is not as it stands there.
   */
  open(place: string, isThere?: boolean, note?: ColumnNote): Promise<Database>;
  quote(name: string): string;
  /** A text in a statement, with its quotes. */
  textIn(text: string): string;
  /** What an expression gives, as a text with all digits. */
  asText(expression: string): string;
  /** What follows the columns where a table is made. */
  readonly behindColumns: string;
  /** How a transaction begins. */
  readonly begin: string;
  /** A time, ms, as a text that it reads as UTC. */
  timeText(time: number): string;
  /** Whether a failure may pass by itself: nobody listens, the connection broke, two were in each other's way. */
  mayPass(error: unknown): boolean;
  /** What a user may do about a failure that does not pass, where that can be said. */
  helpFor(error: unknown): string | undefined;
}

/** The name of a table in a statement. */
export function nameIn({ quote }: DatabaseSystem, { schema, name }: TableName): string {
  return schema === undefined ? quote(name) : `${quote(schema)}.${quote(name)}`;
}
