import { BadRecord } from '../../base/problem.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { PATIENCE } from '../brokers/broker-socket.ts';
import { BrokerFault } from '../brokers/failure.ts';
import type { Outward } from '../brokers/message-sink.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { AmqpClient, type Answer } from './client.ts';
import { AmqpFault } from './fault.ts';
import { readProperties, writeProperties } from './properties.ts';

/** Of what comes back to a sink nobody reads the body, bytes. */
const MOST = 1024;

/** A message that is to be published. */
export interface Post {
  readonly key: string;
  /** By which whoever reads it knows it when it comes again. */
  readonly id: string;
  /** Of its content: `text/plain`. */
  readonly type: string;
  readonly body: Buffer;
}

interface PostingOptions {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  /** The queue that is written to, which has to be there or is made; undefined where it is an exchange. */
  readonly queue: string | undefined;
  /** `''` for a queue, whose name is the key then. */
  readonly exchange: string;
  readonly declare: boolean;
  /** Whether a message that no queue takes is told of; without that the server drops it. */
  readonly isMandatory: boolean;
  /** Each record has a key of its own, so that it may be the record that is wrong where no queue takes it. */
  readonly hasKeys: boolean;
  /** A message that can not be written. */
  readonly refused: (problem: BadRecord, post: Post) => void;
}

/** Publishes messages that the server confirms. What it has confirmed is not published again, over whichever connection. */
export class Posting {
  private readonly options: PostingOptions;
  /** Those that are written, or were told as bad. */
  private readonly done = new WeakSet<Post>();
  /** The most bytes that the server takes, as far as it has said so. */
  private largest = Number.POSITIVE_INFINITY;

  constructor(options: PostingOptions) {
    this.options = options;
  }

  /** Connects, and looks whether there is something to write to. */
  async open(): Promise<Outward<Post>> {
    let channel = await this.connect();
    return {
      send: async (posts) => {
        // The server ends a channel over a message that is too large for it; over the next one that is left out.
        while (!(await this.isSent(channel, posts))) {
          channel.close();
          channel = await this.connect();
        }
      },
      close: () => channel.close(),
    };
  }

  private async connect(): Promise<Channel> {
    const { address, secrets, queue, exchange, declare } = this.options;
    const client = await AmqpClient.open(address, secrets(), { heartbeat: 0, most: MOST });
    try {
      if (queue !== undefined) await (declare ? client.makeQueue(queue) : client.hasQueue(queue));
      else await client.hasExchange(exchange);
      await client.confirm();
    } catch (error) {
      client.close();
      throw error;
    }
    return new Channel(client, this.options, this.done);
  }

  /** @returns whether the server has all that it can take; not where it has said only now how much that is. */
  private async isSent(channel: Channel, posts: readonly Post[]): Promise<boolean> {
    for (const post of posts) {
      if (post.body.length <= this.largest || this.done.has(post)) continue;
      this.done.add(post);
      this.options.refused(new BadRecord('larger than the server takes'), post);
    }
    try {
      await channel.send(posts.filter((post) => !this.done.has(post)));
      return true;
    } catch (error) {
      const largest = error instanceof AmqpFault ? error.largest : undefined;
      if (largest === undefined || largest >= this.largest) throw error;
      this.largest = largest;
      return false;
    }
  }
}

/** What is published over one connection. */
class Channel {
  private readonly client: AmqpClient;
  private readonly options: PostingOptions;
  private readonly done: WeakSet<Post>;
  /** By their numbers, in their order. */
  private readonly waiting = new Map<bigint, Post>();
  private last = 0n;
  /** Those that came back, which are said to be taken afterwards. */
  private readonly back = new Set<string>();
  private blocked: string | undefined;

  constructor(client: AmqpClient, options: PostingOptions, done: WeakSet<Post>) {
    this.client = client;
    this.options = options;
    this.done = done;
  }

  close(): void {
    this.client.close();
  }

  async send(posts: readonly Post[]): Promise<void> {
    const { client, options, waiting } = this;
    for (const post of posts) {
      waiting.set(++this.last, post);
      const content = { properties: writeProperties(post), body: post.body };
      client.publish(options.exchange, post.key, content, options.isMandatory);
    }
    let refused = 0;
    while (waiting.size > 0) refused += this.take(await this.next());
    if (refused > 0) {
      throw new BrokerFault(`it has refused ${refused === 1 ? 'a message' : `${refused} messages`}`, { mayPass: true });
    }
  }

  private async next(): Promise<Answer> {
    try {
      return await this.client.next(PATIENCE);
    } catch (error) {
      if (this.blocked === undefined || error instanceof BrokerFault) throw error;
      throw new BrokerFault(`it takes nothing now: ${this.blocked}`, { mayPass: true });
    }
  }

  /** @returns how many it says that it has refused. */
  private take(answer: Answer): number {
    if (answer.kind === 'blocked') this.blocked = answer.reason;
    else if (answer.kind === 'returned') this.back.add(readProperties(answer.properties).id ?? '');
    else if (answer.kind !== 'message') {
      const { number, isAll, kind } = answer;
      const posts = isAll ? this.upTo(number) : this.only(number);
      if (kind === 'refused') return posts.length;
      for (const post of posts) this.taken(post);
    }
    return 0;
  }

  private only(number: bigint): readonly Post[] {
    const post = this.waiting.get(number);
    this.waiting.delete(number);
    return post === undefined ? [] : [post];
  }

  private upTo(last: bigint): readonly Post[] {
    const posts: Post[] = [];
    for (const [number, post] of this.waiting) {
      if (number > last) break;
      posts.push(post);
      this.waiting.delete(number);
    }
    return posts;
  }

  private taken(post: Post): void {
    const { options, back, done } = this;
    if (!back.delete(post.id)) {
      done.add(post);
      return;
    }
    if (!options.hasKeys) {
      const help = 'a queue has to be bound to it with this key; with `mandatory: false` such messages are dropped';
      throw new BrokerFault(`no queue takes what has the key ${post.key}`, { mayPass: true, help });
    }
    done.add(post);
    options.refused(new BadRecord('no queue takes it', `its key is ${post.key}`), post);
  }
}
