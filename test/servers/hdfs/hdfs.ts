/** A real HDFS, of one name node and one data node, on loopback, in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { isLong } from '../../support/effort.ts';
import { endsWithUs } from '../../support/ends-with-us.ts';
import { freePort } from '../../support/ports.ts';
import { folderOf, hasJava, isDownloaded } from '../downloads.ts';

const JARS = folderOf('hdfs');
const JAVA = [
  '-Xms32m',
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Djava.net.preferIPv4Stack=true',
  // Without, each request of WebHDFS fails in Java 17.
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
];
const PACKAGE = 'org.apache.hadoop.hdfs.server';

/** Whether there is one to be started, which test/servers/install.sh downloads. Nothing is tried where little is. */
export const hasHdfs = isLong && isDownloaded('hdfs') && hasJava();

type Node = 'namenode.NameNode' | 'datanode.DataNode';

export class Hdfs {
  readonly address: string;
  private readonly folder: string;
  private readonly nodes = new Map<Node, ChildProcess>();

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.address = `127.0.0.1:${port}`;
  }

  /** Makes a file system in a folder. */
  static async prepare(folder: string): Promise<Hdfs> {
    const ports = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()));
    const [rpc, http, data, dataHttp, dataRpc] = ports.map((port) => `127.0.0.1:${port}`);
    const hdfs = new Hdfs(folder, ports[1]!);
    // The jar lacks the pages of the servers, and empty folders will do.
    for (const name of ['hdfs', 'datanode']) {
      mkdirSync(join(folder, 'conf/webapps', name, 'WEB-INF'), { recursive: true });
    }
    const write = (name: string, settings: { readonly [name: string]: string | number | boolean }) => {
      const properties = Object.entries(settings).map(
        ([key, value]) => `<property><name>${key}</name><value>${value}</value></property>\n`,
      );
      writeFileSync(join(folder, 'conf', name), `<configuration>\n${properties.join('')}</configuration>\n`);
    };
    write('core-site.xml', { 'fs.defaultFS': `hdfs://${rpc}`, 'hadoop.tmp.dir': join(folder, 'tmp') });
    write('hdfs-site.xml', {
      'dfs.replication': 1,
      'dfs.namenode.http-address': http!,
      'dfs.namenode.name.dir': join(folder, 'names'),
      'dfs.datanode.data.dir': join(folder, 'data'),
      'dfs.datanode.address': data!,
      'dfs.datanode.http.address': dataHttp!,
      'dfs.datanode.ipc.address': dataRpc!,
      'dfs.datanode.hostname': '127.0.0.1',
      'dfs.permissions.enabled': false,
      'dfs.namenode.datanode.registration.ip-hostname-check': false,
      'dfs.namenode.safemode.extension': 0,
      'dfs.heartbeat.interval': 1,
      'dfs.namenode.heartbeat.recheck-interval': 2000,
    });
    const command = hdfs.command('namenode.NameNode', '-format', '-nonInteractive');
    if (spawnSync('java', command, { stdio: 'ignore' }).status !== 0) throw new Error('no file system could be made');
    return hdfs;
  }

  async start(): Promise<void> {
    this.startNode('namenode.NameNode');
    this.startNode('datanode.DataNode');
    await this.ready();
  }

  startNode(node: Node): void {
    const log = openSync(join(this.folder, `${node}.log`), 'a');
    this.nodes.set(node, endsWithUs(spawn('java', this.command(node), { stdio: ['ignore', log, log] })));
  }

  async killNode(node: Node, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.nodes.get(node);
    this.nodes.delete(node);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    for (const node of [...this.nodes.keys()]) await this.killNode(node);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Resolves when something can be written. */
  async ready(): Promise<void> {
    for (;;) {
      for (const [node, { exitCode }] of this.nodes) if (exitCode !== null) throw new Error(`${node} has ended`);
      const isReady = await this.put('/ready', Buffer.from('x')).catch(() => false);
      if (isReady) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Writes a file under another name, and renames it. @returns whether it is there. */
  async put(path: string, bytes: Buffer): Promise<boolean> {
    const temporary = `${path}._COPYING_`;
    const place = await ask('PUT', this.url(temporary, 'op=CREATE&overwrite=true&noredirect=true'));
    const { Location } = JSON.parse(place.text) as { Location?: string };
    if (Location === undefined || (await ask('PUT', Location, bytes)).status !== 201) return false;
    await ask('DELETE', this.url(path, 'op=DELETE'));
    const renamed = await ask('PUT', this.url(temporary, `op=RENAME&destination=${encodeURIComponent(path)}`));
    return renamed.text.includes('true');
  }

  private url(path: string, query: string): string {
    return `http://${this.address}/webhdfs/v1${encodeURI(path)}?user.name=root&${query}`;
  }

  private command(node: Node, ...args: readonly string[]): string[] {
    return [...JAVA, '-cp', `${join(this.folder, 'conf')}:${JARS}/*`, `${PACKAGE}.${node}`, ...args];
  }
}

function ask(method: string, url: string, body?: Buffer): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, timeout: 20_000 }, async (answer) => {
      const pieces: Buffer[] = [];
      try {
        for await (const piece of answer) pieces.push(piece as Buffer);
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString() });
      } catch (error) {
        reject(error);
      }
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.end(body);
  });
}
