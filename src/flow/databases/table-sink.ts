import { BadRecord, RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import { isBefore, type Place } from '../connections/place.ts';
import type { SinkContext } from '../define/context.ts';
import type { SinkStart } from '../define/sink.ts';
import { sinkFailure } from '../output/failure.ts';
import { markOf, TransactedSink } from '../output/transacted-sink.ts';
import { namesOfTable, type TableColumn } from './columns.ts';
import type { SqlRow } from './database.ts';
import { columnsFor, TableShape } from './table-shape.ts';
import { TableWriter, type WriterOptions } from './table-writer.ts';

/** Where input is one batch, so many records, or about so many bytes, are written together. */
const PART_RECORDS = 10_000;
const PART_BYTES = 4 * 1024 * 1024;

/** What a record counts for in bounds before it is a row, bytes. */
const RAW_WEIGHT = 200;

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
 * Writes to a table.
 *
 *     push ──▶ row ──▶ part ──close──▶ job: begin, rows, place, commit ──▶ the table
 */
export class TableSink extends TransactedSink {
  protected readonly writer: TableWriter;
  private readonly options: TableSinkOptions;
  private part = emptyPart();
  private shape: TableShape | undefined;
  /** Until it is known how far an earlier run has come. */
  private beginning: Promise<void> | undefined;
  private begun = () => {};

  constructor(options: TableSinkOptions) {
    const { context, called, table, from, replaces } = options;
    const what = `${table.text} of ${called}`;
    const words = (error: unknown) => sinkFailure(what, error).message;
    super({ context, from, what, replaces, words });
    this.options = options;
    const mark = markOf(from);
    this.writer = new TableWriter(
      { ...options, words, note: (message) => context.note(message) },
      mark && { id: mark.id, written: mark.written ?? undefined },
    );
    this.beginning = new Promise((resolve) => {
      this.begun = () => {
        this.beginning = undefined;
        resolve();
      };
    });
    this.jobs.after(async () => {
      await this.writer.begin();
      this.begun();
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
    const { at, options } = this;
    // How many empty ones there are between two others may be another number when they come again.
    if (at.records === 0 && !options.replaces) return;
    this.at = { batch: at.batch + 1, records: 0 };
    if (this.isHolding || options.replaces) this.cut();
  }

  get isHolding(): boolean {
    return this.part.raw.length + this.part.rows.length > 0;
  }

  override blocked(): Promise<void> | undefined {
    return this.beginning ?? super.blocked();
  }

  protected get weight(): number {
    return this.part.weight;
  }

  protected drop(): void {
    this.part = emptyPart();
  }

  protected override failed(): void {
    super.failed();
    this.begun();
  }

  protected cut(): void {
    const { part, at, options, batch } = this;
    this.part = emptyPart();
    this.jobs.after(async () => {
      const raw = part.raw.filter(({ at: records }) => !this.isWritten({ batch, records }));
      if (raw.length > 0) await this.findShape(raw.map(({ record }) => record));
      const converted = emptyPart();
      for (const { record } of raw) this.add(record, this.shape!, converted);
      const rows = [...converted.rows, ...part.rows];
      if (rows.length === 0 && !options.replaces) return;
      if (this.shape === undefined && (await this.writer.columns()) === undefined) return;
      await this.intend();
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
      const row = shape.rowOf(record, (column) =>
        context.note(`"${column}" of ${table.text} does not keep all digits of its numbers, which it holds as doubles`),
      );
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
