import { randomUUID } from 'node:crypto';
import { BadRecord } from '../../base/problem.ts';
import { type Fields, field } from '../../base/value.ts';
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

/** A message that the stream has. */
interface Stored {
  readonly sequence: number;
  /** Of one of ours: the place of its record, and up to where all was there for good when it was sent, with the number of the last message then. */
  readonly ours: { readonly at: Place; readonly written: Place; readonly behind: number } | undefined;
}

const NOTHING: Place = { batch: 0, records: 0 };

/** So many messages are looked at to find out which of those are there that were under way; and so many at the same time. */
const MOST_LOOKS = 10_000;
const LOOKS_AT_ONCE = 200;

/**
 * Writes to a stream of JetStream. Each message has an id that says where its record stands, by which the server knows it again for some time (`duplicate_window`, 2
 * minutes). It also says up to where all was there when it was sent: so the last message of the subject, where it is one of ours, says how far the sink has come however
 * long ago that was. What was under way together with it is looked for one by one, since the stream may have refused a message and taken the next one.
 */
export class StreamWriter {
  readonly id: string;
  written: Place | undefined;
  private readonly options: StreamWriterOptions;
  private publishing: Publishing | undefined;
  /** The number of the last message when all up to `written` was there. */
  private behind = 0;
  /** The ids of those behind `written` that are there. */
  private readonly there = new Set<string>();

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
    let last = 0;
    const send = async (one: Placed<Buffer>, publishing: Publishing) => {
      last = Math.max(last, await this.send(one, publishing, answered));
    };
    await this.persist(async (publishing) => {
      const { written = NOTHING, there } = this;
      const isThere = (one: Placed<Buffer>) =>
        answered.get(one) ?? (isBefore(one.at, written) || there.has(this.idOf(one.at)));
      await publishing.all(messages.filter((one) => !isThere(one)).map((one) => send(one, publishing)));
      this.written = end;
      this.behind = Math.max(this.behind, last);
      there.clear();
    });
  }

  async close(): Promise<void> {
    this.publishing?.close();
  }

  /** @returns the number that it has in the stream; 0 where it was refused for good. */
  private async send(
    one: Placed<Buffer>,
    publishing: Publishing,
    answered: Map<Placed<Buffer>, boolean>,
  ): Promise<number> {
    const { message, at } = one;
    const { stream, subject, refused } = this.options;
    const { batch, records } = this.written ?? NOTHING;
    const behind = `Leat-Behind: ${batch}-${records}-${this.behind}`;
    const headers = `Nats-Msg-Id: ${this.idOf(at)}\r\n${behind}\r\nNats-Expected-Stream: ${stream}`;
    // Its first line, and the empty one.
    if (message.length + headers.length + 14 > publishing.largest) {
      refused(new BadRecord('larger than the server takes'), message);
      return 0;
    }
    try {
      const sequence = await publishing.confirmed(subject, message, headers);
      answered.set(one, true);
      return sequence;
    } catch (error) {
      if (!(error instanceof JetStreamFault)) throw error;
      answered.set(one, false);
      if (error.number !== TOO_LARGE) throw error;
      refused(new BadRecord('larger than the stream takes'), message);
      answered.set(one, true);
      return 0;
    }
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

  /** Finds out from the last message of the subject how far it has come. */
  private async findPlace(publishing: Publishing): Promise<void> {
    const last = await this.stored(publishing, { last_by_subj: this.options.subject });
    this.there.clear();
    this.behind = last?.sequence ?? 0;
    if (last?.ours === undefined) return;
    const { at, written, behind } = last.ours;
    if (this.written !== undefined && isBefore(at, this.written)) return;
    this.behind = behind;
    if (this.written === undefined || isBefore(this.written, written)) this.written = written;
    const end = Math.min(last.sequence, behind + MOST_LOOKS);
    for (let from = behind + 1; from <= end; from += LOOKS_AT_ONCE) {
      const count = Math.min(LOOKS_AT_ONCE, end - from + 1);
      const looks = Array.from({ length: count }, (_, i) => this.stored(publishing, { seq: from + i }));
      for (const one of await Promise.all(looks)) if (one?.ours !== undefined) this.there.add(this.idOf(one.ours.at));
    }
  }

  /** A message of the stream; undefined where it has none such. */
  private async stored(publishing: Publishing, which: Fields): Promise<Stored | undefined> {
    try {
      const answer = await publishing.ask(`$JS.API.STREAM.MSG.GET.${this.options.stream}`, which);
      const message = field(answer, 'message');
      const headers = Buffer.from(String(field(message, 'hdrs') ?? ''), 'base64').toString();
      const id = new RegExp(`^Nats-Msg-Id: *leat-${this.id}-(\\d+)-(\\d+)\\r?$`, 'm').exec(headers);
      const place = /^Leat-Behind: *(\d+)-(\d+)-(\d+)\r?$/m.exec(headers);
      const sequence = Number(field(message, 'seq'));
      if (id === null || place === null) return { sequence, ours: undefined };
      const at = { batch: Number(id[1]), records: Number(id[2]) };
      const written = { batch: Number(place[1]), records: Number(place[2]) };
      return { sequence, ours: { at, written, behind: Number(place[3]) } };
    } catch (error) {
      if (!(error instanceof JetStreamFault) || error.number !== NO_MESSAGE) throw error;
      return undefined;
    }
  }
}
