import type { Clock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import { reasonOf } from '../input/fault.ts';
import { sleep } from '../input/reading.ts';
import type { DatabaseSystem } from './database.ts';

/** ms from a failure to the next try: doubled with each in a row, up to the last. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

interface Asking {
  readonly system: DatabaseSystem;
  /** What cannot be done where there is no answer: `cannot read from app.db`. */
  readonly what: string;
  readonly clock: Clock;
  /** Nothing is asked again once it is aborted. */
  readonly signal: AbortSignal;
  note(message: string): void;
}

/**
 * Asks a database until it answers, ever more seldom, where the failure may pass by itself; told once.
 *
 * @returns the answer; undefined if the run was to end meanwhile. Rejects with a RunFailure of exit 3 where it does not pass.
 */
export async function untilAnswered<T>(ask: () => Promise<T>, asking: Asking): Promise<T | undefined> {
  const { system, what, signal, note } = asking;
  for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) break;
      const message = `${what}: ${reasonOf(error)}`;
      if (!system.mayPass(error)) throw new RunFailure('query-failed', 3, message, system.helpFor(error));
      note(`${message}; trying again`);
      await sleep(pause, asking);
    }
  }
  return undefined;
}
