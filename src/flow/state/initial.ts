import { toJson } from '../../base/json.ts';
import { RunFailure } from '../../base/problem.ts';
import { isPair, type Pair, type Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { Initial, KeptStage } from '../define/initial.ts';
import { states } from '../define/parameters.ts';
import { keptParameters } from './kept-parameters.ts';

/** The parameter `initial` of the stages with state. */
export const initial = states(
  'the states to begin with: pairs of key and state, or `checkpoint("state/", "name")`, what a stage of another run remembers',
  keptParameters,
  { named: true },
)
  .checked((given) => {
    const wrong = isListed(given) ? given.find((item) => !isPair(item)) : undefined;
    return wrong === undefined ? undefined : `pairs [key, state] are needed, found ${toJson(wrong)}`;
  })
  .or([]);

function isListed(given: Initial): given is readonly Value[] {
  return Array.isArray(given);
}

/** Whether there are states to begin with, whose type is not that of the program's. */
export function isGiven(given: Initial): boolean {
  return !isListed(given) || given.length > 0;
}

/** The pairs of `initial` that hold a state; null is none. @throws RunFailure where they cannot be read here. */
export function initialStates(given: Initial, run: RunContext): readonly Pair[] {
  const items = isListed(given) ? given : keptStates(given, run);
  return (items as readonly Pair[]).filter(([, state]) => state !== null);
}

function keptStates(kept: KeptStage, run: RunContext): readonly Value[] {
  if (run.keptStates === undefined) return [];
  const known = run.keptStates(kept);
  if (known !== undefined) return known;
  throw new RunFailure('source-kept', 3, `cannot read ${kept.directory}: nothing is kept where this runs`);
}
