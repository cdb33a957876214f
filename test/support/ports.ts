/** Ports of this machine that nobody listens on. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ListenOptions } from 'node:net';

/** Below those that systems give to clients and to servers that ask for any (32,768 and up in Linux): nobody gets one between a test's question and its use, or while a server is killed. */
const FIRST = 20_000;
const COUNT = 12_000;

/**
 * A port of loopback that was free just now: for a server that is started later, and again, or for where nobody is to be. No other test gets it while this process lives, nor those of
 * another run on this machine: each is held by a socket of its name, which lies in no folder and goes with the process. Where a system has no such names, chance has to do.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(COUNT);
    const isOurs = process.platform !== 'linux' || (await holds({ path: `\0leat-test-port-${port}` }, true));
    if (isOurs && (await holds({ port, host: '127.0.0.1' }, false))) return port;
  }
}

/** Whether a place to listen on is ours now; it is left at once where it is not `kept`. */
async function holds(place: ListenOptions, kept: boolean): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(place), 'listening');
  } catch {
    return false;
  }
  if (kept) {
    server.unref();
    return true;
  }
  server.close();
  await once(server, 'close');
  return true;
}
