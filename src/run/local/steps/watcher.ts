import type { Step } from '../../../flow/define/step.ts';
import type { Node, SourceNode } from '../../../query/plan/plan.ts';

/**
 * Looks at the steps of a plan while they are put together, and may stand in for them. Of several, each sees what the next ones in the
 * list have made of the steps, so that the last one sees the steps themselves.
 *
 *     [meter, reach]        meter ─▶ reach ─▶ the node's own ─▶ … ─▶ what stands behind it
 */
export interface Watcher {
  /**
   * The steps of a node, one an input. Called once a node, those behind it before it.
   *
   * @param create makes them, given what stands behind. Called once at most, but where the steps are made anew to take the places of those before;
   *   where it is not called, the node has no steps of its own.
   */
  around(node: Exclude<Node, SourceNode>, down: Step, create: (down: Step) => readonly Step[]): readonly Step[];
  /** The step that takes the records of a source, once all others are put together. */
  behind?(source: SourceNode, down: Step): Step;
}
