/** What those share that hear what a server sends without being asked. */
import { wallClock } from '../../base/clock.ts';
import { TooLong } from './too-long.ts';

/** ms between two times that the server is asked whether it is there. */
const ASKING = 30_000;

/** How long nothing may come of the server before it is given up, ms. */
export const SILENCE = 2 * ASKING;

/** Asks the server now and again whether it is there. @returns what ends that. */
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
