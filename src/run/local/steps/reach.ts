import { type Given, watchedTake } from '../../../flow/define/faster.ts';
import type { Step } from '../../../flow/define/step.ts';
import { inputsOf, type Node, type Plan } from '../../../query/plan/plan.ts';
import { printExpression } from '../../../query/text/printer.ts';
import type { Watcher } from './watcher.ts';

/**
 * Knows how far records have come, to say where they were lost when nothing comes out. The first record that a step is given takes the
 * watch away again, so that it costs nothing.
 */
export class Reach implements Watcher {
  private readonly plan: Plan;
  private readonly reached = new Set<Node>();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** The steps of a node, which it changes. */
  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    return create(down).map((step) => this.mark(node, step));
  }

  private mark(node: Node, step: Step): Step {
    const push = step.push;
    step.push = (record) => {
      this.reached.add(node);
      step.push = push;
      step.push(record);
    };
    const faster = step.faster?.bind(step);
    if (faster === undefined) return step;
    step.faster = (offer) =>
      watchedTake(offer, faster(offer), {
        given: (given) => {
          if (!this.reached.has(node) && hasRecords(given)) this.reached.add(node);
        },
      });
    return step;
  }

  /** Which nodes of a part of the plan records have come to, by their places in it: plain data, for {@link absorb}. */
  snapshot(part: Plan): readonly number[] {
    return part.nodes.flatMap((node, i) => (this.reached.has(node) ? [i] : []));
  }

  /** Records have come as far as a thread says that has worked on the same part of the plan. */
  absorb(part: Plan, places: readonly number[]): void {
    const { nodes } = part;
    for (const place of places) this.reached.add(nodes[place]!);
  }

  /** Whether records came in, and none of them came as far as an end of the program: what counts nothing at a tick is no record. */
  get isAllLost(): boolean {
    return !this.plan.nodes.some((node) => node.kind === 'sink' && this.isFed(node));
  }

  /**
   * Whether only being bad can have lost all that was read, headers and blank lines aside, where none has come to an end of the program
   * and none was late: no stage on the way leaves records out for another reason.
   */
  get isLostAsBad(): boolean {
    const fed = this.plan.nodes.filter((node) => this.isFed(node));
    const passed = new Set(fed.flatMap((node) => inputsOf(node)));
    return fed.every((node) => node.kind === 'source' || leavesOutOnlyBad(node, passed.has(node)));
  }

  /** Whether a record has come to a node all the way from a source. */
  private isFed(node: Node): boolean {
    return node.kind === 'source' || (this.reached.has(node) && inputsOf(node).some((input) => this.isFed(input)));
  }

  /** The first stage that was given records and gave out none, as it is written; undefined where records came to an end of the program. */
  blocker(): string | undefined {
    const { nodes } = this.plan;
    if (nodes.some((node) => node.kind === 'sink' && this.reached.has(node))) return undefined;
    const passedBy = new Set(nodes.filter((node) => this.reached.has(node)).flatMap((node) => inputsOf(node)));
    const blocking = nodes.find((node) => this.reached.has(node) && !passedBy.has(node));
    return blocking === undefined ? undefined : printExpression(blocking.call);
  }
}

/** Whether a step was given any records at once: in each line is a text at least, but for words. */
function hasRecords(given: Given): boolean {
  if (given.form !== 'texts') return given.count > 0;
  const { lines, cut } = given;
  return lines.length > 0 && (cut.kind !== 'words' || /\S/.test(lines.toString()));
}

/** @param gaveSome whether something came out of it: what amounts to many records is no record. */
function leavesOutOnlyBad(node: Node, gaveSome: boolean): boolean {
  if (node.kind === 'window') return !gaveSome && node.spec.kind === 'event';
  if (node.kind !== 'stage') return false;
  const { group, givesEach, behaviour, keeps } = node.definition;
  if (group === 'parser' || givesEach === true) return true;
  return !gaveSome && behaviour.kind === 'group' && keeps !== true;
}
