import { isWritten, type Node, type Plan, type SourceNode, type StageNode, writtenOf } from '../../query/plan/plan.ts';
import { printExpression } from '../../query/text/printer.ts';
import { isInPieces } from '../local/parts/in-pieces.ts';
import { frontOf, frontPlan } from '../local/parts/parted-plan.ts';
import { savedBehind } from '../local/parts/saved-behind.ts';
import { narrowingBehind } from '../local/parts/wanted-groups.ts';
import { dealtSources, refusalOf } from './refusal.ts';

/** What of a program is worked on where on a cluster, in a few lines; or why it cannot run there. */
export function explainOnCluster(plan: Plan): string {
  const refusal = refusalOf(plan);
  if (refusal !== undefined) return `not on a cluster: ${refusal.why} (${refusal.help})`;
  const elsewhere = new Set<Node>();
  const tasks = dealtSources(plan).flatMap((source) => tasksOf(plan, source, elsewhere));
  // The window of what tasks have grouped is here.
  const here = plan.nodes.flatMap((node) => {
    if (!elsewhere.has(node)) return isWritten(node) ? [writtenOf(node)] : [];
    return node.kind === 'stage' && node.window !== undefined ? [printExpression(node.window.call)] : [];
  });
  const isAllSaved = plan.nodes.every((node) => node.kind !== 'sink' || elsewhere.has(node));
  const rest = here.length > 0 ? here.join(' | ') : isAllSaved ? 'names of files' : 'print';
  return ['on a cluster', ...tasks, `  here         ${rest}`].join('\n');
}

/** What tasks do of a source. @param elsewhere gets the nodes that they work on. */
function tasksOf(plan: Plan, source: SourceNode, elsewhere: Set<Node>): readonly string[] {
  const front = frontOf(plan, source);
  const { group, last } = front;
  const isGrouped = group !== undefined && isInPieces(group);
  if (last === source && !isGrouped) return [];
  const saved = savedBehind(plan, front, isGrouped && isBounded(plan) ? 'groups' : 'records');
  const { nodes } = frontPlan(plan, front, isGrouped ? 'groups' : 'records');
  for (const node of saved?.plan.nodes ?? nodes) elsewhere.add(node);
  if (!isGrouped && saved !== undefined)
    return [`  map tasks    ${written(saved.plan.nodes)}, of each piece of the input a file, which is named here`];
  if (!isGrouped)
    return [`  map tasks    ${written(nodes)}, of each piece of the input; records come here in their order`];
  const { behaviour } = group.definition;
  const isByKey = behaviour.kind === 'group' && behaviour.create(group.arguments).key !== undefined;
  const wanting = isByKey && saved === undefined ? wantingBehind(plan, group) : '';
  const saving =
    saved === undefined
      ? ''
      : `, and of these ${written(saved.plan.nodes.slice(nodes.length))}, a file each, which is named here`;
  return [
    `  map tasks    ${written(nodes)}, of each piece of the input`,
    `  merge tasks  ${writtenOf(group)}, ${isByKey ? `the groups of some of the keys each${wanting}${saving}` : 'in one of them'}`,
  ];
}

/** Whether all there is is one batch. */
function isBounded({ sources }: Plan): boolean {
  return sources.every(
    ({ definition, arguments: args }) => definition.behaviour(args, { stdin: 'file' }).kind === 'bounded',
  );
}

/** What merge tasks do besides with groups that are all there will be. */
function wantingBehind(plan: Plan, group: StageNode): string {
  const narrowing = isBounded(plan) ? narrowingBehind(plan, group) : undefined;
  if (narrowing === undefined) return '';
  const { stages, picking } = narrowing;
  return `, and of these what ${written(picking === undefined ? stages : [...stages, picking])} may want`;
}

function written(nodes: readonly Node[]): string {
  return nodes.map(writtenOf).join(' | ');
}
