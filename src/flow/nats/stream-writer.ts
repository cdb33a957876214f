import { randomUUID } from 'node:crypto';
import { BadRecord } from '../../base/problem.ts';
import { field } from '../../base/value.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { BrokerFault, mayPass } from '../brokers/failure.ts';
import { brokerFailure } from '../brokers/message-sink.ts';
import type { Placed } from '../brokers/placed-sink.ts';
import { isBefore, type Place } from '../connections/place.ts';
import { retrying } from '../connections/retrying.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { JetStreamFault } from './client.ts';
import { Publishing } from './publishing.ts';

/** The number of the error that a stream has no message of a subject. */
const NO_MESSAGE = 10_037;

/** The number of the error that a message is larger than the stream takes (`max_msg_size`). */
const TOO_LARGE = 10_054;

interface StreamWriterOptions {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  readonly stream: string;
  readonly subject: string;
  /** What it is called in messages. */
  readonly name: string;
  /** How long failures that may pass are tried again, ms. */
  readonly retry: number;
  readonly note: (message: string) => void;
  /** A message that the server does not take; told again of one that is sent again. */
  readonly refused: (problem: BadRecord, message: Buffer) => void;
}

/** What an earlier run left off with. */
interface Earlier {
  readonly id: string;
  /** What it had written at least. */
  readonly written: Place | undefined;
}

/**
 * Writes to a stream of JetStream. Each message has an id that says where its record stands, by which the server knows it again for some time (`duplicate_window`, 2
 * minutes); and the last message of the subject, where it is one of ours, says how far the sink has come however long ago that was.
 */
export class StreamWriter {
  readonly id: string;
  written: Place | undefined;
  private readonly options: StreamWriterOptions;
  private publishing: Publishing | undefined;

  constructor(options: StreamWriterOptions, from?: Earlier) {
    this.options = options;
    this.id = from?.id ?? randomUUID();
    this.written = from?.written;
  }

  /** Connects, and finds out how far it has come. */
  begin(): Promise<void> {
    return this.persist(async () => {});
  }

  async write(messages: readonly Placed<Buffer>[], end: Place): Promise<void> {
    // What was answered of each: one may have been refused, and the next one taken, as of a stream that is full.
    const answered = new Map<Placed<Buffer>, boolean>();
    await this.persist(async (publishing) => {
      const { written } = this;
      const isThere = (one: Placed<Buffer>) =>
        answered.get(one) ?? (written !== undefined && isBefore(one.at, written));
      await publishing.all(messages.filter((one) => !isThere(one)).map((one) => this.send(one, publishing, answered)));
      this.written = end;
    });
  }

  async close(): Promise<void> {
    this.publishing?.close();
  }

  private async send(
    one: Placed<Buffer>,
    publishing: Publishing,
    answered: Map<Placed<Buffer>, boolean>,
  ): Promise<void> {
    const { message, at } = one;
    const { stream, subject, refused } = this.options;
    const headers = `Nats-Msg-Id: ${this.idOf(at)}\r\nNats-Expected-Stream: ${stream}`;
    // Its first line, and the empty one.
    if (message.length + headers.length + 14 > publishing.largest) {
      refused(new BadRecord('larger than the server takes'), message);
      return;
    }
    try {
      await publishing.confirmed(subject, message, headers);
    } catch (error) {
      if (!(error instanceof JetStreamFault)) throw error;
      answered.set(one, false);
      if (error.number !== TOO_LARGE) throw error;
      refused(new BadRecord('larger than the stream takes'), message);
    }
    answered.set(one, true);
  }

  private idOf({ batch, records }: Place): string {
    return `leat-${this.id}-${batch}-${records}`;
  }

  private async persist(work: (publishing: Publishing) => Promise<void>): Promise<void> {
    const { retry, note, name } = this.options;
    const once = async () => {
      try {
        this.publishing ??= await this.connect();
        await work(this.publishing);
      } catch (error) {
        this.publishing?.close();
        this.publishing = undefined;
        throw error;
      }
    };
    const words = (error: unknown) => brokerFailure(name, error).message;
    await retrying(once, { within: retry, mayPass, note, words });
  }

  private async connect(): Promise<Publishing> {
    const { address, secrets, stream } = this.options;
    const publishing = await Publishing.open(address, secrets());
    try {
      await this.findPlace(publishing);
      return publishing;
    } catch (error) {
      publishing.close();
      if (error instanceof JetStreamFault && error.message.includes('stream not found')) {
        throw new BrokerFault(`there is no stream ${stream}`, { mayPass: true, help: 'make it: `nats stream add`' });
      }
      throw error;
    }
  }

  /** The last message of the subject, where it is one of ours, is what was written last. */
  private async findPlace(publishing: Publishing): Promise<void> {
    const { stream, subject } = this.options;
    try {
      const answer = await publishing.ask(`$JS.API.STREAM.MSG.GET.${stream}`, { last_by_subj: subject });
      const headers = Buffer.from(String(field(field(answer, 'message'), 'hdrs') ?? ''), 'base64').toString();
      const match = new RegExp(`^Nats-Msg-Id: *leat-${this.id}-(\\d+)-(\\d+)\\r?$`, 'm').exec(headers);
      if (match === null) return;
      const found = { batch: Number(match[1]), records: Number(match[2]) + 1 };
      if (this.written === undefined || isBefore(this.written, found)) this.written = found;
    } catch (error) {
      if (!(error instanceof JetStreamFault) || error.number !== NO_MESSAGE) throw error;
    }
  }
}
