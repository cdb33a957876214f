import { type Node, type Plan, planOf, type SourceNode, type StageNode } from '../../../query/plan/plan.ts';

/** What of a plan each part of the input of a source can be worked on by itself. */
export interface Front {
  readonly source: SourceNode;
  /** The last of the stages that see one record at a time, or the source. */
  readonly last: Node;
  /** The one of them that remembers something of each file. */
  readonly byOrigin: StageNode | undefined;
  /** The aggregation right behind them, over each batch, windows of batches, or windows by event time; or sessions. */
  readonly group: StageNode | undefined;
}

/**
 * The stages behind a source that see one record at a time and wait for nothing, as long as one stream alone is fed; one of them may remember
 * something of each file (`byOrigin`).
 *
 *     files | json | filter | groupBy | top | print
 *     └── front ───────────┘  group
 */
export function frontOf(plan: Plan, source: SourceNode): Front {
  let byOrigin: StageNode | undefined;
  for (let last: Node = source; ; ) {
    const consumers: readonly Node[] = plan.consumers.get(last)!;
    const [next] = consumers;
    const front = { source, last, byOrigin, group: undefined };
    if (consumers.length !== 1 || next?.kind !== 'stage') return front;
    const { behaviour, awaits } = next.definition;
    if (awaits?.(next.arguments) === true) return front;
    if (behaviour.kind === 'group') return { ...front, group: next };
    if (behaviour.kind === 'step' && behaviour.isParted?.(next.arguments) === true) return { ...front, group: next };
    if (behaviour.kind === 'step' && behaviour.isByOrigin && byOrigin === undefined) byOrigin = next;
    else if (behaviour.kind !== 'record') return front;
    last = next;
  }
}

/** The front of a part of one batch, whose aggregation knows of no window over batches: the nodes of its plan have the same places. */
export function withoutWindow({ group, ...front }: Front): Front {
  if (group === undefined || isByEventTime(group)) return { ...front, group };
  const { window: _window, ...alone } = group;
  return { ...front, group: alone };
}

/** The plan of a front alone, up to its last stage, or through the aggregation behind it. */
export function frontPlan(plan: Plan, { source, last, group }: Front, gives: 'groups' | 'records'): Plan {
  const end = gives === 'groups' ? group : last;
  if (end === undefined) throw new Error('a front without an aggregation');
  return planOf({ ...plan, sources: [source], outputs: [end], notes: [] });
}

interface PartedStages {
  readonly plan: Plan;
  readonly group: StageNode;
  readonly byOrigin: StageNode | undefined;
}

/** The front of a plan of one source, with the aggregation behind it. Undefined where there is none, so that nothing is won by working on parts. */
export function partedStages(plan: Plan): PartedStages | undefined {
  const [source, ...others] = plan.sources;
  if (source === undefined || others.length > 0) return undefined;
  const front = frontOf(plan, source);
  const { group, byOrigin } = front;
  return group && isApart(group) ? { plan: frontPlan(plan, front, 'groups'), group, byOrigin } : undefined;
}

/** Whether an aggregation is over windows or sessions by event time. */
export function isByEventTime({ window, definition }: StageNode): boolean {
  return definition.behaviour.kind === 'step' || window?.spec.kind === 'event';
}

/** Whether what becomes of a part of bounded input does not depend on the parts before it: by event time, where nothing is late and all windows are open to the end. */
function isApart({ window, definition: { behaviour }, arguments: args }: StageNode): boolean {
  if (window?.spec.kind !== 'event') return true;
  const isByProgram = behaviour.kind === 'group' && behaviour.create(args).aggregate.byProgram === true;
  return window.spec.late === undefined && window.spec.emit === 'close' && !isByProgram;
}
