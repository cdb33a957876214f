import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { wallClock } from '../../base/clock.ts';
import type { FileSystem } from '../define/file-system.ts';

/** ms after which a file of another machine, that nothing was written to, is taken for left. */
const LEFT = 24 * 60 * 60 * 1000;

/** Columns of Linux's `/proc/PID/stat` behind the command's name, of which the twentieth is when the process began. */
const BEGAN = 19;

let made = 0;

/**
 * Names for files that are being written, which say for what and by whom: `.hits-.4711.88123.1f0c9a2b.3.tmp` is the third one of process 4711,
 * begun at 88123, of a certain machine, for files that begin with `hits-`. They begin with a dot, so that whoever watches the directory passes over them.
 *
 * @param prefix of the file that it will be, with its directory.
 */
export function temporaryName(prefix: string): string {
  const { pid } = process;
  return join(dirname(`${prefix}x`), `.${stemOf(prefix)}.${pid}.${beginOf(pid) ?? 0}.${machine()}.${++made}.tmp`);
}

/** Removes what runs that were killed have left of files with this prefix. Who is still at work keeps his own. Does nothing where it cannot. */
export function removeLeft(files: FileSystem, prefix: string): void {
  const directory = dirname(`${prefix}x`);
  const stem = `.${stemOf(prefix)}.`;
  let names: readonly string[] = [];
  try {
    names = files.list(directory);
  } catch {}
  for (const name of names) {
    if (!name.startsWith(stem)) continue;
    const parts = /^(\d+)\.(\d+)\.([0-9a-f]+)\.\d+\.tmp$/.exec(name.slice(stem.length));
    if (parts === null) continue;
    const [, pid, begin, where] = parts;
    const path = join(directory, name);
    try {
      const isLeft = where === machine() ? !isAtWork(Number(pid), Number(begin)) : isOld(files, path);
      if (isLeft) files.remove(path);
    } catch {}
  }
}

function stemOf(prefix: string): string {
  return basename(`${prefix}x`).slice(0, -1);
}

/** Whether a process of this machine is there, and the one that is meant: numbers are given again. */
function isAtWork(pid: number, begin: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's may not be asked.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return begin === 0 || beginOf(pid) === undefined || beginOf(pid) === begin;
}

/** When a process began, in ticks since the machine did; undefined where the system does not tell. */
function beginOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[BEGAN]);
  } catch {
    return undefined;
  }
}

function isOld(files: FileSystem, path: string): boolean {
  const status = files.status(path);
  return status !== undefined && wallClock.now() - status.changed > LEFT;
}

let known: string | undefined;

/** Where the numbers of processes mean the same: a machine, between two starts, and a container of it. */
function machine(): string {
  known ??= createHash('sha256').update(`${hostname()} ${systemId()}`).digest('hex').slice(0, 8);
  return known;
}

function systemId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1') + readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
