import type { OriginStep, Step } from '../../../flow/define/step.ts';
import { type Absorbing, isAbsorbing, isParted, type Parted } from '../../../flow/groups/absorbing.ts';
import { GroupStep } from '../../../flow/groups/group-step.ts';
import type { Node, StageNode } from '../../../query/plan/plan.ts';
import type { Watcher } from './watcher.ts';

/** Keeps the steps at hand that a run has more to ask of than to take records. Last in the list, so that it sees the steps themselves. */
export class KeptSteps implements Watcher {
  /** Those of the aggregations that are over batches. */
  readonly groups = new Map<StageNode, GroupStep<unknown>>();
  /** Those of all that take in what others made of records. */
  readonly absorbing = new Map<StageNode, Absorbing>();
  /** Those of these that others of their kind can take in. */
  readonly parted = new Map<StageNode, Parted>();
  /** Those that remember something of each origin. */
  readonly byOrigin = new Map<StageNode, OriginStep>();
  /** What takes the records of each stage. */
  readonly takers = new Map<Node, Step>();

  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    const steps = create(down);
    if (node.kind !== 'stage') return steps;
    this.takers.set(node, down);
    const [step] = steps;
    const { behaviour } = node.definition;
    if (step instanceof GroupStep) this.groups.set(node, step);
    if (step !== undefined && isAbsorbing(step)) this.absorbing.set(node, step);
    if (step !== undefined && isParted(step)) this.parted.set(node, step);
    if (behaviour.kind === 'step' && behaviour.isByOrigin) this.byOrigin.set(node, step as OriginStep);
    return steps;
  }
}
