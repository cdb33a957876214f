import { randomUUID } from 'node:crypto';
import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { PrintFormat, SinkContext } from '../define/context.ts';
import type { Sink, SinkStart } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { createFormat } from '../formats/create.ts';
import type { Format } from '../formats/format.ts';
import { sinkFailure } from './failure.ts';
import { JobQueue } from './job-queue.ts';
import { mayBeTwice } from './may-be-twice.ts';
import { isLineByLine } from './target.ts';

/** Where a batch may go out in parts, so many records, or about so many bytes, are one. */
const PART_RECORDS = 10_000;
const PART_BYTES = 1024 * 1024;

/** What goes out at a time, and is known again by its sender and its number. */
export interface NumberedPart {
  /** A UUID that is no other sink's, and stays the same in later runs that go on from this one. */
  readonly sender: string;
  /** Counted from 1. One that is given again has the number that it had, and the same records. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** Where parts go. Its methods are called one after the other. */
export interface PartTarget {
  /** Called first, with who will send: what can be known to be wrong before there is something to send. */
  begin(sender: string): Promise<void>;
  /** Resolves when the other end has it; rejects where it never will. */
  put(part: NumberedPart): Promise<void>;
  /** Nothing more follows. Never rejects. */
  close(): Promise<void>;
}

interface NumberedSinkOptions {
  /** What the user calls it in messages. */
  readonly name: string;
  readonly format: PrintFormat;
  readonly target: PartTarget;
  readonly context: SinkContext;
  readonly from: SinkStart | undefined;
}

/** A mark of the sink: who it is, and the number of its next part. */
type Mark = { readonly id: string; readonly number: number };

/** What is written down before a part goes out that was cut from a batch: its number, and how many records it has. */
type Intent = readonly [number: number, records: number];

/**
 * A sink that gives each batch to somebody who says when it has arrived, under a number by which it is known when it comes again: after a connection that broke, and in another run.
 *
 *     push ──▶ text ──close──▶ part n, part n + 1 … ──▶ written down ──▶ put, until it has arrived
 *
 * A batch is one part where the run is kept, since its records may come again in another order. Where all input is one batch that comes in the same order again, and where nothing is kept,
 * parts are cut from it as it comes; how large each was is written down before it goes out, so that it is the same when it comes again.
 */
export class NumberedSink implements Sink {
  private readonly options: NumberedSinkOptions;
  private readonly jobs: JobQueue;
  private readonly id: string;
  private number: number;
  private format: Format;
  private pieces: Buffer[] = [];
  private text = '';
  private bytes = 0;
  /** How many records the next part has so far. */
  private records = 0;
  /** How many records those parts had that were written down in an earlier run, by their numbers. */
  private readonly planned: ReadonlyMap<number, number>;

  constructor(options: NumberedSinkOptions) {
    const { name, target, context, from } = options;
    this.options = options;
    const own = from?.isOther === true ? undefined : from;
    const mark = own?.mark as unknown as Mark | undefined;
    this.id = mark?.id ?? randomUUID();
    this.number = mark?.number ?? 1;
    this.planned = new Map(own?.intents as unknown as readonly Intent[] | undefined);
    if (from?.isOther === true) context.note(mayBeTwice(name));
    this.format = this.createFormat();
    this.jobs = new JobQueue((error) => {
      this.take();
      context.fail(sinkFailure(name, error));
    });
    this.jobs.after(() => target.begin(this.id));
  }

  push(record: Value): void {
    this.format.push(record);
    this.records++;
    const planned = this.planned.get(this.number);
    const isLarge = this.records >= PART_RECORDS || this.bytes + this.text.length >= PART_BYTES;
    if (planned === undefined ? isLarge : this.records === planned) this.overflow();
  }

  close(span: Span): void {
    this.format.close(span, 0);
    if (this.records > 0) this.cut();
    else this.take();
  }

  /** Where nobody asks for the same parts again, nobody waits for a part to be full. */
  flush(): void {
    const { intents } = this.options.context;
    if (intents === undefined && this.mayCut && this.records > 0) this.cut();
  }

  get isHolding(): boolean {
    return this.records > 0;
  }

  get isClear(): boolean {
    return this.records === 0 && !this.planned.has(this.number);
  }

  blocked(): Promise<void> | undefined {
    return this.jobs.blocked();
  }

  mark(): Promise<Value | undefined> {
    const mark: Mark = { id: this.id, number: this.number };
    return this.jobs.behind(async () => mark as unknown as Value);
  }

  async leave(): Promise<void> {
    this.take();
    await this.finish();
  }

  async finish(): Promise<void> {
    // A batch that was not closed, since the run has failed, is no answer.
    this.take();
    await this.jobs.flush();
    await this.options.target.close();
  }

  /** Whether what was pushed may go out before its batch is whole. */
  private get mayCut(): boolean {
    const { context, format } = this.options;
    const { isOneBatch = false, isOfOneSource = false, intents } = context;
    return (intents === undefined || (isOneBatch && isOfOneSource)) && isLineByLine(format) && !this.format.isHolding;
  }

  private overflow(): void {
    const { name, context } = this.options;
    if (this.mayCut) this.cut();
    else if (this.bytes + this.text.length > context.stateMax) {
      const help = 'make batches shorter with --batch, or give a higher --state-max';
      this.jobs.fail(new RunFailure('state-max', 1, `a batch for ${name} takes more than --state-max`, help));
    }
  }

  /** What was pushed goes out. */
  private cut(): void {
    const { records, id, number } = this;
    const { context, target } = this.options;
    const bytes = this.take();
    if (bytes.length === 0) return;
    this.number++;
    const ground = context.ground?.();
    this.jobs.after(async () => {
      await ground?.written();
      const intent: Intent = [number, records];
      if (context.isOneBatch) await context.intents?.write(intent);
      await target.put({ sender: id, number, bytes });
    }, bytes.length);
  }

  /** What was pushed, which is none of the next part. */
  private take(): Buffer {
    this.settle();
    const bytes = Buffer.concat(this.pieces);
    this.pieces = [];
    this.bytes = 0;
    this.records = 0;
    // Each part has a header of its own.
    if (this.options.format === 'csv' || this.options.format === 'tsv') this.format = this.createFormat();
    return bytes;
  }

  private createFormat(): Format {
    const write = (piece: string | Uint8Array) => {
      if (typeof piece !== 'string') {
        this.settle();
        this.add(Buffer.from(piece));
        return;
      }
      this.text += piece;
      if (this.text.length >= PART_BYTES) this.settle();
    };
    return createFormat(this.options.format, write, this.options.context);
  }

  private settle(): void {
    if (this.text === '') return;
    const bytes = Buffer.from(this.text);
    this.text = '';
    this.add(bytes);
  }

  private add(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.bytes += bytes.length;
  }
}
