import { inputsOf, type Node, type Plan } from '../../../query/plan/plan.ts';

/**
 * Which parts of a plan are wanted any more. A node whose step is full wants nothing; nor does one of which nobody wants anything, but for
 * sinks, which want all that comes.
 *
 *     files | json | head(2) | print          head is full: json is closed, files is closed and read no further
 *                 └─ append("all")            … but not with this beside it: append wants all
 */
export class Closing {
  private readonly plan: Pick<Plan, 'consumers'>;
  private readonly closed = new Set<Node>();
  private readonly acts = new Map<Node, (() => void)[]>();

  constructor(plan: Pick<Plan, 'consumers'>) {
    this.plan = plan;
  }

  /** The step of a node wants no more. It may say so any number of times. */
  close(node: Node): void {
    if (this.closed.has(node)) return;
    this.closed.add(node);
    for (const act of this.acts.get(node) ?? []) act();
    for (const input of inputsOf(node)) {
      if (input.kind !== 'sink' && this.plan.consumers.get(input)!.every((other) => this.closed.has(other))) {
        this.close(input);
      }
    }
  }

  isClosed(node: Node): boolean {
    return this.closed.has(node);
  }

  /** Has something done when a node is closed; at once where it is. */
  whenClosed(node: Node, act: () => void): void {
    if (this.closed.has(node)) act();
    else this.acts.set(node, [...(this.acts.get(node) ?? []), act]);
  }
}
