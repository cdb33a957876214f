import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Columns of Linux's `/proc/PID/stat` behind the command's name: how the process is (`Z`: it has ended), and when it began. */
const STATE = 0;
const BEGAN = 19;

/** Whether a process of this machine is there, and the one that is meant: numbers are given again. */
export function isAtWork(pid: number, begin: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's may not be asked.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const columns = columnsOf(pid);
  if (columns === undefined) return true;
  return columns[STATE] !== 'Z' && (begin === 0 || Number(columns[BEGAN]) === begin);
}

/** When a process began, in ticks since the machine did; undefined where the system does not tell. */
export function beginOf(pid: number): number | undefined {
  const began = columnsOf(pid)?.[BEGAN];
  return began === undefined ? undefined : Number(began);
}

function columnsOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

let known: string | undefined;

/** A machine, or a container, by its name, also after it was started anew. */
export function host(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

/** Where the numbers of processes mean the same: a machine, between two starts, and a container of it. */
export function machine(): string {
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
