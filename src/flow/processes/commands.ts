import type { ChildProcess } from 'node:child_process';

/** More commands than these, at once, are not known to the thread that ends the process as a last resort. */
const SLOTS = 64;

/** The commands that run, by the numbers of their process groups; 0 where there is none. Shared with that thread. */
export const commands = new Int32Array(new SharedArrayBuffer(4 * SLOTS));

/** Remembers a command, which is the leader of a process group, until it has ended. */
export function keepCommand(child: ChildProcess): void {
  const { pid } = child;
  const slot = commands.indexOf(0);
  if (pid === undefined || slot < 0) return;
  commands[slot] = pid;
  child.once('exit', () => {
    commands[slot] = 0;
  });
}

/** Sends a signal to a command and all that it started. */
export function signalCommand(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Ends all commands that still run: the process is about to end at once. */
export function endCommands(): void {
  for (const pid of commands) if (pid !== 0) signalCommand(pid, 'SIGTERM');
}
