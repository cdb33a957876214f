import { BadRecord, RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import { isBefore, type Place } from '../connections/place.ts';
import type { SinkContext } from '../define/context.ts';
import type { Sink, SinkStart } from '../define/sink.ts';
import { sinkFailure } from '../output/failure.ts';
import { JobQueue } from '../output/job-queue.ts';
import { namesOfTable, type TableColumn } from './columns.ts';
import type { SqlRow } from './database.ts';
import { columnsFor, TableShape } from './table-shape.ts';
import { TableWriter, type WriterOptions } from './table-writer.ts';

/** Where input is one batch, so many records, or about so many bytes, are written together. */
const PART_RECORDS = 10_000;
const PART_BYTES = 4 * 1024 * 1024;

/** What a record counts for in bounds before it is a row, bytes. */
const RAW_WEIGHT = 200;

/** A mark of the sink. */
interface Mark {
  readonly id: string;
  readonly at: Place;
  readonly written: Place | null;
}

interface TableSinkOptions extends Omit<WriterOptions, 'note' | 'words'> {
  /** What the database is called in messages. */
  readonly called: string;
  /** Types of columns, as the database calls them, for a table that is made. */
  readonly types: ReadonlyMap<string, string>;
  readonly context: SinkContext;
  readonly from: SinkStart | undefined;
}

/** What was pushed and is not under way. */
interface Part {
  /** Records that came before it was known what they become, and their places in the batch. */
  readonly raw: { readonly record: Value; readonly at: number }[];
  readonly rows: SqlRow[];
  weight: number;
}

const emptyPart = (): Part => ({ raw: [], rows: [], weight: 0 });

/**
 * A sink that writes each batch to a table in one transaction, with how far it has come in the same. Of input that is one batch, so many
 * records at a time.
 *
 *     push ──▶ row ──▶ part ──close──▶ job: begin, rows, place, commit ──▶ the table
 *                                           └─ again, and the connection anew, for as long as `retry:` says
 */
export class TableSink implements Sink {
  private readonly options: TableSinkOptions;
  private readonly jobs: JobQueue;
  private readonly writer: TableWriter;
  private part = emptyPart();
  private shape: TableShape | undefined;
  /** Where the next record belongs. */
  private at: Place;
  /** Until it is known how far an earlier run has come. */
  private beginning: Promise<void> | undefined;

  constructor(options: TableSinkOptions) {
    const { context, called, table, from } = options;
    this.options = options;
    const mark = from?.mark as unknown as Mark | undefined;
    this.at = mark?.at ?? { batch: 0, records: 0 };
    const words = (error: unknown) => {
      const { message } = sinkFailure(`${table.text} of ${called}`, error);
      return message;
    };
    this.writer = new TableWriter(
      { ...options, words, note: (message) => context.note(message) },
      mark && { id: mark.id, written: mark.written ?? undefined },
    );
    let begun = () => {};
    this.beginning = new Promise((resolve) => {
      begun = resolve;
    });
    const done = () => {
      this.beginning = undefined;
      begun();
    };
    this.jobs = new JobQueue((error) => {
      this.part = emptyPart();
      done();
      context.fail(error instanceof RunFailure ? error : new RunFailure('sink-failed', 4, words(error)));
    });
    this.jobs.after(async () => {
      await this.writer.begin();
      done();
    });
  }

  push(record: Value): void {
    const { at, part } = this;
    this.at = { batch: at.batch, records: at.records + 1 };
    if (this.isThere(at.records)) return;
    if (this.shape === undefined) {
      part.raw.push({ record, at: at.records });
      part.weight += RAW_WEIGHT + (typeof record === 'string' ? record.length : 0);
    } else {
      this.settle();
      this.add(record, this.shape, part);
    }
    if (part.weight >= PART_BYTES || part.raw.length + part.rows.length >= PART_RECORDS) this.overflow();
  }

  /** Whether an earlier run has written the record of the batch under way. */
  private isThere(record: number): boolean {
    if (this.beginning !== undefined) return false;
    return this.isWritten({ ...this.at, records: record });
  }

  /** The newest result is written again whatever there is: that changes nothing, and its empty ones may be others in number. */
  private isWritten(place: Place): boolean {
    const { written } = this.writer;
    return !this.options.replaces && written !== undefined && isBefore(place, written);
  }

  close(): void {
    const { at, part, options } = this;
    // How many empty ones there are between two others may be another number when they come again.
    if (at.records === 0 && !options.replaces) return;
    this.at = { batch: at.batch + 1, records: 0 };
    const isEmpty = part.raw.length + part.rows.length === 0;
    if (!isEmpty || options.replaces) this.cut();
  }

  flush(): void {
    if (this.mayCut) this.cut();
  }

  get isHolding(): boolean {
    return this.part.raw.length + this.part.rows.length > 0;
  }

  get isClear(): boolean {
    return this.mayCut || !this.isHolding;
  }

  blocked(): Promise<void> | undefined {
    return this.beginning ?? this.jobs.blocked();
  }

  async mark(): Promise<Value | undefined> {
    if (this.mayCut) this.cut();
    const { at } = this;
    const mark = () => ({ id: this.writer.id, at, written: this.writer.written ?? null }) satisfies Mark;
    return this.jobs.behind(async () => mark() as unknown as Value);
  }

  async leave(): Promise<void> {
    await this.end(true);
  }

  async finish(): Promise<void> {
    await this.end(this.options.context.intents !== undefined);
  }

  private async end(isKept: boolean): Promise<void> {
    // A batch that was not closed, since the run has failed, is no answer.
    this.part = emptyPart();
    await this.jobs.flush();
    await this.writer.close(isKept);
  }

  /** Whether what was pushed may come out before the batch is whole: where all input is one, and comes again in the same order if it does. */
  private get mayCut(): boolean {
    const { context, replaces } = this.options;
    const { isOneBatch = false, isOfOneSource = false, intents } = context;
    return isOneBatch && !replaces && (intents === undefined || isOfOneSource);
  }

  /** The part is large. */
  private overflow(): void {
    const { context, called, table } = this.options;
    if (this.mayCut) this.cut();
    else if (this.part.weight > context.stateMax) {
      this.jobs.fail(
        new RunFailure(
          'state-max',
          1,
          `a batch for ${table.text} of ${called} takes more than --state-max`,
          'make batches shorter with --batch, or give a higher --state-max',
        ),
      );
    }
  }

  /** What is in the part goes out, as far as nothing of it is there. */
  private cut(): void {
    const { part, at, options } = this;
    this.part = emptyPart();
    const first = { batch: at.records === 0 ? at.batch - 1 : at.batch };
    const { context } = options;
    this.jobs.after(async () => {
      const raw = part.raw.filter(({ at: records }) => !this.isWritten({ ...first, records }));
      if (raw.length > 0) await this.findShape(raw.map(({ record }) => record));
      const converted = emptyPart();
      for (const { record } of raw) this.add(record, this.shape!, converted);
      const rows = [...converted.rows, ...part.rows];
      if (rows.length === 0 && !options.replaces) return;
      if (this.shape === undefined && (await this.writer.columns()) === undefined) return;
      // What is about to be done is kept first, and with it where the batch ends: else it could come again with other records.
      await context.intents?.write(null);
      const columns = this.shape?.columns ?? [];
      await this.writer.write({ columns, rows: this.shape?.lastOfEachKey(rows) ?? rows, end: at });
    }, part.weight);
  }

  /** What came before the shape was known becomes rows in its order. */
  private settle(): void {
    const { part, shape } = this;
    if (part.raw.length === 0) return;
    const raw = part.raw.splice(0);
    for (const { record, at } of raw) if (!this.isThere(at)) this.add(record, shape!, part);
  }

  private add(record: Value, shape: TableShape, part: Part): void {
    const { context, table } = this.options;
    try {
      const row = shape.rowOf(record);
      part.rows.push(row);
      for (const cell of row) part.weight += 8 + (typeof cell === 'string' ? cell.length : 0);
    } catch (problem) {
      if (!(problem instanceof BadRecord)) throw problem;
      context.bad(problem, record);
      return;
    }
    for (const name of shape.othersOf(record)) {
      context.note(
        `the field "${name}" is not in ${table.text}, whose columns are ${namesOfTable(shape.columns)}: it is left out`,
      );
    }
  }

  /** What records become in the table, which is made where there is none. */
  private async findShape(records: readonly Value[]): Promise<void> {
    if (this.shape !== undefined) return;
    const { system, key = [], types, context } = this.options;
    const shapeOf = (columns: readonly TableColumn[]) => {
      const shape = new TableShape(columns, records, key, system.timeText);
      this.checkShape(shape, columns);
      return shape;
    };
    const there = await this.writer.columns();
    if (there !== undefined) {
      this.shape = shapeOf(there);
      return;
    }
    const typeOf = await this.writer.types();
    const made = columnsFor(records, context.type, (name, kind) => types.get(name) ?? typeOf(kind, key.includes(name)));
    // Before a table is made that nothing can be written to.
    shapeOf(made);
    await this.writer.create(made);
    this.shape = shapeOf((await this.writer.columns()) ?? []);
  }

  private checkShape(shape: TableShape, columns: readonly TableColumn[]): void {
    const { key = [], table, called } = this.options;
    const missing = shape.missing(key);
    if (missing.length === 0 && shape.columns.length > 0) return;
    throw new RunFailure(
      'sink-columns',
      4,
      missing.length > 0
        ? `records for ${table.text} of ${called} have no ${missing.map((name) => `"${name}"`).join(' and ')}, which its key is`
        : `records for ${table.text} of ${called} have none of its columns, ${namesOfTable(columns)}`,
      'put `map({…})` with the names of the columns before it',
    );
  }
}
