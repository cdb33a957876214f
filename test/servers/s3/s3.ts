/** Real stores of objects on loopback: moto, which holds all in memory, and versitygw, which checks who asks and keeps what it has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Position } from '../../../src/flow/define/position.ts';
import { Bucket } from '../../../src/flow/s3/client.ts';
import { files } from '../../../src/flow/sources/files.ts';
import { isLong } from '../../support/effort.ts';
import { endsWithUs } from '../../support/ends-with-us.ts';
import { freePort } from '../../support/ports.ts';
import { openSource, TestRun } from '../../support/source.ts';
import { folderOf, isDownloaded } from '../downloads.ts';

/** What both are started with. */
export const OWNER = { AWS_ACCESS_KEY_ID: 'owner', AWS_SECRET_ACCESS_KEY: 'words-of-the-owner' };

type Name = 'moto' | 'versitygw';
export const STORES: readonly Name[] = ['moto', 'versitygw'];

/** test/servers/install.sh has moto, test/servers/versitygw.sh the other one, which takes long to be made. */
export const isTried = (name: Name): boolean => isLong && isDownloaded(name);

export class Store {
  readonly endpoint: string;
  readonly bucket: Bucket;
  private readonly name: Name;
  private readonly folder: string;
  private readonly port: number;
  private child: ChildProcess | undefined;

  private constructor(name: Name, folder: string, port: number) {
    this.name = name;
    this.folder = folder;
    this.port = port;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.bucket = new Bucket('logs', { region: undefined, endpoint: this.endpoint }, 3, () => {});
  }

  /** Starts one with the bucket `logs`, in a folder that is gone with it. The environment must have the owner. */
  static async begin(name: Name, folder: string): Promise<Store> {
    mkdirSync(join(folder, 'data'), { recursive: true });
    const store = new Store(name, folder, await freePort());
    await store.start();
    await store.bucket.askText('PUT');
    return store;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'log'), 'a');
    const { name, folder, port } = this;
    const [command, args] =
      name === 'moto'
        ? [join(folderOf('moto'), 'bin/python'), ['-m', 'moto.server', '-H', '127.0.0.1', '-p', `${port}`]]
        : [join(folderOf('versitygw'), 'versitygw'), ['--port', `127.0.0.1:${port}`, 'posix', join(folder, 'data')]];
    const env = {
      ...process.env,
      ROOT_ACCESS_KEY: OWNER.AWS_ACCESS_KEY_ID,
      ROOT_SECRET_KEY: OWNER.AWS_SECRET_ACCESS_KEY,
    };
    const child = endsWithUs(spawn(command, args, { stdio: ['ignore', log, log], env }));
    this.child = child;
    while (child.exitCode === null) {
      const isThere = await fetch(this.endpoint).then(
        () => true,
        () => false,
      );
      if (isThere) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${name} has ended`);
  }

  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }

  /** Puts an object there, however often it has to be tried. */
  async put(key: string, bytes: Buffer): Promise<void> {
    for (;;) {
      try {
        return void (await text(await this.bucket.ask('PUT', { key, body: bytes })));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Reads as `files` does. */
  async read(path: string, from?: Position): Promise<TestRun> {
    const run = new TestRun({ ...(from && { from }) });
    const paths = [`s3://logs/${path}`];
    await openSource(files, { paths, endpoint: this.endpoint }, run, from).run();
    return run;
  }
}
