import { wallClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { Endpoint, Network } from '../define/network.ts';
import type { Target } from './target.ts';

/** How long the peer may take to close its end after we have closed ours, ms; until then it can still say that it lost something. */
const LAST_WORD = 2000;

/**
 * A connection as the target of a whole run. One that breaks off, or is closed by the other end, is a failure of it.
 *
 * @param name what the user calls it.
 */
export async function openConnection(
  network: Network,
  to: Endpoint,
  name: string,
  lost: (error: unknown) => void,
): Promise<Target> {
  let closing = false;
  const ended = () => {
    if (!closing) lost(peerGone(name));
  };
  const connection = await network.connect(to, { broken: lost, ended });
  return {
    write: (bytes) => connection.write(bytes),
    close() {
      closing = true;
      const callOff = wallClock.at(wallClock.now() + LAST_WORD, () => connection.letGo());
      return connection.end().finally(callOff);
    },
    async abandon() {
      connection.letGo();
    },
  };
}

function peerGone(name: string): RunFailure {
  return new RunFailure(
    'sink-closed',
    4,
    `cannot write to ${name}: the other end closed the connection`,
    'a receiver that only ends its own sending (`nc -l` without an input) needs an input that stays open',
  );
}
