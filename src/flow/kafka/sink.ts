import { keysOf } from '../../base/fields.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { isFields, type Value } from '../../base/value.ts';
import { isBefore } from '../connections/place.ts';
import type { Lambda } from '../define/compiled.ts';
import type { SinkContext } from '../define/context.ts';
import type { SinkStart } from '../define/sink.ts';
import { sinkFailure } from '../output/failure.ts';
import { markOf, TransactedSink } from '../output/transacted-sink.ts';
import { reportBad } from '../records/report-bad.ts';
import { type Outgoing, weightOf } from './record-batch.ts';
import { TopicWriter, type WriterOptions } from './writer.ts';

/** Where input is one batch, so many records, or so many bytes, are one transaction. */
const PART_RECORDS = 50_000;
const PART_BYTES = 4 * 1024 * 1024;

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
 * Writes to a topic.
 *
 *     push ──▶ key, value, headers ──▶ part ──close──▶ job: begin, partitions, place, commit ──▶ the topic
 */
export class KafkaSink extends TransactedSink {
  protected readonly writer: TopicWriter;
  private readonly options: KafkaSinkOptions;
  private part: Part;

  constructor(options: KafkaSinkOptions) {
    const { context, called, from } = options;
    const words = (error: unknown) => sinkFailure(called, error).message;
    super({ context, from, what: called, words });
    this.options = options;
    this.part = emptyPart(this.at.records);
    const mark = markOf(from);
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

  get isHolding(): boolean {
    return this.part.records.length > 0;
  }

  protected get weight(): number {
    return this.part.weight;
  }

  protected drop(): void {
    this.part = emptyPart(0);
  }

  protected cut(): void {
    const { part, at, batch } = this;
    this.part = emptyPart(at.records);
    this.jobs.after(async () => {
      const { written } = this.writer;
      const isNew = (_record: Outgoing, i: number) =>
        written === undefined || !isBefore({ batch, records: part.first + i }, written);
      const records = part.records.filter((record, i) => record !== SKIPPED && isNew(record, i));
      if (records.length === 0) return;
      await this.intend();
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
