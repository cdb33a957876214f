/** A real broker of Kafka: one node on loopback, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { authority, signed } from '../../support/certificates.ts';
import { isLong } from '../../support/effort.ts';
import { endsWithUs } from '../../support/ends-with-us.ts';
import { freePort } from '../../support/ports.ts';
import { folderOf, hasJava, isDownloaded, runs } from '../downloads.ts';

const HERE = resolve('test/servers/kafka');
const JARS = folderOf('kafka');
const JAVA = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${JARS}/*`];

const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

/** Whether there is a broker to be started: it is downloaded once, where there are Java and Maven. Costs nothing where little is tried. */
export const hasKafka = isLong && hasJava() && (isDownloaded('kafka') || download());

function download(): boolean {
  const folder = `${JARS}.${process.pid}`;
  const command = ['-q', '-B', '-f', join(HERE, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  if (!runs('mvn', ...command, `-DoutputDirectory=${folder}`)) return false;
  mkdirSync(resolve(JARS, '..'), { recursive: true });
  return runs('mv', '-T', folder, JARS);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class KafkaServer {
  readonly port: number;
  readonly address: string;
  /** Where passwords are wanted, and connections are encrypted; users are `plain` and `scram`, with the password `secret of NAME`. */
  readonly secure: string;
  private readonly folder: string;
  /** Its number, from 1 on, and the controllers of all brokers of its cluster. */
  private readonly id: number;
  private readonly controllers: readonly number[];
  private child: ChildProcess | undefined;

  private constructor(folder: string, port: number, secure: number, id: number, controllers: readonly number[]) {
    this.folder = folder;
    this.id = id;
    this.controllers = controllers;
    this.secure = `127.0.0.1:${secure}`;
    this.port = port;
    this.address = `127.0.0.1:${port}`;
  }

  /** @param folder where it keeps all that it has. */
  static async prepare(folder: string): Promise<KafkaServer> {
    const [server] = await KafkaServer.prepareCluster(folder, 1);
    return server!;
  }

  /** So many brokers that are one cluster, each of which has all: they have to be started side by side. */
  static async prepareCluster(folder: string, count: number): Promise<readonly KafkaServer[]> {
    const controllers: number[] = [];
    for (let i = 0; i < count; i++) controllers.push(await freePort());
    const servers: KafkaServer[] = [];
    for (const i of controllers.keys()) {
      const own = count === 1 ? folder : join(folder, `broker-${i + 1}`);
      servers.push(new KafkaServer(own, await freePort(), await freePort(), i + 1, controllers));
    }
    for (const server of servers) server.configure();
    return servers;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'broker.log'), 'a');
    const args = [...JAVA, 'kafka.Kafka', join(this.folder, 'server.properties')];
    this.child = endsWithUs(spawn('java', args, { stdio: ['ignore', log, log] }));
    // A name of a topic answers only where a broker is known.
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`the broker ended: see ${this.folder}/broker.log`);
      const isReady = await this.withAdmin(async (admin) => (await admin.describeCluster()).brokers.length > 0).catch(
        () => false,
      );
      if (isReady) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** It answers nothing any more, with all connections open, or again. */
  freeze(isFrozen: boolean): void {
    this.child!.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** A file in its folder: `ca.pem` is who signed its certificate. */
  file(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  client(): Kafka {
    return new Kafka({ clientId: 'test', brokers: [this.address], logLevel: logLevel.NOTHING });
  }

  async withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Kafka({ brokers: [this.address], logLevel: logLevel.NOTHING, retry: { retries: 3 } }).admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  createTopic(topic: string, numPartitions: number, settings: { readonly [name: string]: string } = {}) {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const topics = [{ topic, numPartitions, configEntries }];
    return this.withAdmin(async (admin) => {
      await admin.createTopics({ topics, waitForLeaders: true });
      // A producer that comes before one of its partitions is there sends again what the others have taken.
      while ((await admin.fetchTopicOffsets(topic).catch(() => [])).length < numPartitions) await pause(20);
    });
  }

  /** What the first segment of a partition holds, as it is stored. */
  firstSegment(topic: string, partition: number): Buffer {
    return readFileSync(this.file(`logs/${topic}-${partition}/${'0'.repeat(20)}.log`));
  }

  /** So many records of each packing, by Kafka's own producer. */
  async produceBy(topic: string, count: number, ...packings: readonly string[]): Promise<void> {
    const child = spawn('java', [
      ...JAVA,
      join(HERE, 'Produce.java'),
      ...[this.port, topic, count].map(String),
      ...packings,
    ]);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error('the producer failed');
  }

  /** `ca.pem`, and `server.store`, the key and certificate of the broker in one file: PEM in PKCS #8 is what Kafka reads. */
  private certify(): void {
    authority(this.folder);
    signed(this.folder, 'server');
    const pem = ['server.key', 'server.pem'].map((name) => readFileSync(this.file(name), 'utf8')).join('');
    writeFileSync(this.file('server.store'), pem);
  }

  private configure(): void {
    mkdirSync(this.folder, { recursive: true });
    this.certify();
    const path = join(this.folder, 'server.properties');
    const { id, controllers } = this;
    const own = `127.0.0.1:${controllers[id - 1]}`;
    const inSync = Math.min(2, controllers.length);
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': id,
      'controller.quorum.voters': controllers.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join(','),
      listeners: `PLAINTEXT://${this.address},SASL_SSL://${this.secure},CONTROLLER://${own}`,
      'advertised.listeners': `PLAINTEXT://${this.address},SASL_SSL://${this.secure}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': this.file('server.store'),
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.sasl_ssl.plain.sasl.jaas.config':
        'org.apache.kafka.common.security.plain.PlainLoginModule required user_plain="secret of plain";',
      'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': SCRAM,
      'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': SCRAM,
      'log.dirs': join(this.folder, 'logs'),
      'offsets.topic.num.partitions': 4,
      'offsets.topic.replication.factor': controllers.length,
      'transaction.state.log.num.partitions': 4,
      'transaction.state.log.replication.factor': controllers.length,
      'transaction.state.log.min.isr': inSync,
      'default.replication.factor': controllers.length,
      'min.insync.replicas': inSync,
      // One that is gone is noticed, and others lead what it led.
      'broker.session.timeout.ms': 3000,
      'broker.heartbeat.interval.ms': 500,
      'group.initial.rebalance.delay.ms': 0,
      'log.cleaner.dedupe.buffer.size': 16_777_216,
      'log.cleaner.backoff.ms': 200,
      // What has been deleted is gone at once, not after a minute.
      'log.segment.delete.delay.ms': 100,
    };
    writeFileSync(
      path,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const cluster = 'MkU3OEVBNTcwNTJENDM2Qg';
    const users = ['256', '512'].flatMap((bits) => ['-S', `SCRAM-SHA-${bits}=[name=scram,password="secret of scram"]`]);
    if (!runs('java', ...JAVA, 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', path, ...users)) {
      throw new Error('the folder of the broker cannot be prepared');
    }
  }
}
