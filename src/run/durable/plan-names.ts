import { createHash } from 'node:crypto';
import { toJson } from '../../base/json.ts';
import type { Position } from '../../flow/define/position.ts';
import { inputsOf, type Node, type Plan, type SinkNode } from '../../query/plan/plan.ts';
import { argumentsAsData } from '../../query/plan/plan-data.ts';
import { type Fitting, fittingOf, planTexts } from '../../query/plan/plan-text.ts';
import type { Found } from './found.ts';

/** What each source and node of a plan is called in a checkpoint, so that it is found again when the program is started again. */
export interface PlanNames {
  readonly sources: readonly string[];
  /** Of all nodes, in the order of the plan. */
  readonly nodes: readonly string[];
  /** Of those nodes that can go on with other aggregates what they are without these. */
  readonly fitting: readonly (Fitting | undefined)[];
}

export function namesOf(plan: Plan): PlanNames {
  const texts = planTexts(plan);
  return {
    sources: told(plan.sources.map((source) => texts.get(source)!)),
    nodes: told(plan.nodes.map((node) => texts.get(node)!)),
    fitting: fittings(plan),
  };
}

/** What stands there once: a name may be that of several stages that a word has become. */
function fittings(plan: Plan): readonly (Fitting | undefined)[] {
  const all = plan.nodes.map(fittingOf);
  const isOnly = (one: Fitting) => all.filter((other) => other?.stage === one.stage).length === 1;
  return all.map((one) => (one !== undefined && isOnly(one) ? one : undefined));
}

/** Where the sources of a plan go on. */
export function positionsOf(plan: Plan, found: Found | undefined): readonly (Position | undefined)[] | undefined {
  if (found === undefined) return undefined;
  return namesOf(plan).sources.map((name) => found.positions[found.base.sources.indexOf(name)]);
}

/** What the sinks are called: by what they write to, and not by what is in front of them. */
export function sinkNames(plan: Plan): ReadonlyMap<SinkNode, string> {
  const sinks = plan.nodes.filter((node) => node.kind === 'sink');
  const names = told(
    sinks.map(({ definition, arguments: args }) => {
      const claimed = definition.claims?.(args);
      const said = () => argumentsAsData(definition.parameters, args, ({ apart }) => apart !== true);
      return toJson([definition.name, claimed ?? said()]);
    }),
  );
  return new Map(sinks.map((sink, i) => [sink, names[i]!]));
}

/** What each sink is given, by what it is called: all that is in front of it, as a text that is another one where it may give something else. */
export function sinkInputs(plan: Plan): ReadonlyMap<string, string> {
  const texts = planTexts(plan);
  const inFront = (node: Node, all = new Set<Node>()): ReadonlySet<Node> => {
    for (const input of inputsOf(node).filter((other) => !all.has(other))) inFront(input, all.add(input));
    return all;
  };
  return new Map(
    [...sinkNames(plan)].map(([sink, name]) => {
      const hash = createHash('sha256');
      // A name stands in the text of its stage for what is in front of it.
      for (const node of inFront(sink)) hash.update(`${texts.get(node)}\n`);
      return [name, hash.digest('hex').slice(0, 16)];
    }),
  );
}

/** The same ones are told apart by their order. */
function told(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return texts.map((text) => {
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return count === 1 ? text : `${text} ${count}`;
  });
}
