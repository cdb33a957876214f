import { headOf } from '../../../base/field-path.ts';
import type { Node, Plan, StageNode } from '../plan.ts';
import { namesBefore, setsOfArguments, setsOfWindow } from './used-fields.ts';

/**
 * The fields that the functions of a program ask the records of each parser for, as far as they name them.
 *
 *     json | filter(.status >= 500) | countBy(.path)      status, path
 *     json | filter(.status >= 500) | map({..._, a: 1})   status
 */
export function namedFields(plan: Plan): ReadonlyMap<StageNode, readonly string[]> {
  const { nodes, consumers } = plan;
  /** The names that what a node gives out is asked for. */
  const askedOf = (from: Node): ReadonlySet<string> => {
    const names = new Set<string>();
    for (const consumer of consumers.get(from)!) {
      for (const name of namedBy(consumer)) names.add(name);
      for (const name of askedThrough(consumer, askedOf)) names.add(name);
    }
    return names;
  };
  return new Map(
    nodes
      .filter((node) => node.kind === 'stage')
      .filter(({ definition }) => definition.group === 'parser')
      .map((node) => [node, [...askedOf(node)]]),
  );
}

/** What a node's records are asked for by what is asked of those that it gives out. */
function askedThrough(node: Node, askedOf: (node: Node) => ReadonlySet<string>): Iterable<string> {
  if (passesOn(node)) return askedOf(node);
  const uses = node.kind === 'stage' ? node.definition.faster?.uses : undefined;
  if (node.kind !== 'stage' || typeof uses !== 'object' || 'given' in uses) return [];
  return namesOf(namesBefore(uses, node, askedOf(node)));
}

function namedBy(node: Node): readonly string[] {
  if (node.kind === 'window') return setsOfWindow(node.spec).flatMap(namesOf);
  if (node.kind !== 'stage') return [];
  const window = node.window === undefined ? [] : setsOfWindow(node.window.spec);
  return [...setsOfArguments(node.definition.parameters, node.arguments), ...window].flatMap(namesOf);
}

function namesOf(fields: ReadonlySet<string> | 'all'): readonly string[] {
  return fields === 'all' ? [] : [...fields].flatMap((path) => headOf(path) ?? []);
}

/** Whether records leave a node as they came. */
function passesOn(node: Node): boolean {
  if (node.kind === 'sink' || node.kind === 'window') return true;
  return node.kind === 'stage' && (node.definition.faster?.uses === 'passed' || node.definition.keeps === true);
}
