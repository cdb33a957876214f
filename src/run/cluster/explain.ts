import { isWritten, type Plan, writtenOf } from '../../query/plan/plan.ts';
import type { Timing } from '../local/options/timing.ts';
import { partedStages } from '../local/parts/parted-plan.ts';
import { refusalOf } from './refusal.ts';

/** What of a program is worked on where on a cluster, in a few lines; or why it cannot run there. */
export function explainOnCluster(plan: Plan, timing: Timing): string {
  const refusal = refusalOf(plan, timing);
  if (refusal !== undefined) return `not on a cluster: ${refusal.why} (${refusal.help})`;
  const { plan: inPieces, group } = partedStages(plan)!;
  const { behaviour } = group.definition;
  const isByKey = behaviour.kind === 'group' && behaviour.create(group.arguments).key !== undefined;
  const here = plan.nodes.filter((node) => !inPieces.nodes.includes(node) && isWritten(node));
  const written = (nodes: Plan['nodes']) => nodes.map(writtenOf).join(' | ');
  return [
    'on a cluster',
    `  map tasks    ${written(inPieces.nodes)}, of each piece of the input`,
    `  merge tasks  ${writtenOf(group)}, ${isByKey ? 'the groups of some of the keys each' : 'in one of them'}`,
    `  here         ${here.length === 0 ? 'print' : written(here)}`,
  ].join('\n');
}
