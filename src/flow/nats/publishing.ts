import { wallClock } from '../../base/clock.ts';
import { toJson } from '../../base/json.ts';
import { type Fields, field, type Value } from '../../base/value.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { PATIENCE } from '../brokers/broker-socket.ts';
import { BrokerFault } from '../brokers/failure.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { answerOf, JetStreamFault, NatsClient, noJetStream } from './client.ts';
import { type NatsMessage, statusOf } from './frames.ts';

/** Answers to a sink are no longer, bytes: one of them may have a message in it, by base64, and no server takes one of more than 64 MB. */
const MOST_ANSWER = 90 * 1024 * 1024;

interface Waiting {
  readonly resolve: (message: NatsMessage) => void;
  readonly reject: (error: unknown) => void;
}

/** A connection over which messages are sent. What the server says is heard all the time, since it asks now and then whether anybody is there. */
export class Publishing {
  /** The most bytes of a message that the server takes, its headers counted. */
  readonly largest: number;
  private readonly client: NatsClient;
  private readonly waiting = new Map<string, Waiting>();
  private failure: { readonly reason: unknown } | undefined;

  private constructor(client: NatsClient) {
    this.client = client;
    this.largest = client.largest;
    void this.hear();
  }

  static async open(address: BrokerAddress, secrets: TlsSecrets): Promise<Publishing> {
    return new Publishing(await NatsClient.open(address, secrets, { most: MOST_ANSWER }));
  }

  close(): void {
    this.client.close();
  }

  /** Sends a message to who hears of it now. */
  publish(subject: string, body: Buffer): void {
    this.client.publish(subject, body);
  }

  /** Resolves when the server has taken all that was sent: what is sent to oneself comes behind it. */
  async flush(): Promise<void> {
    await this.all([this.answer((reply) => this.client.publish(reply, '')).then(() => {})]);
  }

  /** Resolves when a stream has the message, rejects with a JetStreamFault where it has not taken it. To be waited for by {@link all}. @returns its number in the stream. */
  async confirmed(subject: string, body: Buffer, headers: string): Promise<number> {
    const message = await this.answer((reply) => this.client.publish(subject, body, { headers, reply }));
    if (statusOf(message)?.code === 503) {
      const help = 'a stream has to be there that takes the subject: `nats stream add`';
      throw new JetStreamFault(`no stream takes ${subject}`, 503, { mayPass: true, help });
    }
    return Number(field(answerOf(message), 'seq'));
  }

  /** Asks an address of the server, JSON both ways. Rejects with a BrokerFault where it answers that something is wrong. */
  async ask(subject: string, question: Value): Promise<Fields> {
    let answer: Fields = {};
    const asked = this.answer((reply) => this.client.publish(subject, toJson(question), { reply }));
    await this.all([
      asked.then((message) => {
        if (statusOf(message)?.code === 503) throw noJetStream();
        answer = answerOf(message);
      }),
    ]);
    return answer;
  }

  /** Resolves when all of them have; rejects, when none is under way, with the first that has not. */
  async all(answers: readonly Promise<void>[]): Promise<void> {
    const late = () => this.fail(new BrokerFault('it did not answer in 20 s', { mayPass: true }));
    const callOff = wallClock.at(wallClock.now() + PATIENCE, late);
    const settled = await Promise.allSettled(answers).finally(callOff);
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private answer(ask: (reply: string) => void): Promise<NatsMessage> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure.reason);
      const reply = this.client.newReply();
      this.waiting.set(reply, { resolve, reject });
      ask(reply);
    });
  }

  private async hear(): Promise<void> {
    try {
      for (;;) {
        const message = await this.client.next();
        this.waiting.get(message.subject)?.resolve(message);
        this.waiting.delete(message.subject);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(reason: unknown): void {
    this.failure ??= { reason };
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
  }
}
