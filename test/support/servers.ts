/** Servers of databases on loopback, each in a folder of its own, and the databases that sinks and sources are held to. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valuesOf } from '../../src/base/fields.ts';
import type { Value } from '../../src/base/value.ts';
import type { Database, DatabaseSystem } from '../../src/flow/databases/database.ts';
import { MYSQL } from '../../src/flow/databases/mysql.ts';
import { POSTGRES } from '../../src/flow/databases/postgres.ts';
import { SQLITE } from '../../src/flow/databases/sqlite.ts';
import type { SinkDefinition } from '../../src/flow/define/sink.ts';
import { mysql } from '../../src/flow/sinks/mysql.ts';
import { postgres } from '../../src/flow/sinks/postgres.ts';
import { sqlite } from '../../src/flow/sinks/sqlite.ts';
import { freePort } from './ports.ts';

/** A database with a place of its own, which is there between `start` and `stop`. */
export interface Place {
  /** What a program says. */
  readonly place: string;
  /** The same with a password that is none, and where nobody listens; undefined where there is no server. */
  readonly wrong: string | undefined;
  readonly absent: string | undefined;
  /** Kills the server, and starts it again. */
  kill(): void;
  start(): void;
  stop(): void;
}

export interface TestedDatabase {
  readonly name: string;
  readonly system: DatabaseSystem;
  readonly sink: SinkDefinition;
  /** The name of its first parameter. */
  readonly at: 'file' | 'url';
  readonly isInstalled: boolean;
  begin(): Promise<Place>;
}

/** @param script of test/servers. */
async function serverOf(script: string, scheme: string): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), `leat-${scheme}-`));
  const port = await freePort();
  const run = (...args: readonly string[]) =>
    execFileSync(join('test/servers', script), args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const start = () => run('start', folder, String(port));
  start();
  return {
    place: `${scheme}://leat:leat@127.0.0.1:${port}/leat`,
    wrong: `${scheme}://leat:not-the-word@127.0.0.1:${port}/leat`,
    absent: `${scheme}://leat:leat@127.0.0.1:${await freePort()}/leat`,
    kill: () => run('kill', folder),
    start,
    stop() {
      run('stop', folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function isCommand(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name)));
}

export const databases: readonly TestedDatabase[] = [
  {
    name: 'sqlite',
    system: SQLITE,
    sink: sqlite,
    at: 'file',
    isInstalled: true,
    async begin() {
      const folder = mkdtempSync(join(tmpdir(), 'leat-sqlite-'));
      const stop = () => rmSync(folder, { recursive: true, force: true });
      return { place: join(folder, 'a.db'), wrong: undefined, absent: undefined, kill() {}, start() {}, stop };
    },
  },
  {
    name: 'postgres',
    system: POSTGRES,
    sink: postgres,
    at: 'url',
    isInstalled: existsSync('/usr/lib/postgresql'),
    begin: () => serverOf('postgres.sh', 'postgres'),
  },
  {
    name: 'mysql',
    system: MYSQL,
    sink: mysql,
    at: 'url',
    isInstalled: isCommand('mariadbd'),
    begin: () => serverOf('mariadb.sh', 'mysql'),
  },
];

/** Whether a server that is not installed is a failure rather than left out. */
export const wantsServers = process.env.LEAT_SERVERS === 'required';

/** Asks a database something over a connection of its own. */
export async function asking<T>(
  system: DatabaseSystem,
  place: string,
  ask: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await system.open(place);
  try {
    return await ask(database);
  } finally {
    await database.close();
  }
}

/** What a statement gives, as lists of values. */
export function rowsOf(system: DatabaseSystem, place: string, sql: string): Promise<readonly (readonly Value[])[]> {
  return asking(system, place, async (database) => (await database.ask(sql)).map((row) => valuesOf(row)));
}
