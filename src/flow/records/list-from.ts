import { BadRecord } from '../../base/problem.ts';
import { aKind, isList, type Value } from '../../base/value.ts';

/** What has to be a list: null counts as an empty one, anything else is bad. @param giver what gave it, for messages. */
export function listFrom(stage: string, result: Value, giver = 'its function'): readonly Value[] {
  if (isList(result)) return result;
  if (result === null) return [];
  throw new BadRecord(`${stage} needs a list`, `${giver} gave ${aKind(result)}`);
}
