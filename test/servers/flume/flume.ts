/** A real agent of Flume, on loopback, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLong } from '../../support/effort.ts';
import { endsWithUs } from '../../support/ends-with-us.ts';
import { folderOf, hasJava, isDownloaded } from '../downloads.ts';

const JARS = folderOf('flume');
const JAVA = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${JARS}/*`];

/** Whether there is an agent to be started, which test/servers/install.sh downloads. Nothing is tried where little is. */
export const hasFlume = isLong && isDownloaded('flume') && hasJava();

/** One agent, `a`, with the channel `c`. */
export class FlumeAgent {
  private readonly folder: string;
  private child: ChildProcess | undefined;

  /** @param settings of its source `s`, its sink `k` and its channel: `{'sources.s.type': 'avro'}`. */
  constructor(folder: string, settings: { readonly [name: string]: string | number }) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const all = {
      sources: 's',
      channels: 'c',
      sinks: 'k',
      'sources.s.channels': 'c',
      'sinks.k.channel': 'c',
      ...settings,
    };
    const lines = Object.entries(all).map(([name, value]) => `a.${name}=${value}\n`);
    writeFileSync(join(folder, 'agent.conf'), lines.join(''));
  }

  start(): void {
    const log = openSync(join(this.folder, 'agent.log'), 'a');
    const args = ['-n', 'a', '-f', join(this.folder, 'agent.conf'), '--no-reload-conf'];
    this.child = endsWithUs(
      spawn('java', [...JAVA, 'org.apache.flume.node.Application', ...args], { stdio: ['ignore', log, log] }),
    );
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

/** A source that counts up to a number. */
export const counting = (count: number) => ({
  'sources.s.type': 'org.apache.flume.source.SequenceGeneratorSource',
  'sources.s.totalEvents': count,
  'sources.s.batchSize': 100,
});

/** What is in memory on its way. */
export const memory = {
  'channels.c.type': 'memory',
  'channels.c.capacity': 50_000,
  'channels.c.transactionCapacity': 1000,
};

/** A sink that sends what it has to a port. */
export const sending = (port: number, batch = 100) => ({
  'sinks.k.type': 'avro',
  'sinks.k.hostname': '127.0.0.1',
  'sinks.k.port': port,
  'sinks.k.batch-size': batch,
  'sinks.k.connect-timeout': 3000,
  'sinks.k.request-timeout': 10_000,
});
