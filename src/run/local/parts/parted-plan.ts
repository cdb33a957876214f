import { type Node, type Plan, planOf, type StageNode } from '../../../query/plan/plan.ts';

export interface PartedStages {
  readonly plan: Plan;
  readonly group: StageNode;
  /** The same for a part of one batch, which knows of no window: its nodes have the same places. */
  readonly alone: { readonly plan: Plan; readonly group: StageNode };
  readonly byOrigin: StageNode | undefined;
}

/**
 * The stages up to the first aggregation, where each part of the input can be worked on by itself: a chain from the one source, of
 * stages that see one record at a time and wait for nothing; one of them may remember something of each file (`byOrigin`). Undefined where there is no such chain, or nothing is won by it.
 *
 *     files | json | filter | groupBy | top | print
 *     └── in parts ─────────────────┘ └── once ──┘
 */
export function partedStages(plan: Plan): PartedStages | undefined {
  const [source, ...others] = plan.sources;
  if (source === undefined || others.length > 0) return undefined;
  let byOrigin: StageNode | undefined;
  for (let node: Node = source; ; ) {
    const consumers: readonly Node[] = plan.consumers.get(node)!;
    const [next] = consumers;
    if (consumers.length !== 1 || next?.kind !== 'stage') return undefined;
    const { behaviour, awaits } = next.definition;
    if (awaits?.(next.arguments) === true) return undefined;
    if (behaviour.kind === 'group') {
      if (next.window?.spec.kind === 'event') return undefined;
      const { window, ...alone } = next;
      const ending = (group: StageNode) => ({ plan: planOf({ ...plan, outputs: [group], notes: [] }), group });
      const ended = ending(next);
      return { ...ended, alone: window === undefined ? ended : ending(alone), byOrigin };
    }
    if (behaviour.kind === 'step' && behaviour.isByOrigin && byOrigin === undefined) byOrigin = next;
    else if (behaviour.kind !== 'record') return undefined;
    node = next;
  }
}
