import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import { reasonOf, throwOwn } from '../input/fault.ts';
import { sleep } from '../input/reading.ts';
import { helpFor, mayPass } from './failure.ts';

/** ms from a failure to the next try: doubled with each in a row, up to the last. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

interface KeepReading {
  /** What is read, in messages. */
  readonly what: string;
  /** Whether a server that is not there at the start is waited for. */
  readonly wait: boolean;
  /**
   * Reads over one connection, until all is read that is wanted. Rejects where that breaks.
   *
   * @param isWell to be called whenever something is well: the next failure is the first in a row.
   */
  readonly once: (isWell: () => void) => Promise<void>;
}

/** Reads over one connection after the other until the end of the run, or of what is wanted. Rejects with a RunFailure of exit 3. */
export async function keepReading({ what, wait, once }: KeepReading, context: SourceContext): Promise<void> {
  let isKnown = false;
  let pause = FIRST_PAUSE;
  const isWell = () => {
    isKnown = true;
    pause = FIRST_PAUSE;
  };
  while (!context.signal.aborted) {
    try {
      await once(isWell);
      return;
    } catch (error) {
      if (context.signal.aborted) return;
      throwOwn(error);
      if (error instanceof RunFailure) throw error;
      const why = `cannot read ${what}: ${reasonOf(error)}`;
      const isWaiting = isKnown || (wait && !context.once);
      if (!mayPass(error) || !isWaiting) throw new RunFailure('cannot-read', 3, why, helpFor(error));
      context.note(`${why}; trying again`);
      await sleep(pause, context);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}
