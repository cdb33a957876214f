import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { SourceBehaviour } from '../../../flow/define/source.ts';
import {
  inputsOf,
  type Node,
  type Plan,
  type SourceNode,
  type StreamsNode,
  windowSpecOf,
} from '../../../query/plan/plan.ts';
import { printExpression } from '../../../query/text/printer.ts';

/**
 * What is to be told of joins of a stream, batch by batch, with something that is read once: its records are in the first batch, and from
 * the second on there is nothing to join with.
 *
 * @param behaviours of the plan's sources.
 */
export function notesOnStaticJoins(
  plan: Plan,
  behaviours: readonly SourceBehaviour<BoundArguments>[],
): readonly string[] {
  const isStatic = (source: SourceNode) => behaviours[plan.sources.indexOf(source)]?.kind === 'bounded';
  return plan.nodes.flatMap((node) => {
    if (node.kind !== 'streams' || node.definition.name === 'union' || node.definition.isOverTime === true) return [];
    const sides = [node.left, node.right];
    const still = sides.filter((side) => sourcesOf(side).every(isStatic));
    const [table] = still;
    return still.length === 1 && !isKept(table!) ? [noteOn(node, sourcesOf(table!)[0]!)] : [];
  });
}

function noteOn({ call }: StreamsNode, source: SourceNode): string {
  const [first] = source.call.arguments;
  const path = first === undefined || first.value.kind === 'stream' ? '"table.csv"' : printExpression(first.value);
  return `${printExpression(source.call)} is read into the first batch, and ${call.name} finds nothing of it in later ones: lookup(${path}, …) keeps a table for all batches`;
}

function sourcesOf(node: Node): readonly SourceNode[] {
  return node.kind === 'source' ? [node] : inputsOf(node).flatMap(sourcesOf);
}

/** Whether records stay for longer than their batch: in a window, or in a state. */
function isKept(node: Node): boolean {
  if (windowSpecOf(node) !== undefined || (node.kind === 'stage' && node.definition.group === 'state')) return true;
  return inputsOf(node).some(isKept);
}
