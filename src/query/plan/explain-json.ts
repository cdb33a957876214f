import { formatType } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { printExpression } from '../text/printer.ts';
import { type Crossing, cut } from './cut.ts';
import { inputsOf, isWritten, type Node, type Plan, type SourceNode } from './plan.ts';
import { argumentsAsData, known, windowOf } from './plan-data.ts';
import { planTexts } from './plan-text.ts';

/**
 * The plan as plain data, for programs: an object a node, feeding nodes before fed ones. Functions are their trees.
 *
 * @param onBytes the nodes that work on texts that are still bytes.
 */
export function planAsData(plan: Plan, onBytes: ReadonlySet<Node>): Value {
  const { crossings, places } = cut(plan);
  const texts = planTexts(plan);
  const ids = new Map(plan.nodes.map((node, id) => [node, id]));
  const nodes = plan.nodes.map((node, id) => {
    const crossing = crossings.get(node);
    return known([
      ['id', id],
      ['kind', node.kind],
      ['word', node.kind === 'window' ? node.call.name : node.definition.name],
      ['written', isWritten(node) ? printExpression(node.call) : undefined],
      ['name', node.name ?? node.call.as?.name],
      ['inputs', inputsOf(node).map((input) => ids.get(input)!)],
      ['arguments', node.kind === 'window' ? undefined : argumentsAsData(node.definition.parameters, node.arguments)],
      ['window', windowOf(node)],
      ['gives', node.kind === 'sink' ? undefined : formatType(node.type)],
      ['replayable', node.kind === 'source' ? behaviourOf(node).replayable === true : undefined],
      ['received', node.kind === 'source' && behaviourOf(node).received === true ? true : undefined],
      ['step', node.kind === 'source' ? undefined : onBytes.has(node) ? 'bytes' : 'rows'],
      ['exchange', crossing === undefined ? undefined : crossingAsData(crossing)],
      ['place', places.get(node)],
      ['text', texts.get(node)],
    ]);
  });
  return known([
    ['nodes', nodes],
    ['outputs', plan.outputs.map((node) => ids.get(node)!)],
    ['notes', [...plan.notes]],
  ]);
}

/** How a source behaves; standard input as a pipe. */
function behaviourOf({ definition, arguments: args }: SourceNode) {
  return definition.behaviour(args, { stdin: 'stream' });
}

function crossingAsData({ of, by }: Crossing): Value {
  return known([
    ['of', of],
    ['by', by === undefined ? 'all' : by.tree],
  ]);
}
