import type { Connection, ConnectionEvents, Endpoint, Network } from '../../src/flow/define/network.ts';
import type { Random } from '../../src/run/trials/random.ts';

/** What happens to a connection, by the number of the write (from 1). */
export interface WireFate {
  /** There is none. */
  readonly isRefused?: boolean;
  /** It breaks off in this write, of which a part may have come through. */
  readonly breaksAt?: number;
  /** The other end leaves behind this write. */
  readonly leftBehind?: number;
}

/** A network in memory, with one host behind it that keeps what comes. */
export class Wire implements Network {
  /** All that has come through. */
  received = '';
  /** Whether the other end was told that nothing more follows. */
  isEnded = false;
  private readonly fate: WireFate;
  private readonly random: Random;

  constructor(random: Random, fate: WireFate = {}) {
    this.random = random;
    this.fate = fate;
  }

  async connect(_to: Endpoint, events: ConnectionEvents): Promise<Connection> {
    await undefined;
    const { isRefused, breaksAt, leftBehind } = this.fate;
    if (isRefused === true) throw systemError('ECONNREFUSED');
    let writes = 0;
    return {
      write: async (bytes) => {
        await undefined;
        writes++;
        const isBroken = writes === breaksAt;
        const end = isBroken ? this.random.whole(0, bytes.length) : bytes.length;
        this.received += Buffer.from(bytes.subarray(0, end)).toString('latin1');
        if (writes === leftBehind) events.ended();
        if (!isBroken) return;
        const error = systemError('ECONNRESET');
        events.broken(error);
        throw error;
      },
      end: async () => {
        this.isEnded = true;
      },
      letGo() {},
    };
  }
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code} of the wire`), { code });
}
