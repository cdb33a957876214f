import { toJson } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import type { Parameter } from '../../flow/define/parameters.ts';
import { aggregatesOf, analyticsOf } from '../../flow/groups/worked-out.ts';
import { inputsOf, type Node, type Plan } from './plan.ts';
import { aggregateAsData, argumentsAsData, windowOf } from './plan-data.ts';

/**
 * What each node is: its part of the plan, it and all in front of it up to the sources, as one text. Two nodes of any two programs have
 * equal texts where they give the same of the same input: defaults are filled in, names of streams and derived words are resolved, windows
 * are where they belong; spaces, comments and the names of parameters do not count, nor do how input is reached and where late
 * records are written (`apart`), sinks on the way, and what stands behind. What is kept of a stage between two runs belongs to it by this text.
 *
 *     words | map([_, 1]) | reduceByKey(_ + _)
 *     words | countByValue            [["stdin",[],{…}],["words",[0],{}],["countByValue",[1],{}]]
 *
 * Each node is a list of its word, the places of its inputs among the nodes before it, its arguments, and its window if it has one. A
 * stream that goes in twice stands there once. The name of a stage stands for all that is in front of it, so that what is kept stays its own
 * where that changes, and is another one's where its key or its kind does:
 *
 *     files("a") | json | groupBy(.path, {n: count()}) as "paths"      [["groupBy",["as","paths"],{…}]]
 */
export function planTexts(plan: Plan): ReadonlyMap<Node, string> {
  return new Map(plan.nodes.map((node) => [node, textOf(node)]));
}

/** What a stage with a name is whatever its aggregates are, and each of these, in the order in which its partials have them: as a text of the same kind, and as it was written. */
export interface Fitting {
  readonly stage: string;
  readonly aggregates: readonly { readonly text: string; readonly words: string }[];
}

/** Undefined where other aggregates make another stage of it: without a name, or where what they give is compared with other results, which are kept too. */
export function fittingOf(node: Node): Fitting | undefined {
  if (node.kind !== 'stage' || node.name === undefined) return undefined;
  const columns = node.definition.refits?.(node.arguments as never);
  if (columns === undefined || analyticsOf(columns).length > 0) return undefined;
  return {
    stage: toJson([lineOf(node, ['as', node.name], ({ accepts }) => accepts.kind !== 'aggregates')]),
    aggregates: aggregatesOf(columns).map((call) => ({ text: toJson(aggregateAsData(call)), words: call.text })),
  };
}

function textOf(node: Node): string {
  const places = new Map<Node, number>();
  const lines: Value[] = [];
  const visit = (at: Node): number => {
    // What goes into a sink goes on behind it.
    if (at.kind === 'sink' && at !== node) return visit(at.input);
    const known = places.get(at);
    if (known !== undefined) return known;
    // A name stands for all that is in front.
    const isCut = at.name !== undefined && at.kind !== 'sink';
    const line = lineOf(at, isCut ? ['as', at.name] : inputsOf(at).map(visit));
    const place = lines.length;
    places.set(at, place);
    lines.push(line);
    return place;
  };
  visit(node);
  return toJson(lines);
}

/** @param counts which of its arguments belong to it, of those that are not `apart`. */
function lineOf(
  node: Node,
  inputs: readonly (number | string)[],
  counts: (parameter: Parameter<unknown>) => boolean = () => true,
): Value {
  const window = windowOf(node);
  if (node.kind === 'window') return ['window', inputs, window!];
  const { name, parameters } = node.definition;
  const own = (parameter: Parameter<unknown>) => parameter.apart !== true && counts(parameter);
  const line = [name, inputs, argumentsAsData(parameters, node.arguments, own)];
  return window === undefined ? line : [...line, window];
}
