import { toJson } from '../../../base/json.ts';
import type { Call } from '../../tree/tree.ts';
import { inputsOf, type Node } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** The names that a program gives its stages: `groupBy(.path, {n: count()}) as "paths"`. */
export class StageNames {
  private readonly given = new Map<string, Call>();

  /** Where another stage has the name of this one. A word that is bound again, with more arguments, is the same stage. */
  check(call: Call): PlanProblem | undefined {
    if (call.as === undefined) return undefined;
    const { name, place } = call.as;
    const before = this.given.get(name) ?? call;
    this.given.set(name, before);
    if (before.as!.place.start === place.start) return undefined;
    return planProblem('name-twice', place, {
      message: `two stages are called ${toJson(name)}`,
      label: 'the second',
      help: 'what is kept of a stage is found again by its name: choose another one',
      also: { place: before.as!.place, label: 'the first' },
    });
  }
}

/**
 * The nodes that a stage with a name has become, with that name.
 *
 * @param input what stands before it.
 */
export function withName(call: Call, node: Node, input: Node): Node {
  const name = call.as?.name;
  if (name === undefined || node === input) return node;
  const visit = (at: Node): Node => {
    if (at === input || at.kind === 'source') return at;
    if (at.kind === 'streams') return { ...at, name };
    return { ...at, name, input: visit(at.input) };
  };
  return visit(node);
}

/** A window with a name that went in front of the aggregations before it: the first of them has it, which holds the window, unless it has one of its own. */
export function withWindowName(call: Call, node: Node): Node {
  const name = call.as?.name;
  if (name === undefined) return node;
  const isIt = node.kind === 'window' ? node.call === call : node.kind === 'stage' && node.window?.call === call;
  if (isIt) return { ...node, name: node.name ?? name };
  const [input] = inputsOf(node);
  return input === undefined ? node : ({ ...node, input: withWindowName(call, input) } as Node);
}
