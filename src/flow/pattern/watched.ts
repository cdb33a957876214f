import { createContext, Script } from 'node:vm';
import { BadRecord } from '../../base/problem.ts';

/** How long one match may take, ms. */
export const LONGEST_MATCH = 1000;

/**
 * Nothing but a way into the engine's watchdog, the one thing that can end a match from outside: the text is fixed, and calls what
 * stands in `place`.
 */
const CALL = new Script('place.run()');

interface Watched {
  readonly place: { run: () => unknown };
  readonly context: object;
}

let watched: Watched | undefined;
let hasTimedOut = () => {};

/** Told each time that a match took too long, before its record is bad: the thread has been blocked until now. May throw. */
export function onEndlessMatch(tell: () => void): void {
  hasTimedOut = tell;
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
    watched = { place, context: createContext({ place }) };
  }
  const { place, context } = watched;
  place.run = match;
  try {
    return CALL.runInContext(context, { timeout: LONGEST_MATCH }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    hasTimedOut();
    throw new BadRecord(
      `a match of ${name} took longer than a second`,
      'what repeats in it can be divided in too many ways',
    );
  }
}
