import type { Clock } from '../../base/clock.ts';
import type { RunFailure } from '../../base/problem.ts';
import { retrying } from '../connections/retrying.ts';

interface Persistence {
  /** How long what may pass is tried again, ms. */
  readonly within: number;
  readonly note: (message: string) => void;
  /** By what retries wait; only tests give another one. */
  readonly clock?: Clock;
  readonly mayPass: (error: unknown) => boolean;
  /** What is told of an error, also where it is tried again. */
  readonly failure: (error: unknown) => RunFailure;
}

/** Does something with what stands elsewhere until it does not fail for a reason that may pass. Rejects with the failure. */
export async function persist<T>(work: () => Promise<T>, persistence: Persistence): Promise<T> {
  const { within, note, clock, mayPass, failure } = persistence;
  const words = (error: unknown) => failure(error).message;
  try {
    return await retrying(work, { within, mayPass, note, words, ...(clock && { clock }) });
  } catch (error) {
    throw failure(error);
  }
}
