import { spawnSync } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FileStatus, FileSystem } from '../../../src/flow/define/file-system.ts';
import { hostFileSystem } from '../../../src/flow/output/host-file-system.ts';
import { removeLeft, temporaryName } from '../../../src/flow/output/temporary.ts';
import { temporaryDirectory } from '../../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** A file as it is left by a process: this one, unless parts of its name are others. */
function leave(prefix: string, change: (name: string) => string = (name) => name): string {
  const name = change(basename(temporaryName(`${directory.path}/${prefix}`)));
  writeFileSync(directory.at(name), 'half');
  return name;
}

/** A number that a process had which is gone. */
const gone = () => spawnSync(process.execPath, ['--version']).pid;

const by = (pid: number) => (name: string) => name.replace(`.${process.pid}.`, `.${pid}.`);

it('removes what processes have left that are gone, of this prefix alone', () => {
  const own = leave('hits-');
  const other = leave('hits-1-', by(gone()));
  leave('hits-', by(gone()));
  removeLeft(hostFileSystem, directory.at('hits-'));
  expect(readdirSync(directory.path).sort()).toEqual([own, other].sort());
});

it('knows a process whose number was given to another one', () => {
  leave('hits-', (name) => name.replace(/^(\.hits-\.\d+\.)\d+/, '$11'));
  removeLeft(hostFileSystem, directory.at('hits-'));
  expect(readdirSync(directory.path)).toEqual([]);
});

it('leaves those of other machines alone for a day', () => {
  const elsewhere = (name: string) => name.replace(/[0-9a-f]{8}\.(\d+\.tmp)$/, '00000000.$1');
  const inside = `${directory.path}/`;
  const young = leave('', elsewhere);
  utimesSync(directory.at(leave('', elsewhere)), 1, 1);
  removeLeft(hostFileSystem, inside);
  expect(readdirSync(directory.path)).toEqual([young]);
});

it.each([-3, 3])('takes the time from who keeps the files, whose clock may be %d days off', (days) => {
  const elsewhere = (name: string) => name.replace(/[0-9a-f]{8}\.(\d+\.tmp)$/, '00000000.$1');
  const off = days * 24 * 60 * 60 * 1000;
  const shifted = (status: FileStatus) => ({ ...status, changed: status.changed + off });
  const files: FileSystem = {
    ...hostFileSystem,
    status(path) {
      const status = hostFileSystem.status(path);
      return status && shifted(status);
    },
    openNow(path, mode) {
      const file = hostFileSystem.openNow(path, mode);
      return { ...file, status: () => shifted(file.status()) };
    },
  };
  const young = leave('', elsewhere);
  const old = leave('', elsewhere);
  const before = Date.now() / 1000 - 25 * 60 * 60;
  utimesSync(directory.at(old), before, before);
  removeLeft(files, `${directory.path}/`);
  expect(readdirSync(directory.path)).toEqual([young]);
});

it('removes nothing else, and does not mind what is not there', () => {
  for (const name of ['.hits-.1.tmp', '.hits-.1.1.0.1.tmp.gz', 'hits-.1.1.0.1.tmp'])
    writeFileSync(directory.at(name), '');
  removeLeft(hostFileSystem, directory.at('hits-'));
  removeLeft(hostFileSystem, directory.at('none/hits-'));
  expect(readdirSync(directory.path)).toHaveLength(3);
});
