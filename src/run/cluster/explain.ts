import { isWritten, type Plan, writtenOf } from '../../query/plan/plan.ts';
import { printExpression } from '../../query/text/printer.ts';
import { partedStages } from '../local/parts/parted-plan.ts';
import { refusalOf } from './refusal.ts';

/** What of a program is worked on where on a cluster, in a few lines; or why it cannot run there. */
export function explainOnCluster(plan: Plan): string {
  const refusal = refusalOf(plan);
  if (refusal !== undefined) return `not on a cluster: ${refusal.why} (${refusal.help})`;
  const { plan: inPieces, group } = partedStages(plan)!;
  const { behaviour } = group.definition;
  const isByKey = behaviour.kind === 'group' && behaviour.create(group.arguments).key !== undefined;
  const behind = plan.nodes.filter((node) => !inPieces.nodes.includes(node) && isWritten(node)).map(writtenOf);
  const here = group.window === undefined ? behind : [printExpression(group.window.call), ...behind];
  const written = (nodes: Plan['nodes']) => nodes.map(writtenOf).join(' | ');
  return [
    'on a cluster',
    `  map tasks    ${written(inPieces.nodes)}, of each piece of the input`,
    `  merge tasks  ${writtenOf(group)}, ${isByKey ? 'the groups of some of the keys each' : 'in one of them'}`,
    `  here         ${here.length === 0 ? 'print' : here.join(' | ')}`,
  ].join('\n');
}
