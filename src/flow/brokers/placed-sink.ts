import type { Value } from '../../base/value.ts';
import { isBefore, type Place } from '../connections/place.ts';
import type { SinkContext } from '../define/context.ts';
import type { SinkStart } from '../define/sink.ts';
import { TransactedSink } from '../output/transacted-sink.ts';
import { reportBad } from '../records/report-bad.ts';
import { brokerFailure } from './message-sink.ts';

/** Where input is one batch, so many records, or so many bytes, are written together. */
const PART_RECORDS = 5000;
const PART_BYTES = 1024 * 1024;

/** What a message counts for beside its text, bytes. */
const WEIGHT = 100;

/** A message, and the place of its record. */
export interface Placed<T> {
  readonly message: T;
  readonly at: Place;
}

/** What writes messages, and knows how far it has come. */
interface PlacedWriter<T> {
  readonly id: string;
  /** Up to where all is there for good; undefined where nothing is. */
  readonly written: Place | undefined;
  /** Connects, and finds out how far it has come. Called first. */
  begin(): Promise<void>;
  /** Resolves when the messages are there. @param end the place behind them. */
  write(messages: readonly Placed<T>[], end: Place): Promise<void>;
  /** @param isKept whether a later run may go on. Never rejects. */
  close(isKept: boolean): Promise<void>;
}

interface PlacedSinkOptions<T> {
  /** What is written to, in messages. */
  readonly name: string;
  readonly writer: PlacedWriter<T>;
  /** What becomes of a record, and how many bytes it has. @throws BadRecord */
  readonly messageOf: (record: Value) => { readonly message: T; readonly size: number };
  readonly context: SinkContext;
  readonly from: SinkStart | undefined;
}

/** What was pushed and is not under way. */
interface Part<T> {
  readonly messages: Placed<T>[];
  /** Records that were pushed, bad ones too: they count in places. */
  records: number;
  weight: number;
}

/** Writes each record as a message, whose place is known when it comes again. */
export class PlacedSink<T> extends TransactedSink {
  protected readonly writer: PlacedWriter<T>;
  private readonly options: PlacedSinkOptions<T>;
  private part: Part<T> = emptyPart();

  constructor(options: PlacedSinkOptions<T>) {
    const { context, from, name, writer } = options;
    super({ context, from, what: name, words: (error) => brokerFailure(name, error).message });
    this.options = options;
    this.writer = writer;
    this.jobs.after(() => this.told(() => writer.begin()));
  }

  push(record: Value): void {
    const { at, part, options } = this;
    this.at = { batch: at.batch, records: at.records + 1 };
    part.records++;
    try {
      const { message, size } = options.messageOf(record);
      part.messages.push({ message, at });
      part.weight += size + WEIGHT;
    } catch (error) {
      reportBad(options.context, error, record);
    }
    if (part.weight >= PART_BYTES || part.records >= PART_RECORDS) this.overflow();
  }

  close(): void {
    const { at } = this;
    // How many empty ones there are between two others may be another number when they come again.
    if (at.records === 0) return;
    this.at = { batch: at.batch + 1, records: 0 };
    if (this.isHolding) this.cut();
  }

  get isHolding(): boolean {
    return this.part.records > 0;
  }

  protected get weight(): number {
    return this.part.weight;
  }

  protected drop(): void {
    this.part = emptyPart();
  }

  protected cut(): void {
    const { part, at } = this;
    this.part = emptyPart();
    this.jobs.after(async () => {
      const { written } = this.writer;
      const news = part.messages.filter((one) => written === undefined || !isBefore(one.at, written));
      if (news.length === 0) return;
      await this.intend();
      await this.told(() => this.writer.write(news, at));
    }, part.weight);
  }

  /** Has failures say what they are of. */
  private async told(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw brokerFailure(this.options.name, error);
    }
  }
}

function emptyPart<T>(): Part<T> {
  return { messages: [], records: 0, weight: 0 };
}
