/** What those share that hear what a server sends without being asked. */
import { wallClock } from '../../base/clock.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { keepReading } from './reading.ts';
import { TooLong } from './too-long.ts';

/** ms between two times that the server is asked whether it is there. */
const ASKING = 30_000;

/** How long nothing may come of the server before it is given up, ms. */
const SILENCE = 2 * ASKING;

/** Asks the server now and again whether it is there, which tells it that this end is. @returns what ends that. */
export function pinging(ping: () => void): () => void {
  let callOff = () => {};
  const ask = () => {
    ping();
    callOff = wallClock.at(wallClock.now() + ASKING, ask);
  };
  ask();
  return () => callOff();
}

/** The body of a message for a framer: of one that was passed over, as many bytes as are too long for it, which tells of that. */
export function bodyFor(body: Buffer | TooLong, maxLine: number): Buffer {
  return body instanceof TooLong ? Buffer.alloc(maxLine + 1, body.start) : body;
}

/** A connection over which a server sends without being asked. */
interface Hearer<T> {
  /** @returns what comes next. Rejects where nothing does for as long as `patience` says, ms. */
  next(patience: number): Promise<T>;
  /** What has come besides. */
  rest(): readonly T[];
  ping(): void;
  close(): void;
}

interface Hearing<T, C extends Hearer<T>> {
  /** What is heard, in messages. */
  readonly what: string;
  /** Whether a server that is not there at the start is waited for. */
  readonly wait: boolean;
  readonly open: () => Promise<C>;
  /** Asks the server to send. */
  readonly begin: (client: C) => Promise<unknown>;
  /** Behind the note that it is read again: what became of what was sent meanwhile. */
  readonly meanwhile: string;
  readonly take: (client: C, heard: readonly T[]) => Promise<unknown>;
}

/** Hears a server over one connection after the other until the end of the run, and ends the framer then. Rejects as `keepReading` does. */
export async function keepHearing<T, C extends Hearer<T>>(
  { what, wait, open, begin, meanwhile, take }: Hearing<T, C>,
  framer: Framer,
  context: SourceContext,
): Promise<void> {
  let isAnnounced = false;
  const once = async (isWell: () => void) => {
    const client = await open();
    let stopPings = () => {};
    try {
      await begin(client);
      isWell();
      context.note(isAnnounced ? `reading ${what} again${meanwhile}` : `reading ${what}`);
      isAnnounced = true;
      stopPings = pinging(() => client.ping());
      while (!context.signal.aborted) {
        const first = await client.next(SILENCE);
        await take(client, [first, ...client.rest()]);
      }
    } finally {
      stopPings();
      client.close();
    }
  };
  try {
    await keepReading({ what, wait, once }, context);
  } finally {
    await framer.end();
  }
}
