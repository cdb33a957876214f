import { join } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import type { FileSystem } from '../../flow/define/file-system.ts';
import { beginOf, host, isAtWork, machine } from '../../flow/processes/at-work.ts';
import { LOCK } from './names.ts';

/** Who uses a directory, as it stands in its lock. */
export interface Holder {
  /** What tells it from all others; one line. */
  readonly text: string;
  /** Whether the one of a lock is still at work, so that the lock holds. */
  isAtWork(text: string): boolean;
}

/** This process. */
export function thisProcess(): Holder {
  const { pid } = process;
  return {
    text: `${pid} ${beginOf(pid) ?? 0} ${machine()} ${host()}`,
    isAtWork(text) {
      const [other, begin, where, by] = text.split(' ');
      if (where === machine()) return isAtWork(Number(other), Number(begin));
      // A machine that was started anew has ended all that was at work on it. Of another one nobody knows.
      return by !== host();
    },
  };
}

/**
 * Takes the lock of a directory, which no process holds that is gone.
 *
 * @throws RunFailure where another one is at work there; the system's error.
 */
export async function takeLock(files: FileSystem, directory: string, holder: Holder): Promise<void> {
  const path = join(directory, LOCK);
  for (;;) {
    const before = read(files, path);
    if (before !== undefined && before !== holder.text) {
      if (before !== '' && holder.isAtWork(before)) throw inUse(directory, before);
      files.remove(path);
    }
    if (before !== holder.text) {
      try {
        const file = await files.open(path, 'new');
        await file.write(Buffer.from(`${holder.text}\n`));
        await file.close();
      } catch (error) {
        // Somebody else was faster.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        continue;
      }
    }
    if (holdsLock(files, directory, holder)) return;
  }
}

/** Whether the lock is still its own: two that found a lock of a process that is gone may both have taken it, and the later one has it. */
export function holdsLock(files: FileSystem, directory: string, { text }: Holder): boolean {
  return read(files, join(directory, LOCK)) === text;
}

/** Gives it back, as far as it is its own. */
export function releaseLock(files: FileSystem, directory: string, holder: Holder): void {
  if (holdsLock(files, directory, holder)) files.remove(join(directory, LOCK));
}

/** What the lock of a directory says; undefined where there is none. */
export function readLock(files: FileSystem, directory: string): string | undefined {
  return read(files, join(directory, LOCK));
}

function read(files: FileSystem, path: string): string | undefined {
  const status = files.status(path);
  return status && files.read(path, 0, status.size).toString().trim();
}

/** @param text of the lock. */
export function inUse(directory: string, text: string): RunFailure {
  const [pid, , , by] = text.split(' ');
  const isHere = by === host();
  const who = `process ${pid}${isHere ? '' : ' of another machine or container'}`;
  const help = isHere
    ? `wait until it has ended, or give this run another directory`
    : `if that is gone, remove ${join(directory, LOCK)}`;
  return new RunFailure('checkpoint-in-use', 3, `${directory} is in use by ${who}`, help);
}

/** Why a run that had a directory has it no more. @param text of the lock, where there is one. */
export function lostLock(directory: string, text: string | undefined): RunFailure {
  if (text !== undefined && text !== '') return inUse(directory, text);
  const message = `${directory}, or its lock, was removed while the run was at work: nothing more is kept in it`;
  return new RunFailure('checkpoint-gone', 3, message, 'put it back, or begin anew with another directory');
}
