import type { PrintFormat } from '../../../flow/define/context.ts';
import { LINES } from '../../../flow/define/faster.ts';
import type { Sink } from '../../../flow/define/sink.ts';
import type { Step } from '../../../flow/define/step.ts';
import { inputsOf, type Node, type Plan } from '../../../query/plan/plan.ts';
import { buildSteps } from './build-steps.ts';
import { noRun } from './run-context.ts';
import type { Watcher } from './watcher.ts';

/**
 * Finds the stages and sinks of a plan that are given texts as bytes, by putting its steps together and asking them as a run does. Nothing
 * is read or opened for it: what could do so is left out, since it takes records.
 *
 * @param format the look of what is printed.
 */
export function nodesOnBytes(plan: Plan, format: PrintFormat): ReadonlySet<Node> {
  const forms = new ByteForms();
  const steps = buildSteps(plan, { run: noRun(), openSink: () => closed, format, watchers: [forms] });
  for (const step of steps.values()) step.faster?.(LINES);
  return new Set(forms.answered);
}

/** Notes which steps answer where texts are offered as bytes. */
class ByteForms implements Watcher {
  /** In the order of their answers; some may stand in it twice. */
  readonly answered: Node[] = [];

  /** The steps of a node. @param create makes them, given what stands behind. */
  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    if (!mayTakeBytes(node)) return inputsOf(node).map(() => inert);
    return create(this.settled(down)).map((step) => this.noted(node, step));
  }

  private noted(node: Node, step: Step): Step {
    const faster: Step['faster'] = (offer) => {
      const take = step.faster?.(offer);
      // A count is given without bytes.
      if (take !== undefined && offer.form !== 'count') this.answered.push(node);
      return take;
    };
    return { ...inert, faster };
  }

  /** What stands behind one that was refused does not count. */
  private settled(step: Step): Step {
    const faster: Step['faster'] = (offer) => {
      const before = this.answered.length;
      const take = step.faster?.(offer);
      if (take === undefined) this.answered.length = before;
      return take;
    };
    return { ...inert, faster };
  }
}

function mayTakeBytes(node: Node): boolean {
  if (node.kind === 'sink') return true;
  if (node.kind !== 'stage') return false;
  const { behaviour, faster } = node.definition;
  if (behaviour.kind === 'group' || (behaviour.kind === 'step' && faster?.uses === 'read')) return true;
  return faster?.texts !== undefined || faster?.rows !== undefined || faster?.fields !== undefined;
}

const inert: Step = { push() {}, close() {}, advance() {}, finish() {} };

const closed: Sink = { push() {}, close() {}, blocked: () => undefined, finish: () => Promise.resolve() };
