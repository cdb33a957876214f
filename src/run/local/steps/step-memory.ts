import type { KnownOrigins, Refit, State } from '../../../flow/define/snapshot.ts';
import type { Step } from '../../../flow/define/step.ts';
import type { Node, Plan } from '../../../query/plan/plan.ts';
import type { Watcher } from './watcher.ts';

/** What the steps of a plan remember, for each node with such steps: its place in the plan, and the states of its steps in their order. */
export type PlanState = readonly (readonly [place: number, states: readonly State[]])[];

/** The steps of a plan that remember something: takes the snapshots of all of them, and gives them to steps that are made anew. */
export class StepMemory implements Watcher {
  private readonly steps = new Map<Node, readonly Step[]>();
  private readonly nodes: readonly Node[];

  constructor(plan: Pick<Plan, 'nodes'>) {
    this.nodes = plan.nodes;
  }

  /** Steps that are made again for a node take the place of those before. */
  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    const steps = create(down);
    this.steps.set(node, steps);
    return steps;
  }

  /** The places in the plan of the nodes with steps that remember something. */
  get places(): readonly number[] {
    return this.nodes.flatMap((node, place) =>
      this.steps.get(node)?.some((step) => step.snapshot !== undefined) === true ? [place] : [],
    );
  }

  /** The first tick at or behind `tick` (ms) at which something is due though nothing comes, see `Step.due`. */
  due(tick: number): number | undefined {
    const all = [...this.steps.values()].flat().flatMap((step) => step.due?.(tick) ?? []);
    return all.length === 0 ? undefined : Math.min(...all);
  }

  /** What all of them remember, or what of it has changed; lent, see `Remembering`. */
  snapshot(onlyChanges = false): PlanState {
    return this.nodes.flatMap((node, place) => {
      const steps = this.steps.get(node) ?? [];
      if (!steps.some((step) => step.snapshot !== undefined)) return [];
      return [[place, steps.map((step) => step.snapshot?.(onlyChanges))] as const];
    });
  }

  /**
   * All that they remember part by part, see `Remembering.parts`. The first part, which is of all those that give it at once, is to be taken at once
   * behind a snapshot of what has changed.
   */
  *parts(size: number): IterableIterator<PlanState> {
    const begun = this.nodes.flatMap((node, place) =>
      (this.steps.get(node) ?? []).flatMap((step, i) => {
        const parts = step.parts?.(size);
        return parts === undefined ? [] : [{ place, i, parts }];
      }),
    );
    yield this.nodes.flatMap((node, place) => {
      const states = (this.steps.get(node) ?? []).map((step) =>
        step.parts === undefined ? step.snapshot?.() : undefined,
      );
      return states.some((state) => state !== undefined) ? [[place, states] as const] : [];
    });
    for (const { place, i, parts } of begun) {
      for (const part of parts) yield [[place, [...new Array<undefined>(i), part]]];
    }
  }

  /**
   * Called once all steps are made, before anything is pushed into them: with all, then with what had changed each time, or with parts among these.
   *
   * @param refits for the places of nodes that were kept with other aggregates.
   */
  restore(states: PlanState, origins: KnownOrigins, refits?: ReadonlyMap<number, Refit>): void {
    for (const [place, ofSteps] of states) {
      const steps = this.steps.get(this.nodes[place]!) ?? [];
      for (const [i, step] of steps.entries()) {
        if (ofSteps[i] !== undefined) step.restore?.(ofSteps[i], origins, refits?.get(place));
      }
    }
  }
}
