import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Lets a server end with the process of the tests, also where that is killed and can do nothing any more: a shell waits for the end of a pipe
 * that nobody writes to. It is in a group of its own, since a terminal ends all of one.
 *
 * @returns the server.
 */
export function endsWithUs(child: ChildProcess): ChildProcess {
  const { pid } = child;
  if (pid === undefined) return child;
  const watch = spawn('sh', ['-c', 'read _; kill -9 "$0"', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.unref();
  (watch.stdin as unknown as { unref(): void }).unref();
  // Its number may be another process's by then.
  child.once('exit', () => watch.kill('SIGKILL'));
  return child;
}
