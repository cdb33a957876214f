import { wallClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { Fields } from '../../base/value.ts';
import { calledPlace, hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import type { RunContext } from '../define/context.ts';
import { reasonOf } from '../input/fault.ts';
import { orAbort } from '../input/reading.ts';
import { type Table, tableOf } from '../parsing/table.ts';
import { TableOfBatch } from '../tables/table-of-batch.ts';
import { untilAnswered } from './asking.ts';
import { type Database, type DatabaseSystem, nameIn } from './database.ts';
import { readTableName } from './names.ts';
import { type ColumnNote, onceEach } from './read-values.ts';
import { isSelect, withoutEnd } from './statement.ts';

interface DatabaseTableOptions {
  readonly system: DatabaseSystem;
  /** A URL as it is written in the program, or a file. */
  readonly place: string;
  /** The name of a table, or a select. */
  readonly table: string;
  /** The column to look up by; the first if undefined. */
  readonly key: string | undefined;
  /** How old the table may become, ms. */
  readonly every: number;
  readonly run: RunContext;
}

/**
 * A table of a database, all of it held here: the run waits for it at the start, and it is read again when it has become too old.
 *
 *     batches   │ 1      │ 2      │ 3      │ 4
 *     table     A────────────────────│B────────
 *     reading        every ──▶ ....B        what has come counts from the next batch on
 *
 * Where records come in real time, nothing waits for it to be read again; else the next batch does, so that its answer is the same each time.
 */
export class DatabaseTable {
  /** What it is called in messages. */
  readonly called: string;
  private readonly options: DatabaseTableOptions;
  private readonly what: string;
  private readonly signal: AbortSignal | undefined;
  private readonly odd: ColumnNote;
  /** Read again in the background. */
  private readonly table = new TableOfBatch();
  private reading: Promise<void> | undefined;
  /** When reading began last, on the clock of the run. */
  private begun = 0;

  constructor(options: DatabaseTableOptions) {
    const { place, table, run } = options;
    this.options = options;
    this.called = `${isSelect(table) ? 'the select' : table} of ${calledPlace(place)}`;
    this.odd = onceEach((what) => run.note(`${this.called}: ${what}`));
    this.what = `lookup cannot read ${this.called}`;
    if (run.awaits !== undefined && hasOpenPassword(place)) run.note(OPEN_PASSWORD);
    this.signal = run.awaits?.(() => this.missing());
  }

  /** The table as of this batch; undefined where the stage is only looked at, and in a run that could not read it. */
  current(): Table | undefined {
    return this.table.of(this.options.run.now());
  }

  /** See `RunContext.awaits`. */
  private missing(): Promise<void> | undefined {
    const { run } = this.options;
    const isFirst = this.table.isMissing;
    if (this.reading === undefined && (isFirst || this.isOld)) {
      this.reading = this.read(() => (isFirst ? this.readFirst() : this.readAgain()));
    }
    return isFirst || !run.live ? this.reading : undefined;
  }

  private get isOld(): boolean {
    const { run, every } = this.options;
    // All of one batch has one table.
    return run.isOneBatch !== true && run.clock.now() - this.begun >= every;
  }

  private async read(work: () => Promise<void>): Promise<void> {
    this.begun = this.options.run.clock.now();
    await orAbort(work(), this.signal!);
    this.reading = undefined;
  }

  private async readFirst(): Promise<void> {
    const { system, run } = this.options;
    const { signal, what } = this;
    try {
      const note = (message: string) => run.note(message);
      const asking = { system, what, clock: wallClock, signal: signal!, note };
      const read = await untilAnswered(() => this.ask(), asking);
      if (read !== undefined) this.table.take(read);
    } catch (error) {
      const { message, help } = error as RunFailure;
      run.fail(new RunFailure('table-unreadable', 3, message, help));
    }
  }

  /** Where that fails, the table stays as it was. */
  private async readAgain(): Promise<void> {
    const { run } = this.options;
    try {
      this.table.take(await this.ask());
    } catch (error) {
      if (this.signal!.aborted) return;
      run.note(`lookup goes on with what it had read of ${this.called}: ${reasonOf(error)}`);
    }
  }

  private async ask(): Promise<Table> {
    const { system, place, table, key, run } = this.options;
    const signal = this.signal!;
    const database = await system.open(place, true, this.odd);
    // What is asked ends with the connection.
    const close = () => void database.close();
    signal.addEventListener('abort', close);
    try {
      if (signal.aborted) return tableOf([], undefined);
      const read = tableOf(await rowsOf(database, system, table), key);
      if (read.repeated > 0)
        run.note(`some keys stand in several rows of ${this.called}; lookup takes the last row of each`);
      return read;
    } finally {
      signal.removeEventListener('abort', close);
      await database.close();
    }
  }
}

/** All rows; where there are none, one of nulls, which says what the columns are and is found by no key. */
async function rowsOf(database: Database, system: DatabaseSystem, table: string): Promise<readonly Fields[]> {
  const select = isSelect(table) ? withoutEnd(table) : `select * from ${nameIn(system, readTableName(table)!)}`;
  const rows = await database.ask(select);
  if (rows.length > 0) return rows;
  return database.ask(
    `select leat_rows.* from (select 1 as leat_one) as leat_first left join (${select}) as leat_rows on 1 = 1`,
  );
}
