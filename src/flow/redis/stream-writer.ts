import { randomUUID } from 'node:crypto';
import { RunFailure } from '../../base/problem.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { mayPass } from '../brokers/failure.ts';
import { brokerFailure } from '../brokers/message-sink.ts';
import type { Placed } from '../brokers/placed-sink.ts';
import { isBefore, type Place } from '../connections/place.ts';
import { retrying } from '../connections/retrying.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { type Command, RedisClient } from './client.ts';
import { MOST_ANSWER, transact } from './outward.ts';

/** The hash where leat writes down, in the same transaction as the entries, how far a sink has come. */
const PLACES = 'leat:positions';

interface StreamWriterOptions {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  readonly stream: string;
  /** What it is called in messages. */
  readonly name: string;
  /** About how many entries it keeps; all where it is undefined. */
  readonly maxLength: number | undefined;
  /** How long failures that may pass are tried again, ms. */
  readonly retry: number;
  readonly note: (message: string) => void;
}

/**
 * Writes to a stream in transactions, each of which also says how far the sink has come: what was written is known when it comes again, after a
 * connection that broke while it was confirmed, or in another run.
 */
export class StreamWriter {
  readonly id: string;
  /** Up to where all is there; undefined where nothing is. */
  written: Place | undefined;
  private readonly options: StreamWriterOptions;
  private client: RedisClient | undefined;

  /** @param from what an earlier run was called, and what it had written at least. */
  constructor(options: StreamWriterOptions, from?: { readonly id: string; readonly written: Place | undefined }) {
    this.options = options;
    this.id = from?.id ?? randomUUID();
    this.written = from?.written;
  }

  /** Connects, and finds out how far it has come. Called first. */
  begin(): Promise<void> {
    return this.persist(async () => {});
  }

  /** @param entries names and values, one behind the other. */
  async write(entries: readonly Placed<readonly string[]>[], end: Place): Promise<void> {
    const { stream, maxLength } = this.options;
    const limit = maxLength === undefined ? [] : ['MAXLEN', '~', String(maxLength)];
    await this.persist(async (client) => {
      const { written } = this;
      if (written !== undefined && !isBefore(written, end)) return;
      const news = entries.filter(({ at }) => written === undefined || !isBefore(at, written));
      const commands = news.map(({ message }): Command => ['XADD', stream, ...limit, '*', ...message]);
      await transact(client, [...commands, ['HSET', PLACES, this.id, `${end.batch} ${end.records}`]]);
      this.written = end;
    });
  }

  /** Nothing more will come. @param isKept whether a later run may go on. Never rejects. */
  async close(isKept: boolean): Promise<void> {
    const { client } = this;
    if (!isKept && this.written !== undefined) await client?.ask(['HDEL', PLACES, this.id]).catch(() => {});
    client?.close();
  }

  /** Does something with the connection, which is made anew where it has broken, until it does not fail for a reason that may pass. */
  private async persist(work: (client: RedisClient) => Promise<void>): Promise<void> {
    const { retry, note, name } = this.options;
    const once = async () => {
      try {
        this.client ??= await this.connect();
        await work(this.client);
      } catch (error) {
        this.client?.close();
        this.client = undefined;
        throw error;
      }
    };
    const words = (error: unknown) => brokerFailure(name, error).message;
    await retrying(once, { within: retry, mayPass, note, words });
  }

  private async connect(): Promise<RedisClient> {
    const { address, secrets, stream, name } = this.options;
    const client = await RedisClient.open(address, secrets(), { most: MOST_ANSWER });
    try {
      // Of a transaction all other commands would happen.
      const type = await client.ask(['TYPE', stream]);
      if (type !== 'stream' && type !== 'none') {
        throw new RunFailure('sink-refused', 4, `cannot write to ${name}: it is no stream but a ${String(type)}`);
      }
      await this.findPlace(client);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private async findPlace(client: RedisClient): Promise<void> {
    const reply = await client.ask(['HGET', PLACES, this.id]);
    const [batch, records] = reply === null ? [] : String(reply).split(' ').map(Number);
    const found = reply === null ? undefined : { batch: batch!, records: records! };
    const { written } = this;
    if (written !== undefined && (found === undefined || isBefore(found, written))) {
      throw new RunFailure(
        'sink-position',
        4,
        `cannot write to ${this.options.name}: it lacks what was written to it; it is another server, or has lost what it had confirmed`,
        'a server keeps what it confirms with `appendonly yes` and `appendfsync always`; begin anew with another directory, and look at what the stream has at its end',
      );
    }
    this.written = found;
  }
}
