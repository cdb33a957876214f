import type { BrokerAddress, BrokerSystem } from '../brokers/address.ts';
import { BrokerSocket, PATIENCE } from '../brokers/broker-socket.ts';
import { BrokerFault } from '../brokers/failure.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { Refusal, type Reply, ReplyReader } from './replies.ts';

export const REDIS: BrokerSystem = {
  name: 'Redis',
  plain: 'redis',
  secure: 'rediss',
  port: 6379,
  securePort: 6379,
};

/** Names and ids in an answer are no longer, bytes: they are wanted however little is of a message. */
const NAMES = 1024;

export type Command = readonly (string | Buffer)[];

/** What the server says where another try may be answered otherwise. */
const PASSING: ReadonlySet<string> = new Set(['LOADING', 'BUSY', 'MASTERDOWN', 'CLUSTERDOWN', 'TRYAGAIN', 'READONLY']);

const HELP: { readonly [type: string]: string } = {
  NOAUTH: 'log in by the URL: `"redis://user:${REDIS_PASSWORD}@host"`',
  WRONGPASS:
    'the URL says who logs in: `"redis://user:${REDIS_PASSWORD}@host"`, without the user for the one that is the default',
  MOVED: 'leat follows no cluster: connect to the node that has it',
  OOM: 'the server has no room: give it more (maxmemory), or let keys end by `ttl:`, a stream by `maxLength:`',
};

interface Opening {
  /** A text of an answer that is longer is passed over, bytes; one of 1 kB never is. */
  readonly most: number;
  /** The most bytes of an answer; only tests give others. */
  readonly mostAnswer?: number | undefined;
  /** Ends the connection. */
  readonly signal?: AbortSignal;
}

/** A connection to a server of Redis, or of one that speaks as it does (Valkey, KeyDB, Dragonfly). */
export class RedisClient {
  private readonly socket: BrokerSocket;
  private readonly reader: ReplyReader;
  private replies: Reply[] = [];

  private constructor(socket: BrokerSocket, { most, mostAnswer }: Opening) {
    this.socket = socket;
    this.reader = new ReplyReader(Math.max(most, NAMES), mostAnswer);
  }

  /** Connects, and logs in. Rejects with the system's error, or with a BrokerFault. */
  static async open(address: BrokerAddress, secrets: TlsSecrets, opening: Opening): Promise<RedisClient> {
    const client = new RedisClient(await BrokerSocket.open(address, secrets, opening.signal), opening);
    const { user, password, path } = address;
    try {
      if (password !== '') await client.logIn(user, password);
      // Also where there is nothing to say, so that a server which wants a password says so.
      await client.ask(path === '' ? ['PING'] : ['SELECT', path]);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private async logIn(user: string, password: string): Promise<void> {
    const [reply] = await this.askAll([user === '' ? ['AUTH', password] : ['AUTH', user, password]]);
    if (!(reply instanceof Refusal)) return;
    // A server that does not know what it is asked says it again: `unknown command 'AUTH', with args beginning with: …`.
    const words = reply.message.replace(/,? with args .*$/is, '').replaceAll(password, '…');
    throw faultOf(new Refusal(words));
  }

  /** Asks one thing. Rejects with a BrokerFault where the answer is an error. @param patience ms. */
  async ask(command: Command, patience = PATIENCE): Promise<Reply> {
    const [reply] = await this.askAll([command], patience);
    if (reply instanceof Refusal) throw faultOf(reply);
    return reply!;
  }

  /** Asks several things at once. Resolves to the answers in their order, errors among them. */
  async askAll(commands: readonly Command[], patience = PATIENCE): Promise<readonly Reply[]> {
    const written = this.socket.write(encoded(commands));
    // That it could not be written shows where the answers are missing.
    written.catch(() => {});
    const replies: Reply[] = [];
    while (replies.length < commands.length) replies.push(await this.next(patience));
    await written;
    return replies;
  }

  /** The next answer, or what comes of a channel. @param patience ms; for ever unless given. */
  async next(patience?: number): Promise<Reply> {
    while (this.replies.length === 0) this.replies = [...this.reader.take(await this.socket.read(patience))].reverse();
    return this.replies.pop()!;
  }

  /** Asks whether the server is there; the answer comes among others. */
  ping(): void {
    this.socket.write(encoded([['PING']])).catch(() => {});
  }

  /** What else has come already. */
  rest(): readonly Reply[] {
    return this.replies.splice(0).reverse();
  }

  close(): void {
    this.socket.close();
  }
}

/** What an error of the server is to whoever waits for it. */
export function faultOf(refusal: Refusal): BrokerFault {
  const { type, message } = refusal;
  return new BrokerFault(`it answers ${message}`, { mayPass: PASSING.has(type), help: HELP[type] });
}

function encoded(commands: readonly Command[]): Buffer {
  const pieces: (string | Buffer)[] = [];
  for (const command of commands) {
    pieces.push(`*${command.length}\r\n`);
    for (const part of command) pieces.push(`$${Buffer.byteLength(part)}\r\n`, part, '\r\n');
  }
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}
