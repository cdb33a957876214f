import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';

/** ms after which it is worth a process to know. A run that is over before has not waited long for anything. */
const SOON = 1000;

/**
 * Watches whether anybody still reads standard output, where that is a pipe: `leat 'tail("app.log") | …' | head -1` shall end with `head`,
 * though no line comes that could not be written. A write of nothing does not tell, and Node cannot poll a pipe for its other end. GNU's
 * `tail` does: it is given the same pipe, writes nothing, and dies by SIGPIPE when the last reader has gone. Another `tail`, or none, tells nothing.
 *
 * @returns how to stop. To be called before the process ends, since the reader waits for all who could write.
 */
export function watchDownstream(gone: () => void): () => void {
  if (process.platform !== 'linux' || !isPipe(1)) return () => {};
  let stop = () => {};
  const start = setTimeout(() => {
    // It looks each second whether we are there, so that it does not outlive us whatever happens.
    const watcher = spawn('tail', ['--pid', String(process.pid), '-f', '/dev/null'], {
      stdio: ['ignore', 'inherit', 'ignore'],
    });
    watcher.on('error', () => {});
    watcher.on('exit', (_status, signal) => {
      if (signal === 'SIGPIPE') gone();
    });
    watcher.unref();
    stop = () => watcher.kill('SIGKILL');
    process.once('exit', stop);
  }, SOON).unref();
  return () => {
    clearTimeout(start);
    stop();
  };
}

function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO();
  } catch {
    // It is closed; the first write says so.
    return false;
  }
}
