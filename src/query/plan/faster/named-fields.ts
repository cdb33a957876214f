import type { Node, Plan, StageNode } from '../plan.ts';
import { setsOfArguments, setsOfWindow } from './used-fields.ts';

/**
 * The fields that the functions of a program ask the records of each parser for, as far as they name them.
 *
 *     json | filter(.status >= 500) | countBy(.path)      status, path
 *     json | filter(.status >= 500) | map({..._, a: 1})   status
 */
export function namedFields(plan: Plan): ReadonlyMap<StageNode, readonly string[]> {
  const { nodes, consumers } = plan;
  const named = new Map<StageNode, readonly string[]>();
  for (const node of nodes) {
    if (node.kind !== 'stage' || node.definition.group !== 'parser') continue;
    const names = new Set<string>();
    const look = (from: Node) => {
      for (const consumer of consumers.get(from)!) {
        for (const name of namedBy(consumer)) names.add(name);
        if (passesOn(consumer)) look(consumer);
      }
    };
    look(node);
    named.set(node, [...names]);
  }
  return named;
}

function namedBy(node: Node): readonly string[] {
  if (node.kind === 'window') return setsOfWindow(node.spec).flatMap(namesOf);
  if (node.kind !== 'stage') return [];
  const window = node.window === undefined ? [] : setsOfWindow(node.window.spec);
  return [...setsOfArguments(node.definition.parameters, node.arguments), ...window].flatMap(namesOf);
}

function namesOf(fields: ReadonlySet<string> | 'all'): readonly string[] {
  return fields === 'all' ? [] : [...fields];
}

/** Whether records leave a node as they came. */
function passesOn(node: Node): boolean {
  if (node.kind === 'sink' || node.kind === 'window') return true;
  return node.kind === 'stage' && (node.definition.faster?.uses === 'passed' || node.definition.keeps === true);
}
