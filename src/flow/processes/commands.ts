import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/** More commands than these, at once, are not known to the thread that ends the process as a last resort. */
const SLOTS = 64;

/** The commands that run, by the numbers of their process groups; 0 where there is none. Shared with that thread. */
export const commands = new Int32Array(new SharedArrayBuffer(4 * SLOTS));

/** How a command ended. */
interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command that runs. */
export interface Command {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<Ending>;
}

/**
 * Starts `sh` as the leader of a process group, so that Ctrl-C in a terminal reaches leat alone.
 *
 * Rejects where it cannot be started, as where no more files may be open: of that Node tells by an event, which ends our process where nobody
 * listens, and leaves a child without streams.
 */
export async function startCommand(args: readonly string[], stdio: StdioOptions): Promise<Command> {
  const child = spawn('sh', args, { stdio, detached: true });
  const { pid } = child;
  if (pid === undefined) throw (await once(child, 'error'))[0];
  keepCommand(child, pid);
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (status, signal) => resolve({ status, signal }));
  });
  return { child, pid, ended };
}

/** Remembers a command until it has ended. */
function keepCommand(child: ChildProcess, pid: number): void {
  const slot = commands.indexOf(0);
  if (slot < 0) return;
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
