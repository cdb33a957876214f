import type { BrokerAddress, BrokerSystem } from '../brokers/address.ts';
import { BrokerSocket, PATIENCE } from '../brokers/broker-socket.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { AmqpFault, faultOf } from './fault.ts';
import { FieldReader, long, longLong, longText, octet, short, shortText, type Table, table } from './fields.ts';
import { foreign } from './foreign.ts';
import {
  type Content,
  contentFrames,
  DELIVER,
  FrameReader,
  GOT,
  HEARTBEAT_FRAME,
  LEAST_FRAME,
  type Method,
  MOST_FRAME,
  methodFrame,
  RETURN,
} from './frames.ts';

export const AMQP: BrokerSystem = { name: 'AMQP', plain: 'amqp', secure: 'amqps', port: 5672, securePort: 5671 };

/** A client of AMQP says which version it speaks. */
const GREETING = Buffer.from('AMQP\0\0\u0009\u0001', 'latin1');

/** What everybody's client says where the URL names no user. */
const GUEST = 'guest';

/** Those that are sent and answered: the number of a class and of its method. */
const CONNECTION = 10 << 16;
const CHANNEL = 20 << 16;
const EXCHANGE = 40 << 16;
const QUEUE = 50 << 16;
const BASIC = 60 << 16;
const CONFIRM = 85 << 16;

/** The queue has nothing more. */
const GOT_NOTHING = BASIC | 72;

/** The one channel over which everything goes. */
const ONE = 1;

/** So much is told in front of an answer at most: nothing is consumed while something is asked. */
const MOST_BEFORE = 1000;

const BIT_PASSIVE = 1;
const BIT_DURABLE = 2;
const BIT_EXCLUSIVE = 4;
const BIT_AUTO_DELETE = 8;

/** What the server is told that this client understands. */
const CAPABILITIES: Table = [
  ['authentication_failure_close', true],
  ['basic.nack', true],
  ['consumer_cancel_notify', true],
  ['connection.blocked', true],
  ['publisher_confirms', true],
];

/** A message that the server brings. */
export interface Delivered extends Content {
  readonly kind: 'message';
  /** By which it is acknowledged. */
  readonly number: bigint;
  /** It was given to somebody before. */
  readonly isAgain: boolean;
  readonly exchange: string;
  readonly key: string;
}

/** What the server says of what was sent to it. */
export type Answer =
  | Delivered
  /** It has the message with this number, and all before it where `isAll` says so; or it has refused them. */
  | { readonly kind: 'taken' | 'refused'; readonly number: bigint; readonly isAll: boolean }
  /** No queue takes it; it is said to be taken afterwards. */
  | ({ readonly kind: 'returned'; readonly key: string } & Content)
  /** It takes nothing for now, for this reason; undefined where it does again. */
  | { readonly kind: 'blocked'; readonly reason: string | undefined };

interface Opening {
  /** How long nothing may be heard of it, s; for ever where it is 0. */
  readonly heartbeat: number;
  /** The body of a message that is longer is passed over, bytes. */
  readonly most: number;
  /** Ends the connection. */
  readonly signal?: AbortSignal;
}

/** A connection to a server of AMQP 0-9-1, with one channel. */
export class AmqpClient {
  private readonly socket: BrokerSocket;
  private readonly reader: FrameReader;
  private methods: Method[] = [];
  private mostFrame = MOST_FRAME;

  private constructor(socket: BrokerSocket, most: number) {
    this.socket = socket;
    this.reader = new FrameReader(most);
  }

  /** Connects, logs in, and opens a channel. Rejects with the system's error, or with a BrokerFault. */
  static async open(address: BrokerAddress, secrets: TlsSecrets, opening: Opening): Promise<AmqpClient> {
    const { heartbeat, most, signal } = opening;
    const client = new AmqpClient(await BrokerSocket.open(address, secrets, signal), most);
    try {
      client.write(GREETING);
      await client.logIn(address, heartbeat);
      await client.ask(ONE, CHANNEL | 10, [shortText('')]);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private async logIn({ user, password, path }: BrokerAddress, heartbeat: number): Promise<void> {
    await this.answer(CONNECTION | 10);
    const name = user === '' ? GUEST : user;
    const word = user === '' && password === '' ? GUEST : password;
    const login = [shortText('PLAIN'), longText(`\0${name}\0${word}`), shortText('en_US')];
    const said: Table = [
      ['product', 'leat'],
      ['capabilities', CAPABILITIES],
    ];
    this.send(0, CONNECTION | 11, [table(said), ...login]);
    const tuned = new FieldReader((await this.answer(CONNECTION | 30)).args);
    tuned.short();
    // 0 is no bound.
    this.mostFrame = Math.min(tuned.long() || MOST_FRAME, MOST_FRAME);
    if (this.mostFrame < LEAST_FRAME) throw foreign();
    this.send(0, CONNECTION | 31, [short(1), long(this.mostFrame), short(heartbeat)]);
    await this.ask(0, CONNECTION | 40, [shortText(path === '' ? '/' : path), shortText(''), octet(0)]);
  }

  /** @returns how many messages nobody has been given yet. Rejects with an AmqpFault where there is no such queue. */
  async hasQueue(name: string): Promise<number> {
    return (await this.declare(name, BIT_PASSIVE)).count;
  }

  /** Makes a queue that outlives the server, where there is none of the name. @param args what else is said of it: `x-queue-type`. @returns as `hasQueue` does. */
  async makeQueue(name: string, args: Table = []): Promise<number> {
    try {
      return await this.hasQueue(name);
    } catch (error) {
      if (!(error instanceof AmqpFault) || !error.isAbsence) throw error;
      // The server has closed the channel.
      await this.ask(ONE, CHANNEL | 10, [shortText('')]);
      return (await this.declare(name, BIT_DURABLE, args)).count;
    }
  }

  /** Makes a queue that is gone with the connection. @returns its name. */
  async ownQueue(): Promise<string> {
    return (await this.declare('', BIT_EXCLUSIVE | BIT_AUTO_DELETE)).name;
  }

  /** @returns the name of the queue, and how many messages nobody has been given yet. */
  private async declare(queue: string, bits: number, args: Table = []) {
    const said = [short(0), shortText(queue), octet(bits), table(args)];
    const reader = new FieldReader((await this.ask(ONE, QUEUE | 10, said)).args);
    return { name: reader.shortText(), count: reader.long() };
  }

  /** Has a queue get what an exchange is given with such a key. */
  async bind(queue: string, exchange: string, key: string): Promise<void> {
    const args = [short(0), shortText(queue), shortText(exchange), shortText(key), octet(0), table([])];
    await this.ask(ONE, QUEUE | 20, args);
  }

  /** Rejects with an AmqpFault where there is no such exchange. */
  async hasExchange(name: string): Promise<void> {
    await this.ask(ONE, EXCHANGE | 10, [short(0), shortText(name), shortText('direct'), octet(BIT_PASSIVE), table([])]);
  }

  /** Has the server bring the messages of a queue. @param most how many may be on their way unacknowledged. */
  async consume(queue: string, most: number): Promise<void> {
    await this.ask(ONE, BASIC | 10, [long(0), short(most), octet(0)]);
    await this.ask(ONE, BASIC | 20, [short(0), shortText(queue), shortText(''), octet(0), table([])]);
  }

  /** Asks for the next messages of a queue: so many, or fewer where it has no more. */
  async get(queue: string, count: number): Promise<readonly Delivered[]> {
    const asked = methodFrame(ONE, BASIC | 70, short(0), shortText(queue), octet(0));
    this.write(Buffer.concat(Array.from({ length: count }, () => asked)));
    const found: Delivered[] = [];
    for (let left = count; left > 0; ) {
      const method = await this.method(PATIENCE);
      const answer = answerOf(method);
      if (answer?.kind === 'message') found.push(answer);
      if (answer?.kind === 'message' || method.number === GOT_NOTHING) left--;
    }
    return found;
  }

  /** Says that a message is safe, and all before it. */
  acknowledge(number: bigint): void {
    this.send(ONE, BASIC | 80, [longLong(number), octet(1)]);
  }

  /** Has the server say of each message what has become of it; they are numbered from 1. */
  async confirm(): Promise<void> {
    await this.ask(ONE, CONFIRM | 10, [octet(0)]);
  }

  /** @param isMandatory whether the server gives it back where no queue takes it. */
  publish(exchange: string, key: string, content: Content & { readonly body: Buffer }, isMandatory: boolean): void {
    const args = [short(0), shortText(exchange), shortText(key), octet(isMandatory ? 1 : 0)];
    const method = methodFrame(ONE, BASIC | 40, ...args);
    this.write(Buffer.concat([method, contentFrames(ONE, content, this.mostFrame)]));
  }

  /** Says that this end is there; the server says so of itself. */
  ping(): void {
    this.write(HEARTBEAT_FRAME);
  }

  /** What comes next. @param patience how long nothing may come at all, ms; for ever unless given. */
  async next(patience?: number): Promise<Answer> {
    for (;;) {
      const answer = answerOf(await this.method(patience));
      if (answer !== undefined) return answer;
    }
  }

  /** What else has come already. */
  rest(): readonly Answer[] {
    return this.methods
      .splice(0)
      .map((method) => answerOf(this.heard(method)))
      .filter((answer) => answer !== undefined);
  }

  /** Lets go of it, and says so, so that the server takes it for no failure. */
  close(): void {
    this.send(0, CONNECTION | 50, [short(200), shortText(''), short(0), short(0)]);
    this.socket.close();
  }

  /** Asks, and waits for the answer, whose number is the next one. */
  private ask(channel: number, number: number, args: readonly Buffer[]): Promise<Method> {
    this.send(channel, number, args);
    return this.answer(number + 1);
  }

  /** Waits for a method; messages that come in front of it are left for who asks for them. */
  private async answer(number: number): Promise<Method> {
    const before: Method[] = [];
    for (;;) {
      const method = await this.method(PATIENCE);
      if (method.number === number) {
        this.methods = [...before, ...this.methods];
        return method;
      }
      if (before.push(method) > MOST_BEFORE) throw foreign();
    }
  }

  private async method(patience: number | undefined): Promise<Method> {
    while (this.methods.length === 0) this.methods = [...this.reader.take(await this.socket.read(patience))];
    return this.heard(this.methods.shift()!);
  }

  /** @throws AmqpFault where the method says that something is wrong. */
  private heard(method: Method): Method {
    const fault = faultOf(method);
    // The server waits for that before the channel can be opened again.
    if (fault !== undefined && method.channel === ONE) this.send(ONE, CHANNEL | 41, []);
    if (fault !== undefined) throw fault;
    return method;
  }

  private send(channel: number, number: number, args: readonly Buffer[]): void {
    this.write(methodFrame(channel, number, ...args));
  }

  /** That it could not be sent shows where the answer is missing. */
  private write(bytes: Buffer): void {
    this.socket.write(bytes).catch(() => {});
  }
}

/** What a method says to who waits for messages, or for what has become of them; undefined where that is nothing. */
function answerOf({ number, args, content }: Method): Answer | undefined {
  const reader = new FieldReader(args);
  switch (number) {
    case DELIVER:
    case GOT: {
      if (number === DELIVER) reader.shortText();
      const delivery = { number: reader.longLong(), isAgain: reader.octet() !== 0 };
      const from = { exchange: reader.shortText(), key: reader.shortText() };
      return { kind: 'message', ...delivery, ...from, ...content! };
    }
    case RETURN: {
      reader.short();
      for (let i = 0; i < 2; i++) reader.shortText();
      return { kind: 'returned', key: reader.shortText(), ...content! };
    }
    case BASIC | 80:
    case BASIC | 120:
      return {
        kind: number === (BASIC | 80) ? 'taken' : 'refused',
        number: reader.longLong(),
        isAll: (reader.octet() & 1) !== 0,
      };
    case CONNECTION | 60:
      return { kind: 'blocked', reason: reader.shortText() };
    case CONNECTION | 61:
      return { kind: 'blocked', reason: undefined };
    default:
      return undefined;
  }
}
