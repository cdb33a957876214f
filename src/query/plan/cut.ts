import type { Compiled } from '../../flow/define/compiled.ts';
import type { Exchange } from '../../flow/define/exchange.ts';
import { inputsOf, type Node, type Plan } from './plan.ts';

/**
 * Where a node does its work when a plan is worked on by many: in each piece of the input, in each share of the keys, or in the one place
 * where all comes together and the sinks are.
 */
type WorkPlace = 'pieces' | 'shares' | 'tail';

/** Records, or what the pieces have already made of them, that come together at a node. */
export interface Crossing {
  /** Partial results of groups, which are merged; else the records themselves, in the order of the input. */
  readonly of: 'partials' | 'records';
  /** What those that come to one share have in common; undefined where all come to one place. */
  readonly by: Compiled | undefined;
}

interface Cut {
  /** By node; a node that needs nothing of other records has none. */
  readonly crossings: ReadonlyMap<Node, Crossing>;
  /** Where each node gives out its records. */
  readonly places: ReadonlyMap<Node, WorkPlace>;
}

/**
 * Cuts a plan at its exchanges.
 *
 *     files | json | filter | groupBy(.path, …) | filter | top(10) | print
 *     └── pieces ──────────┘ partials, by .path            partials, all
 *                             └── shares ──────┘           └── tail ───┘
 *
 * Behind the first place where all comes together everything is in the tail, as in a run of one process; so is what brings streams together
 * that are not cut alike.
 */
export function cut(plan: Plan): Cut {
  const crossings = new Map<Node, Crossing>();
  const places = new Map<Node, WorkPlace>();
  for (const node of plan.nodes) {
    const before = placeBefore(inputsOf(node).map((input) => places.get(input)!));
    const crossing = before === 'tail' ? undefined : crossingOf(node);
    if (crossing !== undefined) crossings.set(node, crossing);
    if (node.kind === 'sink') places.set(node, 'tail');
    else if (crossing === undefined) places.set(node, before);
    else places.set(node, crossing.by === undefined ? 'tail' : 'shares');
  }
  return { crossings, places };
}

function placeBefore(inputs: readonly WorkPlace[]): WorkPlace {
  const [first = 'pieces', ...others] = inputs;
  return others.every((other) => other === first) ? first : 'tail';
}

function crossingOf(node: Node): Crossing | undefined {
  if (node.kind === 'source' || node.kind === 'sink') return undefined;
  if (node.kind === 'window') return { of: 'records', by: undefined };
  const args = node.arguments;
  const { behaviour } = node.definition;
  switch (behaviour.kind) {
    case 'record':
      return undefined;
    case 'group': {
      const { key, aggregate } = behaviour.create(args);
      // What a function of the program combines may depend on how it is taken together, unless that is known of the function.
      const { f } = node.arguments as { readonly f?: Compiled };
      const isAnyway = aggregate.byProgram !== true || f?.regroups !== undefined;
      return { of: isAnyway ? 'partials' : 'records', by: key };
    }
    case 'step':
    case 'streams':
      return ofRecords(behaviour.exchange(args));
    default:
      throw new Error(`${node.definition.name} should not be left in a plan`);
  }
}

function ofRecords(exchange: Exchange): Crossing | undefined {
  if (exchange === 'none') return undefined;
  return { of: 'records', by: exchange === 'whole' ? undefined : exchange.by };
}
