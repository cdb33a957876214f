import { BadRecord } from '../../base/problem.ts';
import { isFields, type Value } from '../../base/value.ts';
import { brokerFailure } from '../brokers/message-sink.ts';
import { isBefore } from '../connections/place.ts';
import type { SinkContext } from '../define/context.ts';
import type { SinkStart } from '../define/sink.ts';
import { markOf, TransactedSink } from '../output/transacted-sink.ts';
import { reportBad } from '../records/report-bad.ts';
import { fieldsFor } from './key-commands.ts';
import { StreamWriter, type StreamWriterOptions } from './stream-writer.ts';

/** Where input is one batch, so many records, or so many bytes, are one transaction: the server does nothing else meanwhile. */
const PART_RECORDS = 5000;
const PART_BYTES = 1024 * 1024;

/** What an entry counts for beside its texts, bytes. */
const WEIGHT = 100;

interface StreamSinkOptions extends Omit<StreamWriterOptions, 'note'> {
  /** The field that a record is which is no object, or that any is where `isWhole` says so. */
  readonly field: string;
  readonly isWhole: boolean;
  readonly toText: (value: Value) => string;
  readonly context: SinkContext;
  readonly from: SinkStart | undefined;
}

/** Names and values, one behind the other; undefined of a record that was bad, which counts as one all the same, so that places stay the same. */
type Entry = readonly string[] | undefined;

/** What was pushed and is not under way. */
interface Part {
  /** The place of the first, in the batch. */
  readonly first: number;
  readonly entries: Entry[];
  weight: number;
}

const emptyPart = (first: number): Part => ({ first, entries: [], weight: 0 });

/** Writes to a stream of Redis. */
export class StreamSink extends TransactedSink {
  protected readonly writer: StreamWriter;
  private readonly options: StreamSinkOptions;
  private part: Part;

  constructor(options: StreamSinkOptions) {
    const { context, from, name } = options;
    super({ context, from, what: name, words: (error) => brokerFailure(name, error).message });
    this.options = options;
    this.part = emptyPart(this.at.records);
    const mark = markOf(from);
    this.writer = new StreamWriter(
      { ...options, note: (message) => context.note(message) },
      mark && { id: mark.id, written: mark.written ?? undefined },
    );
    this.jobs.after(() => this.begun(() => this.writer.begin()));
  }

  push(record: Value): void {
    const { at, part } = this;
    this.at = { batch: at.batch, records: at.records + 1 };
    const entry = this.entryOf(record);
    part.entries.push(entry);
    part.weight += WEIGHT;
    for (const text of entry ?? []) part.weight += text.length;
    if (part.weight >= PART_BYTES || part.entries.length >= PART_RECORDS) this.overflow();
  }

  close(): void {
    const { at } = this;
    // How many empty ones there are between two others may be another number when they come again.
    if (at.records === 0) return;
    this.at = { batch: at.batch + 1, records: 0 };
    if (this.isHolding) this.cut();
    this.part = emptyPart(0);
  }

  get isHolding(): boolean {
    return this.part.entries.length > 0;
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
      const entries = part.entries.filter((entry, i): entry is readonly string[] => {
        const isNew = written === undefined || !isBefore({ batch, records: part.first + i }, written);
        return entry !== undefined && isNew;
      });
      if (entries.length === 0) return;
      await this.intend();
      await this.begun(() => this.writer.write(entries, at));
    }, part.weight);
  }

  /** Has failures say what they are of. */
  private async begun(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw brokerFailure(this.options.name, error);
    }
  }

  private entryOf(record: Value): Entry {
    const { field, isWhole, toText, context } = this.options;
    try {
      if (isWhole || !isFields(record)) return [field, toText(record)];
      const fields = fieldsFor(record);
      if (fields.length === 0) throw new BadRecord('no fields');
      return fields;
    } catch (error) {
      reportBad(context, error, record);
      return undefined;
    }
  }
}
