/** What test/servers/install.sh downloads for tests: servers of Java as folders of jars, and environments of Python. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export const runs = (command: string, ...args: readonly string[]) =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 400_000 }).status === 0;

/** Where one of them is, whole or not at all. */
export const folderOf = (name: string) => resolve('node_modules/.cache/servers', name);

export const isDownloaded = (name: string) => existsSync(folderOf(name));

/** Whether there is something to run it by. */
export const hasJava = () => runs('java', '-version');
