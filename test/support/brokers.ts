/** Servers of messages on loopback, each in a folder of its own, and the words that write to them and read from them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { AMQP, AmqpClient } from '../../src/flow/amqp/client.ts';
import { addressOf } from '../../src/flow/brokers/address.ts';
import { opaque } from '../../src/flow/define/compiled.ts';
import type { SinkDefinition } from '../../src/flow/define/sink.ts';
import type { SourceDefinition } from '../../src/flow/define/source.ts';
import { NATS, NatsClient } from '../../src/flow/nats/client.ts';
import { amqp as amqpSink } from '../../src/flow/sinks/amqp.ts';
import { mqtt as mqttSink } from '../../src/flow/sinks/mqtt.ts';
import { nats as natsSink } from '../../src/flow/sinks/nats.ts';
import { redis as redisSink } from '../../src/flow/sinks/redis.ts';
import { amqp } from '../../src/flow/sources/amqp.ts';
import { mqtt } from '../../src/flow/sources/mqtt.ts';
import { nats } from '../../src/flow/sources/nats.ts';
import { redis } from '../../src/flow/sources/redis.ts';
import { authority, signed } from './certificates.ts';
import { endsWithUs } from './ends-with-us.ts';
import { freePort } from './ports.ts';
import { isCommand } from './servers.ts';
import { openSource, TestRun } from './source.ts';

/** The user, where there is one, and the word that lets in. */
export const PASSWORD = 'the secret word';

/** Where Debian has it; the script on the path wants to be started by a user of its own. */
const RABBITMQ = '/usr/lib/rabbitmq/bin/rabbitmq-server';

interface Ports {
  readonly plain: number;
  readonly secure: number;
  /** What it is asked at by what runs beside it, and the port of that. */
  readonly inner: number;
  readonly beside: number;
}

/** How a server is started. */
interface ServerKind {
  readonly command: string;
  /** It encrypts at the same port where who connects wants that. */
  readonly isOnePort?: true;
  /** Writes what it needs into its folder. @returns its arguments. */
  prepare(folder: string, ports: Ports): readonly string[];
  /** What it is told by its environment. */
  environment?(folder: string, ports: Ports): { readonly [name: string]: string };
  /** A command that ends when the server has what it keeps on the disk, which may be later than that it answers. */
  settled?(ports: Ports): readonly string[];
  /** How it is killed where what it confirms is not on the disk yet: what ends it then is a loss of all connections. */
  readonly signal?: NodeJS.Signals;
  /** What runs beside it, before and after it is killed, at the port `beside`. */
  readonly beside?: string;
}

/** A server of its own, which is there between `start` and `stop`, and ends with the process at the latest. */
export class BrokerServer {
  readonly ports: Ports;
  private readonly folder: string;
  private readonly kind: ServerKind;
  private readonly args: readonly string[];
  private readonly environment: NodeJS.ProcessEnv;
  private child: ChildProcess | undefined;
  private beside: ChildProcess | undefined;
  private readonly end = () => {
    this.child?.kill('SIGKILL');
    this.beside?.kill('SIGKILL');
  };

  private constructor(folder: string, ports: Ports, kind: ServerKind) {
    this.folder = folder;
    this.ports = ports;
    this.kind = kind;
    this.args = kind.prepare(folder, ports);
    this.environment = { ...process.env, ...kind.environment?.(folder, ports) };
    process.once('exit', this.end);
  }

  /** Resolves when it answers. */
  static async begin(kind: ServerKind): Promise<BrokerServer> {
    const folder = mkdtempSync(join(tmpdir(), `leat-${basename(kind.command)}-`));
    authority(folder);
    signed(folder, 'server');
    const plain = await freePort();
    const secure = kind.isOnePort === true ? plain : await freePort();
    const server = new BrokerServer(folder, { plain, secure, inner: await freePort(), beside: await freePort() }, kind);
    try {
      if (kind.beside !== undefined) await server.startBeside(kind.beside);
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** The file of who signed its certificate. */
  get ca(): string {
    return join(this.folder, 'ca.pem');
  }

  async start(): Promise<void> {
    const { kind, folder, environment: env, ports } = this;
    this.child = this.spawn(kind.command, this.args);
    await this.answered(this.child, ports.plain);
    const [command, ...args] = kind.settled?.(ports) ?? [];
    if (command !== undefined) execFileSync(command, args, { cwd: folder, env, stdio: 'ignore' });
  }

  /** A server that found nobody there would start one of its own, and leave it. */
  private async startBeside(command: string): Promise<void> {
    this.beside = this.spawn(command, []);
    await this.answered(this.beside, this.ports.beside);
  }

  /** Resolves when there is somebody at the port. */
  private async answered(child: ChildProcess, port: number): Promise<void> {
    while (!(await answers(port))) {
      if (child.exitCode !== null)
        throw new Error(`${child.spawnfile}: ${readFileSync(join(this.folder, 'log'), 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private spawn(command: string, args: readonly string[]): ChildProcess {
    const log = openSync(join(this.folder, 'log'), 'a');
    const { folder: cwd, environment: env } = this;
    const child = endsWithUs(spawn(command, args, { cwd, env, stdio: ['ignore', log, log] }));
    closeSync(log);
    return child;
  }

  async kill(): Promise<void> {
    await killed(this.child, this.kind.signal);
  }

  async stop(): Promise<void> {
    await killed(this.child);
    await killed(this.beside);
    process.removeListener('exit', this.end);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function killed(child: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

async function answers(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A way to write messages to a server, and to read them. */
export interface Way {
  readonly name: string;
  readonly sink: SinkDefinition;
  readonly source: SourceDefinition;
  /** What the two are told of a place of this name, beside the URL: each record is one message, as text or JSON. */
  readonly written: (place: string) => { readonly [name: string]: unknown };
  readonly read: (place: string) => { readonly [name: string]: unknown };
  /** Tagged records have these fields, behind `source`. */
  readonly tag: readonly string[];
  /** The server keeps what comes while nobody reads, whatever becomes of the server, and gives it again to who asks for a place. */
  readonly isKept: boolean;
  readonly survives: boolean;
  readonly isReplayable: boolean;
  /** What is written is there once, whatever is killed. */
  readonly isOnce: boolean;
  /** Makes the place, where the sink does not. */
  readonly make?: (server: BrokerServer, place: string) => Promise<void>;
}

export interface Broker {
  readonly name: string;
  /** Of its URLs. */
  readonly scheme: string;
  readonly secureScheme: string;
  readonly user: string;
  readonly kind: ServerKind;
  readonly isInstalled: boolean;
  readonly ways: readonly Way[];
}

/** Where a server is, as a program says it. @param change of the user, the word, the host or the port. */
export function urlOf(
  { scheme, secureScheme, user }: Broker,
  { ports }: BrokerServer,
  change: { readonly word?: string; readonly port?: number; readonly isSecure?: boolean } = {},
): string {
  const { word = PASSWORD, isSecure = false } = change;
  const { port = isSecure ? ports.secure : ports.plain } = change;
  return `${isSecure ? secureScheme : scheme}://${user}:${encodeURIComponent(word)}@localhost:${port}`;
}

export const brokers: readonly Broker[] = [
  {
    name: 'redis',
    scheme: 'redis',
    secureScheme: 'rediss',
    user: '',
    isInstalled: isCommand('redis-server'),
    kind: {
      command: 'redis-server',
      prepare(folder, { plain, secure }) {
        mkdirSync(join(folder, 'data'));
        const settings = {
          bind: '127.0.0.1 ::1',
          port: plain,
          'tls-port': secure,
          'tls-cert-file': 'server.pem',
          'tls-key-file': 'server.key',
          'tls-ca-cert-file': 'ca.pem',
          'tls-auth-clients': 'no',
          requirepass: `"${PASSWORD}"`,
          // What it has confirmed is there after any end of it.
          appendonly: 'yes',
          appendfsync: 'always',
          save: '""',
        };
        const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
        writeFileSync(join(folder, 'redis.conf'), lines.join(''));
        return ['redis.conf'];
      },
    },
    ways: [
      {
        name: 'a stream of redis',
        sink: redisSink,
        source: redis,
        written: (stream) => ({ stream, field: 'data' }),
        read: (stream) => ({ stream, field: 'data', from: 'start' }),
        tag: ['id', 'time', 'line'],
        isKept: true,
        survives: true,
        isReplayable: true,
        isOnce: true,
      },
      {
        name: 'a channel of redis',
        sink: redisSink,
        source: redis,
        written: (channel) => ({ channel }),
        read: (channel) => ({ channel }),
        tag: ['line', 'channel'],
        isKept: false,
        survives: false,
        isReplayable: false,
        isOnce: false,
      },
    ],
  },
  {
    name: 'nats',
    scheme: 'nats',
    secureScheme: 'tls',
    user: 'leat',
    isInstalled: isCommand('nats-server'),
    kind: {
      command: 'nats-server',
      isOnePort: true,
      prepare(folder, { plain }) {
        const settings = [
          `listen: "127.0.0.1:${plain}"`,
          'jetstream { store_dir: "data" }',
          'max_payload: 4MB',
          `authorization { user: leat, password: "${PASSWORD}" }`,
          'tls { cert_file: "server.pem", key_file: "server.key" }',
          'allow_non_tls: true',
        ];
        writeFileSync(join(folder, 'nats.conf'), settings.join('\n'));
        return ['-c', 'nats.conf'];
      },
    },
    ways: [
      {
        name: 'a stream of nats',
        sink: natsSink,
        source: nats,
        written: (place) => ({ subject: `on.${place}`, stream: place }),
        read: (place) => ({ subject: `on.${place}`, stream: place, from: 'start' }),
        tag: ['subject', 'sequence', 'time', 'headers', 'line'],
        isKept: true,
        survives: true,
        isReplayable: true,
        isOnce: true,
        async make(server, place) {
          const address = { ...addressOf(`nats://leat:x@localhost:${server.ports.plain}`, NATS), password: PASSWORD };
          const client = await NatsClient.open(address, {}, { most: 1e6 });
          await client.ask(`$JS.API.STREAM.CREATE.${place}`, {
            name: place,
            subjects: [`on.${place}`],
            storage: 'file',
          });
          client.close();
        },
      },
      {
        name: 'a subject of nats',
        sink: natsSink,
        source: nats,
        written: (subject) => ({ subject }),
        read: (subject) => ({ subject }),
        tag: ['line', 'subject', 'headers'],
        isKept: false,
        survives: false,
        isReplayable: false,
        isOnce: false,
      },
    ],
  },
  {
    name: 'mqtt',
    scheme: 'mqtt',
    secureScheme: 'mqtts',
    user: 'leat',
    isInstalled: isCommand('mosquitto'),
    kind: {
      command: 'mosquitto',
      // What it keeps is written down when it is ended.
      signal: 'SIGTERM',
      prepare(folder, { plain, secure }) {
        writeFileSync(join(folder, 'passwords'), `leat:${PASSWORD}\n`);
        execFileSync('mosquitto_passwd', ['-U', 'passwords'], { cwd: folder, stdio: 'ignore' });
        const settings = [
          `user ${userInfo().username}`,
          'password_file passwords',
          // As many messages as there are wait for a client that is away.
          'max_queued_messages 0',
          'persistence true',
          'persistence_location ./',
          ...[`listener ${plain} 127.0.0.1`, `listener ${secure} 127.0.0.1`],
          ...['certfile server.pem', 'keyfile server.key'],
        ];
        writeFileSync(join(folder, 'mosquitto.conf'), settings.join('\n'));
        return ['-c', 'mosquitto.conf'];
      },
    },
    ways: [
      {
        name: 'a topic of mqtt',
        sink: mqttSink,
        source: mqtt,
        written: (topic) => ({ topic }),
        read: (topic) => ({ topic, client: topic }),
        tag: ['line', 'topic', 'retained'],
        isKept: true,
        survives: true,
        isReplayable: false,
        isOnce: false,
        // From its first client on the server keeps what comes.
        async make(server, topic) {
          const url = `mqtt://leat:${encodeURIComponent(PASSWORD)}@localhost:${server.ports.plain}`;
          const run = new TestRun();
          const over = openSource(mqtt, { url, topic, client: topic }, run).run();
          await run.until(() => run.notes.some((note) => note.startsWith('reading ')));
          run.abort();
          await over;
        },
      },
      {
        name: 'a topic of mqtt without acknowledgments',
        sink: mqttSink,
        source: mqtt,
        written: (topic) => ({ topic, qos: 0 }),
        read: (topic) => ({ topic, qos: 0 }),
        tag: ['line', 'topic', 'retained'],
        isKept: false,
        survives: false,
        isReplayable: false,
        isOnce: false,
      },
    ],
  },
  {
    name: 'amqp',
    scheme: 'amqp',
    secureScheme: 'amqps',
    user: 'leat',
    isInstalled: existsSync(RABBITMQ),
    kind: {
      command: RABBITMQ,
      // Killed in its first moments it may lose queues that it had before.
      settled: ({ beside }) => [
        'erl_call',
        '-c',
        'leat',
        '-sname',
        `leat${beside}@localhost`,
        '-a',
        'mnesia dump_log []',
      ],
      // Nodes find each other by it; without one of its own the server would start one for the whole machine, and leave it.
      beside: 'epmd',
      environment: (folder, { inner, beside }) => ({
        HOME: folder,
        ERL_EPMD_PORT: String(beside),
        ERL_EPMD_ADDRESS: '127.0.0.1',
        RABBITMQ_NODENAME: `leat${beside}@localhost`,
        RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
        RABBITMQ_CONF_ENV_FILE: '/dev/null',
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
        RABBITMQ_MNESIA_BASE: join(folder, 'data'),
        RABBITMQ_LOG_BASE: folder,
        // The process that is started is the server itself, and not a script around it.
        RABBITMQ_ALLOW_INPUT: '1',
        RABBITMQ_DIST_PORT: String(inner),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
      }),
      prepare(folder, { plain, secure }) {
        const settings = {
          'listeners.tcp.1': `127.0.0.1:${plain}`,
          'listeners.ssl.1': `127.0.0.1:${secure}`,
          'ssl_options.cacertfile': join(folder, 'ca.pem'),
          'ssl_options.certfile': join(folder, 'server.pem'),
          'ssl_options.keyfile': join(folder, 'server.key'),
          max_message_size: '2000000',
          default_user: 'leat',
          default_pass: PASSWORD,
          'log.console': 'true',
          'log.console.level': 'warning',
          'log.file': 'false',
        };
        const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
        writeFileSync(join(folder, 'rabbitmq.conf'), lines.join(''));
        writeFileSync(join(folder, '.erlang.cookie'), 'leat', { mode: 0o400 });
        return [];
      },
    },
    ways: [
      {
        name: 'a queue of amqp',
        sink: amqpSink,
        source: amqp,
        written: (queue) => ({ queue }),
        read: (queue) => ({ queue }),
        tag: ['line', 'exchange', 'key', 'redelivered', 'id', 'time', 'headers'],
        isKept: true,
        survives: true,
        isReplayable: false,
        isOnce: false,
        async make(server, queue) {
          const address = { ...addressOf(`amqp://leat:x@localhost:${server.ports.plain}`, AMQP), password: PASSWORD };
          const client = await AmqpClient.open(address, {}, { heartbeat: 0, most: 1e6 });
          await client.makeQueue(queue);
          client.close();
        },
      },
      {
        name: 'an exchange of amqp',
        sink: amqpSink,
        source: amqp,
        written: (key) => ({ exchange: 'amq.topic', key: opaque(() => key) }),
        read: (key) => ({ exchange: 'amq.topic', key }),
        tag: ['line', 'exchange', 'key', 'redelivered', 'id', 'time', 'headers'],
        isKept: false,
        survives: false,
        isReplayable: false,
        isOnce: false,
      },
    ],
  },
];
