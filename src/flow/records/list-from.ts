import { BadRecord } from '../../base/problem.ts';
import { aKind, isList, type Value } from '../../base/value.ts';

/** What a function of the program gave, where it must be a list: null counts as an empty one, anything else is bad. */
export function listFrom(stage: string, result: Value): readonly Value[] {
  if (isList(result)) return result;
  if (result === null) return [];
  throw new BadRecord(`${stage} needs a list`, `its function gave ${aKind(result)}`);
}
