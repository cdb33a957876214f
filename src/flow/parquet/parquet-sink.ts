import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { SinkContext } from '../define/context.ts';
import type { Sink, SinkStart } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { sinkFailure } from '../output/failure.ts';
import { JobQueue } from '../output/job-queue.ts';
import type { Saved } from '../output/saved-files.ts';
import { type Target, targetsOf } from '../output/target.ts';
import { namedCells } from '../records/named-cells.ts';
import { estimatedBytes } from '../state/memory-bound.ts';
import { isRow, type Kind, type Kinds, widen } from './columns.ts';
import { GROUP_ROWS, ParquetFile } from './parquet-file.ts';

/** A group of rows is written when it is full, or has so many bytes by a rough count. */
const BYTES = 32 * 1024 * 1024;

/** What a cell counts for beside the characters of a text, bytes. */
const CELL = 16;

interface ParquetSinkOptions {
  /** What the user calls it in messages. */
  readonly name: string;
  readonly saved: Saved;
  /** The path of a file, given the span that it is closed with. */
  readonly nameOf: (span: Span) => string;
  readonly empty: boolean;
  readonly from: SinkStart | undefined;
  readonly context: SinkContext;
}

/** The mark: where the files are, and the kinds of columns. */
interface Mark {
  readonly at: Value;
  readonly format: readonly (readonly [name: string, kind: Kind])[];
}

/** The file of the batch under way. */
interface OpenFile {
  readonly target: Target;
  readonly format: ParquetFile;
}

/**
 * Writes each batch to a file of Parquet, in groups of rows, of which one is held. The columns of a file are what its first group and all files
 * before need: a column only ever becomes wider.
 */
export class ParquetSink implements Sink {
  private readonly options: ParquetSinkOptions;
  private readonly queue: JobQueue;
  private readonly kinds: Kinds;
  private rows: Value[] = [];
  private weight = 0;
  private isEmpty = true;
  private file: OpenFile | undefined;

  constructor(options: ParquetSinkOptions) {
    this.options = options;
    const { context, name, from, saved } = options;
    this.kinds = new Map((from?.mark as unknown as Mark | undefined)?.format);
    this.queue = new JobQueue((error) => {
      void this.file?.target.abandon();
      context.fail(sinkFailure(name, error));
    });
    const targets = targetsOf(from);
    this.queue.after(() => saved.begin());
    if (targets !== undefined) this.queue.after(() => saved.goBack(targets));
  }

  push(record: Value): void {
    if (!isRow(record)) {
      this.options.context.bad(new BadRecord('an object without fields is no row'), record);
      return;
    }
    this.isEmpty = false;
    this.rows.push(record);
    for (const [, cell] of namedCells(record)) {
      this.weight += CELL + (typeof cell === 'string' ? cell.length : estimatedBytes(cell));
    }
    if (this.rows.length >= GROUP_ROWS || this.weight >= BYTES) this.writeGroup();
  }

  close(span: Span): void {
    const { empty, context } = this.options;
    const isLeftOut = this.isEmpty && !empty;
    this.isEmpty = true;
    if (isLeftOut) return;
    this.writeGroup();
    this.queue.after(async () => {
      if (this.kinds.size === 0) {
        context.note('an empty batch before the first record has no file: Parquet has none without columns');
        return;
      }
      const { target, format } = this.file ?? (await this.open());
      await target.write(await format.end());
      await target.close(span);
      this.file = undefined;
    });
  }

  get isHolding(): boolean {
    return !this.isEmpty;
  }

  get isClear(): boolean {
    return this.isEmpty;
  }

  blocked(): Promise<void> | undefined {
    return this.queue.blocked();
  }

  mark(): Promise<Value | undefined> {
    return this.queue.behind(async () => ({ at: await this.options.saved.mark(), format: [...this.kinds] }));
  }

  async leave(): Promise<void> {
    this.rows = [];
    await this.finish();
  }

  async finish(): Promise<void> {
    await this.queue.flush();
    // A batch that was not closed, since the run has failed, is no answer.
    await this.file?.target.abandon();
    this.file = undefined;
  }

  private writeGroup(): void {
    if (this.rows.length === 0) return;
    const { rows, weight } = this;
    const { context } = this.options;
    this.rows = [];
    this.weight = 0;
    this.queue.after(async () => {
      const bad = (problem: BadRecord, record: Value) => context.bad(problem, record);
      const fitting = widen(this.kinds, rows, bad);
      if (fitting.length === 0) return;
      this.file ??= await this.open();
      const { target, format } = this.file;
      const other = (name: string) =>
        context.note(`the field "${name}" is left out: the file that is written has no such column`);
      for await (const piece of format.add(fitting, { bad, other })) await target.write(piece);
    }, weight);
  }

  private async open(): Promise<OpenFile> {
    const { saved, nameOf } = this.options;
    const format = new ParquetFile(this.kinds);
    return { target: await saved.open(nameOf), format };
  }
}
