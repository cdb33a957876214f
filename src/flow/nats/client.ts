import { toJson } from '../../base/json.ts';
import { type Fields, field, type Value } from '../../base/value.ts';
import type { BrokerAddress, BrokerSystem } from '../brokers/address.ts';
import { BrokerSocket, PATIENCE } from '../brokers/broker-socket.ts';
import { BrokerFault } from '../brokers/failure.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { type Frame, FrameReader, type NatsMessage, objectOf, statusOf } from './frames.ts';

export const NATS: BrokerSystem = { name: 'NATS', plain: 'nats', secure: 'tls', port: 4222, securePort: 4222 };

/** What a message may be that the server takes, bytes, where it does not say so. */
const MAX_PAYLOAD = 1024 * 1024;

const LOGIN = 'the URL says who logs in: `"nats://user:${NATS_PASSWORD}@host"`, or `"nats://${NATS_TOKEN}@host"`';

interface Opening {
  /** The body of a message that is longer is passed over, bytes. */
  readonly most: number;
  /** Ends the connection. */
  readonly signal?: AbortSignal;
}

/** A connection to a server of NATS. */
export class NatsClient {
  /** Where answers come to. */
  private readonly inbox = `_INBOX.leat${Math.random().toString(36).slice(2)}`;
  private readonly socket: BrokerSocket;
  private readonly reader: FrameReader;
  private frames: Frame[] = [];
  private asked = 0;
  /** The most bytes of a message, its headers counted. */
  private maxPayload = MAX_PAYLOAD;

  private constructor(socket: BrokerSocket, most: number) {
    this.socket = socket;
    this.reader = new FrameReader(most);
  }

  /** Connects, and logs in. Rejects with the system's error, or with a BrokerFault. */
  static async open(address: BrokerAddress, secrets: TlsSecrets, { most, signal }: Opening): Promise<NatsClient> {
    // The server speaks first, and encrypts behind that.
    const socket = await BrokerSocket.open({ ...address, isSecure: false }, secrets, signal);
    const client = new NatsClient(socket, most);
    try {
      await client.greet(address, secrets);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  get largest(): number {
    return this.maxPayload;
  }

  private async greet(address: BrokerAddress, secrets: TlsSecrets): Promise<void> {
    const first = await this.frame(PATIENCE);
    if (first.kind !== 'info') throw new BrokerFault('it does not speak the protocol of NATS');
    this.learn(first.info);
    if (address.isSecure) {
      // Anybody on the way may have said it.
      if (this.frames.length > 0 || !this.reader.isClear)
        throw new BrokerFault('it says more than it may before the connection is encrypted');
      await this.socket.secure(address.host, secrets);
    } else if (field(first.info, 'tls_required') === true) {
      throw new BrokerFault('it speaks by TLS only', { help: 'write `tls://` for `nats://` in the URL' });
    }
    const { user, password } = address;
    const login = password !== '' ? { user, pass: password } : user !== '' ? { auth_token: user } : {};
    const said = {
      ...login,
      verbose: false,
      pedantic: false,
      headers: true,
      no_responders: true,
      protocol: 1,
      name: 'leat',
      lang: 'leat',
      version: '1',
    };
    this.send(`CONNECT ${toJson(said)}\r\nSUB ${this.inbox}.* 1\r\nPING\r\n`);
    await this.pong();
  }

  private learn(info: Fields): void {
    const most = field(info, 'max_payload');
    if (typeof most === 'number') this.maxPayload = most;
  }

  private async pong(): Promise<void> {
    const before: Frame[] = [];
    for (let frame = await this.frame(PATIENCE); frame.kind !== 'pong'; frame = await this.frame(PATIENCE))
      before.push(frame);
    this.frames = [...before, ...this.frames];
  }

  /** Hears of a subject from now on. Rejects where it may not. */
  async subscribe(subject: string): Promise<void> {
    this.send(`SUB ${subject} 2\r\nPING\r\n`);
    await this.pong();
  }

  /** Sends a message. @param headers lines of `Name: value`. @param reply where the answer is to go. */
  publish(subject: string, body: string | Buffer, { headers = '', reply = '' } = {}): void {
    const to = reply === '' ? subject : `${subject} ${reply}`;
    const size = Buffer.byteLength(body);
    if (headers === '') this.send(`PUB ${to} ${size}\r\n`, body, '\r\n');
    else {
      const head = `NATS/1.0\r\n${headers}\r\n\r\n`;
      const length = Buffer.byteLength(head);
      this.send(`HPUB ${to} ${length} ${length + size}\r\n${head}`, body, '\r\n');
    }
  }

  /** A subject that nobody else has, for an answer to one question. */
  newReply(): string {
    return `${this.inbox}.${++this.asked}`;
  }

  /** Asks an address of the server, JSON both ways. Rejects with a BrokerFault where it answers that something is wrong. */
  async ask(subject: string, question: Value): Promise<Fields> {
    const reply = this.newReply();
    this.publish(subject, question === null ? '' : toJson(question), { reply });
    for (;;) {
      const message = await this.next(PATIENCE);
      if (message.subject !== reply) continue;
      if (statusOf(message)?.code === 503) throw noJetStream();
      return answerOf(message);
    }
  }

  /** The next message. Rejects where the connection breaks, or the server refuses something. @param patience ms; for ever unless given. */
  async next(patience?: number): Promise<NatsMessage> {
    for (;;) {
      const frame = await this.frame(patience);
      if (frame.kind === 'message') return frame;
    }
  }

  /** What else has come already. */
  rest(): readonly NatsMessage[] {
    const messages = this.frames.filter((frame) => frame.kind === 'message');
    this.frames = this.frames.filter((frame) => frame.kind !== 'message');
    return messages;
  }

  /** Asks whether the server is there; the answer comes among others. */
  ping(): void {
    this.send('PING\r\n');
  }

  close(): void {
    this.socket.close();
  }

  private async frame(patience: number | undefined): Promise<Frame> {
    for (;;) {
      while (this.frames.length === 0) this.frames = [...this.reader.take(await this.socket.read(patience))];
      const frame = this.frames.shift()!;
      if (frame.kind === 'error') throw faultOf(frame.message);
      if (frame.kind === 'info') this.learn(frame.info);
      if (frame.kind !== 'ping') return frame;
      this.send('PONG\r\n');
    }
  }

  /** That it could not be sent shows where the answer is missing. */
  private send(...pieces: readonly (string | Buffer)[]): void {
    for (const piece of pieces) this.socket.write(piece).catch(() => {});
  }
}

/** The answer of JetStream, an object. @throws BrokerFault where it says that something is wrong. */
export function answerOf({ body }: NatsMessage): Fields {
  const answer = objectOf(Buffer.isBuffer(body) ? body.toString() : '');
  const error = field(answer, 'error');
  if (error === null) return answer;
  const [code, number] = [field(error, 'code'), field(error, 'err_code')].map(Number);
  const words = `it answers ${field(error, 'description')} (${code})`;
  // What is full now may not be later; what is not there may come.
  throw new JetStreamFault(words, number!, { mayPass: code === 503 || FULL.has(number!) });
}

/** Numbers of errors of a stream that takes no more for now. */
const FULL: ReadonlySet<number> = new Set([10_077, 10_122, 10_047, 10_023]);

/** An error that JetStream answers. */
export class JetStreamFault extends BrokerFault {
  readonly number: number;

  constructor(message: string, number: number, options: { readonly mayPass: boolean; readonly help?: string }) {
    super(message, options);
    this.number = number;
  }
}

export function noJetStream(): BrokerFault {
  return new BrokerFault('it keeps no streams: JetStream is not there, or not yet', {
    mayPass: true,
    help: 'start the server with `-js`, or leave out `stream:`',
  });
}

function faultOf(message: string): BrokerFault {
  const isLogin = /authori[sz]ation|authentication|credentials/i.test(message);
  const isForGood = isLogin || /permissions violation|invalid subject/i.test(message);
  return new BrokerFault(`it says ${message}`, { mayPass: !isForGood, help: isLogin ? LOGIN : undefined });
}
