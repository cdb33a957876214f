import { type Clock, wallClock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import { duration } from '../define/parameters.ts';

/** ms from a failure to the next try: doubled with each in a row, up to the last. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;

/** `retry:` of all sinks that send to others. */
export const retry = duration(
  'how long a failure that may pass is tried again, before the run fails with exit code 4',
  {
    named: true,
    orZero: true,
    apart: true,
  },
).or(30_000);

interface Retrying {
  /** How long to try again after a first failure, ms. */
  readonly within: number;
  /** Whether a failure may pass by itself: nobody listens, the connection broke. Others are told at once. */
  readonly mayPass: (error: unknown) => boolean;
  /** How long the other end wants to be left alone, ms, where a failure says so. */
  readonly pauseOf?: (error: unknown) => number | undefined;
  /** Told once of each time of trouble: why it is tried again. */
  readonly note: (message: string) => void;
  /** What failed, and why, for the note: `cannot reach db:5432: connection refused`. */
  readonly words: (error: unknown) => string;
  /** Only tests give another than that of the wall: a program over lists has a clock that waits for nobody. */
  readonly clock?: Clock;
}

/**
 * Does something until it does not fail, or failed for so long that it is given up, or for good.
 *
 * @returns what it gave. Rejects with its last failure.
 */
export async function retrying<T>(work: () => Promise<T>, options: Retrying): Promise<T> {
  const { within, mayPass, note, words, pauseOf, clock = wallClock } = options;
  let first: number | undefined;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error)) throw error;
      const now = clock.now();
      if (first === undefined && within > 0) {
        note(`${words(error)}; trying again for ${formatDuration(within)}`);
      }
      first ??= now;
      const rest = first + within - now;
      if (rest <= 0) throw error;
      const wanted = Math.max(pause, pauseOf?.(error) ?? 0);
      await new Promise<void>((resolve) => clock.at(now + Math.min(wanted, rest), resolve));
    }
  }
}
