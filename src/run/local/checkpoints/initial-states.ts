import { toJson } from '../../../base/json.ts';
import { RunFailure } from '../../../base/problem.ts';
import { isPair, type Value } from '../../../base/value.ts';
import type { ReadKept } from '../../../flow/define/context.ts';
import type { InitialStates, KeptStage } from '../../../flow/define/initial.ts';
import { keptStageOf } from '../../../query/plan/kept-stage.ts';
import type { Plan } from '../../../query/plan/plan.ts';
import type { Found } from '../../durable/found.ts';
import { namesOf } from '../../durable/plan-names.ts';

/**
 * Reads what the stages of a plan begin with that other runs remember.
 *
 * @param found what the run goes on from: what was kept there begins with nothing else, and the other directory may be gone.
 * @throws RunFailure (3) where one cannot be read, or gives no pairs.
 */
export async function readInitialStates(
  plan: Plan,
  found: Pick<Found, 'base'> | undefined,
  readKept: ReadKept,
): Promise<InitialStates> {
  const names = namesOf(plan).nodes;
  const states = new Map<KeptStage, readonly Value[]>();
  for (const [place, node] of plan.nodes.entries()) {
    const kept = keptStageOf(node);
    if (kept === undefined) continue;
    const isKnown = found?.base.nodes.includes(names[place]!) === true;
    states.set(kept, isKnown ? [] : await pairsOf(kept, readKept));
  }
  return states;
}

async function pairsOf({ directory, name }: KeptStage, readKept: ReadKept): Promise<readonly Value[]> {
  const records = await readKept(directory, name);
  const wrong = records.find((record) => !isPair(record));
  if (wrong === undefined) return records;
  const stage = name === undefined ? 'the stage' : `"${name}"`;
  const message = `a state begins with pairs [key, state], and ${stage} in ${directory} gives ${toJson(wrong).slice(0, 100)}`;
  throw new RunFailure(
    'initial-pairs',
    3,
    message,
    'name a stage that gives pairs, such as countByValue, or one with state',
  );
}
