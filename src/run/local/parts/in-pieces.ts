import { isOfRecords, type StageNode } from '../../../query/plan/plan.ts';
import { isByEventTime } from './parted-plan.ts';
import { regroupingTest } from './regrouping.ts';

/**
 * Whether an aggregation behind a front is made of the groups of pieces: not by event time, where the first records are all that it needs, or where it is
 * not known that a function of the program gives the same in other groupings.
 */
export function isInPieces(group: StageNode): boolean {
  const { definition, arguments: args, input } = group;
  if (isByEventTime(group) || (definition.needsFirst !== undefined && isOfRecords(input))) return false;
  const { behaviour } = definition;
  const isByProgram = behaviour.kind === 'group' && behaviour.create(args).aggregate.byProgram === true;
  return !isByProgram || regroupingTest(group) !== undefined;
}
