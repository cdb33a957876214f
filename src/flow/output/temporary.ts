import { basename, dirname, join } from 'node:path';
import type { FileSystem } from '../define/file-system.ts';
import { beginOf, isAtWork, machine } from '../processes/at-work.ts';

/** ms after which a file of another machine, that nothing was written to, is taken for left. */
const LEFT = 24 * 60 * 60 * 1000;

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
  let names: readonly string[] = [];
  let now: number | undefined;
  try {
    names = files.list(directory);
  } catch {}
  for (const name of names) {
    const path = join(directory, name);
    try {
      const age = () => {
        const changed = files.status(path)?.changed;
        if (changed === undefined) return undefined;
        now ??= timeThere(files, prefix);
        return now - changed;
      };
      if (isLeft(prefix, name, age)) files.remove(path);
    } catch {}
  }
}

/**
 * What time it is by the clock that the times of files are of, ms since the epoch: where the directory is another machine's, that clock is not this
 * one's. A file that is made says so. @throws the system's error.
 */
function timeThere(files: FileSystem, prefix: string): number {
  const path = temporaryName(prefix);
  const file = files.openNow(path, 'new');
  try {
    return file.status().changed;
  } finally {
    void file.close().catch(() => {});
    files.remove(path);
  }
}

/**
 * Whether a name is that of a file that a run which was killed has left.
 *
 * @param prefix of the files that it was to be one of.
 * @param age how long ago it was written to last, ms, both times by the clock of who keeps it; undefined where it is gone. Asked of files of other machines.
 */
export function isLeft(prefix: string, name: string, age: () => number | undefined): boolean {
  const stem = `.${stemOf(prefix)}.`;
  if (!name.startsWith(stem)) return false;
  const parts = /^(\d+)\.(\d+)\.([0-9a-f]+)\.\d+\.tmp$/.exec(name.slice(stem.length));
  if (parts === null) return false;
  const [, pid, begin, where] = parts;
  if (where === machine()) return !isAtWork(Number(pid), Number(begin));
  const still = age();
  return still !== undefined && still > LEFT;
}

function stemOf(prefix: string): string {
  return basename(`${prefix}x`).slice(0, -1);
}
