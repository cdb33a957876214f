import { toJson } from '../../base/json.ts';
import { type Fields, field, type Value } from '../../base/value.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { BrokerFault } from '../brokers/failure.ts';
import { StreamReading } from '../brokers/stream-reading.ts';
import { startIfLonger } from '../brokers/too-long.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import type { Split } from '../define/position.ts';
import { tooLong } from '../framing/framer.ts';
import { JetStreamFault, NatsClient } from './client.ts';
import { headersOf, type NatsMessage, statusOf } from './frames.ts';

/** How long the server waits for messages before it says that there are none, ms. */
const EXPIRES = 5000;

/** What is answered of the stream and of consumers is no longer, bytes. */
const MOST_ANSWER = 1024 * 1024;

/** ms between two looks at what the stream still has. */
const LOOK = 5000;

/** How long the server keeps a consumer that nobody asks, ns. */
const INACTIVE = 60_000_000_000;

/** The number of the error that there is no such stream. */
const NO_STREAM = 10_059;

/** Where to begin: an end of the stream, a time in ms, or a sequence number. */
export type StreamPlace = 'start' | 'end' | { readonly time: number } | { readonly sequence: number };

interface StreamArguments {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  readonly stream: string;
  /** Those of its messages that are read; all where it is undefined. */
  readonly subject: string | undefined;
  readonly from: StreamPlace;
  readonly isBounded: boolean;
  readonly wait: boolean;
  readonly maxLine: number;
  readonly tag: boolean;
}

/** Where it is: the number of the last message, and which stream of that name it is. */
interface At {
  readonly sequence: number;
  readonly made: string;
  readonly [name: string]: string | number;
}

/** What the server says of the stream. */
interface Info {
  readonly made: string;
  readonly first: number;
  readonly last: number;
}

/** What stands in the reply of a message: `$JS.ACK.stream.consumer.delivered.sequence.number.time.pending`. */
interface Delivered {
  readonly sequence: number;
  /** Counted by the consumer, from 1. */
  readonly nth: number;
  /** ms. */
  readonly time: number;
  /** How many there are behind it. */
  readonly pending: number;
}

/** How the replies of messages of a stream begin. */
const DELIVERED = '$JS.ACK.';

/** How far a stream was read, in words. */
export function streamInWords({ at }: Split): string {
  return `message ${(at as At).sequence.toLocaleString('en-US')}`;
}

/** Reads a stream of JetStream, by consumers that are gone with their connection. */
export class NatsStreamReading extends StreamReading<StreamArguments, At, NatsClient> {
  /** Where to begin for want of a position, until the first message has come. */
  private policy: Fields | undefined;
  /** Nothing is read behind this one. */
  private end: number | undefined;
  private isOver = false;
  private consumer = '';
  /** The consumer's number of the message that comes next. */
  private nth = 1;

  protected open(): Promise<NatsClient> {
    const { address, secrets, maxLine } = this.args;
    return NatsClient.open(address, secrets(), { most: Math.max(maxLine, MOST_ANSWER), signal: this.context.signal });
  }

  protected get isDone(): boolean {
    return this.isOver;
  }

  protected async look(client: NatsClient): Promise<void> {
    const { args, context, at } = this;
    this.nextLook = context.clock.now() + LOOK;
    const info = await this.info(client);
    if (args.isBounded) {
      this.end ??= info.last;
      if ((at?.sequence ?? 0) >= this.end || info.last === 0) this.isOver = true;
    }
    if (at === undefined) {
      if (this.policy !== undefined) return;
      this.policy = policyOf(args.from);
      if (args.from === 'end') await this.startAt({ sequence: info.last, made: info.made });
    } else if (at.made !== info.made || at.sequence > info.last) {
      context.note(`${this.what} was made anew, and is read from its start`);
      await this.startAt({ sequence: info.first - 1, made: info.made });
    } else if (at.sequence + 1 < info.first && !this.isOver) {
      const lost = `messages from ${at.sequence + 1} to ${info.first - 1}`;
      context.note(`lost: what the stream ${args.stream} no longer has of ${lost}; reading on at ${info.first}`);
      this.at = { ...at, sequence: info.first - 1 };
    }
    this.made = info.made;
  }

  private made = '';

  private async startAt(at: At): Promise<void> {
    this.at = at;
    await this.outlet.position(at);
  }

  private async info(client: NatsClient): Promise<Info> {
    try {
      const answer = await client.ask(`$JS.API.STREAM.INFO.${this.args.stream}`, null);
      const state = field(answer, 'state');
      return {
        made: String(field(answer, 'created')),
        first: Number(field(state, 'first_seq')),
        last: Number(field(state, 'last_seq')),
      };
    } catch (error) {
      if (!(error instanceof JetStreamFault) || error.number !== NO_STREAM) throw error;
      throw new BrokerFault('there is no such stream', { mayPass: true, help: 'make it: `nats stream add`' });
    }
  }

  /** Makes a consumer that begins behind what was read. */
  protected override async begin(client: NatsClient): Promise<void> {
    const { stream, subject } = this.args;
    const place: Fields =
      this.at === undefined
        ? this.policy!
        : { deliver_policy: 'by_start_sequence', opt_start_seq: this.at.sequence + 1 };
    const config: Value = {
      ...place,
      ack_policy: 'none',
      mem_storage: true,
      inactive_threshold: INACTIVE,
      ...(subject === undefined ? {} : { filter_subject: subject }),
    };
    const answer = await client.ask(`$JS.API.CONSUMER.CREATE.${stream}`, { stream_name: stream, config });
    if (this.args.isBounded && field(answer, 'num_pending') === 0) this.isOver = true;
    this.consumer = String(field(answer, 'name'));
    this.nth = 1;
  }

  /** Asks for messages once, and hands them on. */
  protected async readSome(client: NatsClient): Promise<void> {
    const { signal } = this.context;
    const { count } = this.pace;
    const reply = client.newReply();
    const wanted: Value = { batch: count, expires: EXPIRES * 1_000_000, ...(this.args.isBounded && { no_wait: true }) };
    client.publish(`$JS.API.CONSUMER.MSG.NEXT.${this.args.stream}.${this.consumer}`, toJson(wanted), { reply });
    const end = this.nth + count;
    let size = 0;
    while (this.nth < end && !signal.aborted && !this.isOver) {
      const messages = [await client.next(EXPIRES * 4), ...client.rest()];
      for (const message of messages) {
        // Whoever sends a message may write a status into it.
        const status = message.reply.startsWith(DELIVERED) ? undefined : statusOf(message);
        if (status === undefined) size += this.take(message);
        else if (this.isEnd(status)) {
          await this.outlet.flush();
          return;
        }
      }
      await this.outlet.flush();
    }
    this.pace.took(size);
  }

  /** Whether a status says that nothing more comes of what was asked for. */
  private isEnd({ code, words }: { readonly code: number; readonly words: string }): boolean {
    if (code === 404 || code === 408) {
      if (this.args.isBounded) this.isOver = true;
      return true;
    }
    if (code === 100) return false;
    throw new BrokerFault(`it says ${code} ${words}`, { mayPass: true });
  }

  /** Hands on a message. @returns how many bytes it has. */
  private take(message: NatsMessage): number {
    const { outlet, args, end, context } = this;
    const delivered = deliveredOf(message.reply);
    if (delivered.nth !== this.nth++) throw new BrokerFault('a message is missing', { mayPass: true });
    const { sequence, time, pending } = delivered;
    if (end !== undefined && sequence > end) {
      this.isOver = true;
      return 0;
    }
    this.at = { sequence, made: this.made };
    if (args.isBounded && (sequence === end || pending === 0)) this.isOver = true;
    context.lag?.(pending);
    const { body, subject, headers } = message;
    const start = startIfLonger(body, args.maxLine);
    if (start !== undefined) {
      outlet.bad(tooLong(args.maxLine), start, this.at);
      return args.maxLine;
    }
    const tag = { source: args.stream, subject, sequence, time, headers: headersOf(headers) };
    const whole = body as Buffer;
    outlet.add(whole, args.tag ? (line) => ({ ...tag, line }) : undefined, this.at);
    return whole.length;
  }
}

function policyOf(from: StreamPlace): Fields {
  if (typeof from === 'string') return { deliver_policy: 'all' };
  return 'time' in from
    ? { deliver_policy: 'by_start_time', opt_start_time: new Date(from.time).toISOString() }
    : { deliver_policy: 'by_start_sequence', opt_start_seq: from.sequence };
}

/** @throws BrokerFault where it is none. */
function deliveredOf(reply: string): Delivered {
  const parts = reply.split('.');
  // Newer servers name a domain and an account in front of the stream, and something random behind.
  const at = parts.length >= 11 ? 7 : 5;
  const [sequence, nth, time, pending] = parts.slice(at, at + 4).map(Number);
  if (!reply.startsWith(DELIVERED) || !Number.isSafeInteger(sequence) || !Number.isSafeInteger(nth)) {
    throw new BrokerFault('it answers what was not asked', { mayPass: true });
  }
  return { sequence: sequence!, nth: nth!, time: Math.floor(time! / 1e6), pending: pending! };
}
