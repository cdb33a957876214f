import { keysOf } from '../../base/fields.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord, RunFailure } from '../../base/problem.ts';
import { isFields, type Value } from '../../base/value.ts';
import { isBefore, type Place } from '../connections/place.ts';
import type { Lambda } from '../define/compiled.ts';
import type { SinkContext } from '../define/context.ts';
import type { Sink, SinkStart } from '../define/sink.ts';
import { sinkFailure } from '../output/failure.ts';
import { JobQueue } from '../output/job-queue.ts';
import { reportBad } from '../records/report-bad.ts';
import { type Outgoing, weightOf } from './record-batch.ts';
import { TopicWriter, type WriterOptions } from './writer.ts';

/** Where input is one batch, so many records, or so many bytes, are one transaction. */
const PART_RECORDS = 50_000;
const PART_BYTES = 4 * 1024 * 1024;

/** A mark of the sink. */
interface Mark {
  readonly id: string;
  readonly at: Place;
  readonly written: Place | null;
}

interface KafkaSinkOptions extends Omit<WriterOptions, 'note' | 'words' | 'refused'> {
  /** What the topic is called in messages. */
  readonly called: string;
  readonly key: Lambda | undefined;
  /** What is written of a record; all of it where this is undefined. */
  readonly value: Lambda | undefined;
  readonly headers: Lambda | undefined;
  /** A value that is no text as one. */
  readonly toText: (value: Value) => string;
  readonly context: SinkContext;
  readonly from: SinkStart | undefined;
}

/** What was pushed and is not under way. */
interface Part {
  /** The place of the first, in the batch. */
  readonly first: number;
  readonly records: Outgoing[];
  weight: number;
}

/**
 * A sink that writes each batch to a topic in one transaction, with how far it has come in the same. Of input that is one batch, so many
 * records at a time.
 *
 *     push ──▶ key, value, headers ──▶ part ──close──▶ job: begin, partitions, place, commit ──▶ the topic
 *                                                      └─ again, and the connection anew, for as long as `retry:` says
 */
export class KafkaSink implements Sink {
  private readonly options: KafkaSinkOptions;
  private readonly jobs: JobQueue;
  private readonly writer: TopicWriter;
  private part: Part = emptyPart(0);
  /** Where the next record belongs. */
  private at: Place;

  constructor(options: KafkaSinkOptions) {
    const { context, called, from } = options;
    this.options = options;
    const mark = from?.mark as unknown as Mark | undefined;
    this.at = mark?.at ?? { batch: 0, records: 0 };
    this.part = emptyPart(this.at.records);
    const words = (error: unknown) => sinkFailure(called, error).message;
    this.writer = new TopicWriter(
      {
        ...options,
        words,
        note: (message) => context.note(message),
        refused: ({ value }) =>
          context.bad(new BadRecord('larger than the topic takes'), value === null ? null : value.toString()),
      },
      mark && { id: mark.id, written: mark.written ?? undefined, isSure: from!.intents.length === 0 },
    );
    this.jobs = new JobQueue((error) => {
      this.part = emptyPart(0);
      context.fail(error instanceof RunFailure ? error : new RunFailure('sink-failed', 4, words(error)));
    });
    this.jobs.after(() => this.writer.begin());
  }

  push(record: Value): void {
    const { at, part, options } = this;
    this.at = { batch: at.batch, records: at.records + 1 };
    let outgoing: Outgoing;
    try {
      outgoing = this.outgoing(record);
    } catch (error) {
      reportBad(options.context, error, record);
      // It counts as one, so that the places of those behind it are the same when they come again.
      outgoing = SKIPPED;
    }
    part.records.push(outgoing);
    part.weight += weightOf(outgoing);
    if (part.weight >= PART_BYTES || part.records.length >= PART_RECORDS) this.overflow();
  }

  close(): void {
    const { at } = this;
    // How many empty ones there are between two others may be another number when they come again.
    if (at.records === 0) return;
    this.at = { batch: at.batch + 1, records: 0 };
    if (this.part.records.length > 0) this.cut();
    this.part = emptyPart(0);
  }

  flush(): void {
    if (this.mayCut && this.isHolding) this.cut();
  }

  get isHolding(): boolean {
    return this.part.records.length > 0;
  }

  get isClear(): boolean {
    return this.mayCut || !this.isHolding;
  }

  blocked(): Promise<void> | undefined {
    return this.jobs.blocked();
  }

  async mark(): Promise<Value | undefined> {
    this.flush();
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
    this.part = emptyPart(0);
    await this.jobs.flush();
    await this.writer.close(isKept);
  }

  /** Whether what was pushed may come out before the batch is whole: where all input is one, and comes again in the same order if it does. */
  private get mayCut(): boolean {
    const { isOneBatch = false, isOfOneSource = false, intents } = this.options.context;
    return isOneBatch && (intents === undefined || isOfOneSource);
  }

  /** The part is large. */
  private overflow(): void {
    const { context, called } = this.options;
    if (this.mayCut) this.cut();
    else if (this.part.weight > context.stateMax) {
      this.jobs.fail(
        new RunFailure(
          'state-max',
          1,
          `a batch for ${called} takes more than --state-max`,
          'make batches shorter with --batch, or give a higher --state-max',
        ),
      );
    }
  }

  /** What is in the part goes out, as far as it is not there. */
  private cut(): void {
    const { part, at, options } = this;
    this.part = emptyPart(at.records);
    // Of a batch that is closed.
    const batch = at.records === 0 ? at.batch - 1 : at.batch;
    this.jobs.after(async () => {
      const { written } = this.writer;
      const isNew = (_record: Outgoing, i: number) =>
        written === undefined || !isBefore({ batch, records: part.first + i }, written);
      const records = part.records.filter((record, i) => record !== SKIPPED && isNew(record, i));
      if (records.length === 0) return;
      // What is about to be done is kept first, and with it where the batch ends: else it could come again with other records.
      await options.context.intents?.write(null);
      await this.writer.write(records, at);
    }, part.weight);
  }

  private outgoing(record: Value): Outgoing {
    const { key, value, headers } = this.options;
    return {
      key: key === undefined ? null : this.bytesOf(key(record)),
      value: value === undefined ? Buffer.from(this.options.toText(record)) : this.bytesOf(value(record)),
      headers: headers === undefined ? NO_HEADERS : this.headersOf(headers(record)),
    };
  }

  private bytesOf(value: Value): Buffer | null {
    return value === null ? null : Buffer.from(typeof value === 'string' ? value : this.options.toText(value));
  }

  /** A list has the values of a header that is there several times. */
  private headersOf(value: Value): Outgoing['headers'] {
    if (!isFields(value)) throw new BadRecord('headers that are no object', toJson(value));
    return keysOf(value).flatMap((name) => {
      const some = value[name] as Value;
      const all = Array.isArray(some) ? (some as readonly Value[]) : [some];
      return all.map((one) => [Buffer.from(name), this.bytesOf(one)] as const);
    });
  }
}

const NO_HEADERS: Outgoing['headers'] = [];

/** Stands for a record that was bad. */
const SKIPPED: Outgoing = { key: null, value: null, headers: NO_HEADERS };

const emptyPart = (first: number): Part => ({ first, records: [], weight: 0 });
