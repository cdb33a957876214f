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
  /** Of the aggregations that give something of no records as well: those that have taken one. */
  private readonly taken = new Set<Node>();
  private readonly badCount: () => number;

  /** @param badCount how many records were bad so far. */
  constructor(plan: Plan, badCount: () => number) {
    this.plan = plan;
    this.badCount = badCount;
  }

  /** The steps of a node, which it changes. */
  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    return create(down).map((step) => this.mark(node, step));
  }

  private mark(node: Node, step: Step): Step {
    if (givesOfNothing(node)) this.markTaken(node, step);
    const push = step.push;
    step.push = (record) => {
      this.reached.add(node);
      step.push = push;
      step.push(record);
    };
    const faster = step.faster?.bind(step);
    if (faster === undefined) return step;
    const mayRefuse = givesOfNothing(node);
    step.faster = (offer) =>
      watchedTake(offer, faster(offer), {
        // Only rows may be refused.
        ...(mayRefuse && offer.form === 'rows' ? { took: (records) => this.took(node, records) } : {}),
        given: (given) => {
          if (this.reached.has(node) || !hasRecords(given)) return;
          this.reached.add(node);
          if (given.form !== 'rows') this.taken.add(node);
        },
      });
    return step;
  }

  private took(node: Node, records: number): void {
    if (records > 0) this.taken.add(node);
  }

  /** The watch ends with the first record that is not bad. */
  private markTaken(node: Node, step: Step): void {
    const push = step.push;
    step.push = (record) => {
      const before = this.badCount();
      push.call(step, record);
      if (this.badCount() > before) return;
      this.taken.add(node);
      step.push = push;
    };
  }

  /** Which nodes of a part of the plan records have come to, by their places in it: plain data, for {@link absorb}. */
  snapshot(part: Plan): ReachOfPart {
    const placesOf = (nodes: ReadonlySet<Node>) => part.nodes.flatMap((node, i) => (nodes.has(node) ? [i] : []));
    return { reached: placesOf(this.reached), taken: placesOf(this.taken) };
  }

  /** Records have come as far as a thread says that has worked on the same part of the plan. */
  absorb(part: Plan, { reached, taken }: ReachOfPart): void {
    const { nodes } = part;
    for (const place of reached) this.reached.add(nodes[place]!);
    for (const place of taken) this.taken.add(nodes[place]!);
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
    if (node.kind === 'source') return true;
    if (!this.reached.has(node) || (givesOfNothing(node) && !this.taken.has(node))) return false;
    return inputsOf(node).some((input) => this.isFed(input));
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

/** How far records have come in a part of a plan, by the places of its nodes. */
export interface ReachOfPart {
  readonly reached: readonly number[];
  readonly taken: readonly number[];
}

/** Whether what comes out of a node may be of no records at all (`aggregate`, `count`). */
function givesOfNothing(node: Node): boolean {
  if (node.kind !== 'stage') return false;
  const { behaviour } = node.definition;
  return behaviour.kind === 'group' && behaviour.create(node.arguments).emitsEmpty === true;
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
