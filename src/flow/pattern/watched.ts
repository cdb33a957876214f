import { createContext, Script } from 'node:vm';
import { BadRecord } from '../../base/problem.ts';

/** How long one match may take, ms. */
const LONGEST_MATCH = 1000;

interface Watched {
  /**
   * Nothing but a way into the engine's watchdog, the one thing that can end a match from outside: its text is fixed, and calls what
   * stands in `place`.
   */
  readonly call: Script;
  readonly place: { run: () => unknown };
  readonly context: object;
}

let watched: Watched | undefined;
/** Who wants to know of matches, and of what else blocks the thread. */
interface MatchObserver {
  /** One begins that could take long. */
  begins(): void;
  /** One was ended, and its record is about to be bad. May throw. */
  ended(): void;
}

let observer: MatchObserver = { begins() {}, ended() {} };

export function observeMatches(by: MatchObserver): void {
  observer = by;
}

/** This thread is about to wait for another one that may take any time. */
export function blocksLong(): void {
  observer.begins();
}

let isEndlessAtHand = false;

/** An expression of the program was found to take for ever on some texts, however short they are. */
export function foundEndless(): void {
  isEndlessAtHand = true;
}

/** Whether there may be matches without an end in this program. */
export function mayBeEndless(): boolean {
  return isEndlessAtHand;
}

/**
 * What `match` gives, unless that takes longer than {@link LONGEST_MATCH}: then it is ended. Costs about 0.1 ms, since the watchdog is a
 * thread of its own.
 *
 * @param match must not change anything that outlasts it.
 * @throws BadRecord where it was ended.
 */
export function watchedMatch<T>(match: () => T, name: string): T {
  if (watched === undefined) {
    const place = { run: (): unknown => undefined };
    const call = new Script('place.run()');
    watched = { call, place, context: createContext({ place }) };
  }
  const { call, place, context } = watched;
  observer.begins();
  place.run = match;
  try {
    return call.runInContext(context, { timeout: LONGEST_MATCH }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    observer.ended();
    throw new BadRecord(
      `a match of ${name} took longer than a second`,
      'what repeats in it can be divided in too many ways',
    );
  }
}
