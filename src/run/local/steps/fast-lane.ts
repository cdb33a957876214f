import { watchedTake } from '../../../flow/define/faster.ts';
import type { Step } from '../../../flow/define/step.ts';
import type { Node, Plan } from '../../../query/plan/plan.ts';
import type { Watcher } from './watcher.ts';

/**
 * Counts how many records each stage and sink took in the fast lane (see `Offers`), texts by their lines: so that tests see that it is open.
 * What comes back to a stage one by one while it takes them, since it or one behind it was not sure of it or wants all of it, was not taken.
 * Steps are wrapped only where it is asked for, so that it costs nothing otherwise.
 *
 *     json                       filter                countBy
 *     5 lines, 1 came back: 4    4 rows: 4             3 rows of 4 passed: 3
 */
export class FastLane implements Watcher {
  private readonly taken = new Map<Node, number>();

  /** The steps of a node, which it changes. */
  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    return create(down).map((step) => this.mark(node, step));
  }

  private mark(node: Node, step: Step): Step {
    const faster = step.faster?.bind(step);
    if (faster === undefined) return step;
    const push = step.push.bind(step);
    let isTaking = false;
    step.push = (record) => {
      if (isTaking) this.add(node, -1);
      push(record);
    };
    step.faster = (offer) =>
      watchedTake(offer, faster(offer), {
        given: () => {
          isTaking = true;
        },
        took: (records) => {
          isTaking = false;
          this.add(node, records);
        },
      });
    return step;
  }

  /** How many a stage or sink took. */
  of(node: Node): number {
    return this.taken.get(node) ?? 0;
  }

  /** `json 4 | countBy 4`: the stages and sinks that took any, in the order of the plan, and how many; `none` where there are none. */
  describe(plan: Plan): string {
    const taken = plan.nodes.filter((node) => this.of(node) > 0);
    return taken.length === 0 ? 'none' : taken.map((node) => `${node.call.name} ${this.of(node)}`).join(' | ');
  }

  private add(node: Node, records: number): void {
    this.taken.set(node, this.of(node) + records);
  }
}
