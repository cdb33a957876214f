import type { KnownOrigins, State } from '../../src/flow/define/snapshot.ts';
import type { Step } from '../../src/flow/define/step.ts';
import type { Node } from '../../src/query/plan/plan.ts';
import type { Watcher } from '../../src/run/local/steps/watcher.ts';
import { copied } from '../support/copied-state.ts';

/** The steps of a node that remember something: those of now, and what was written down of them and of those before. */
interface Remembering {
  steps: readonly Step[];
  readonly make: () => readonly Step[];
  /** A whole snapshot first, then what had changed. */
  taken: (readonly State[])[];
}

/**
 * The steps of a run that goes on: they are written down all at the same moment, and others that go on from that may take their places.
 * Nobody else may notice.
 */
export class ReplacedSteps implements Watcher {
  /** From the sinks back to the sources, so that what stands behind is replaced first. */
  private readonly nodes: Remembering[] = [];

  around(_node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    const make = () => create(down);
    const node: Remembering = { steps: make(), make, taken: [] };
    if (node.steps.every(({ snapshot }) => snapshot === undefined)) return node.steps;
    this.nodes.push(node);
    return node.steps.map((_step, i) => forwardTo(() => node.steps[i]!));
  }

  /** Writes all of them down. @param onlyChanges what has changed since the last time, if there was one. */
  write(onlyChanges: boolean): void {
    for (const node of this.nodes) {
      const isWhole = !onlyChanges || node.taken.length === 0;
      if (isWhole) node.taken = [];
      node.taken.push(node.steps.map((step) => copied(step.snapshot?.(!isWhole))));
    }
  }

  /** Puts new ones in their places that go on from what was written down last; called directly behind {@link write}. */
  replace(origins: KnownOrigins): void {
    for (const node of this.nodes) node.steps = node.make();
    for (const { steps, taken } of this.nodes) {
      for (const states of taken) for (const [i, step] of steps.entries()) step.restore?.(copied(states[i]), origins);
    }
  }
}

function forwardTo(now: () => Step): Step {
  return {
    push: (record) => now().push(record),
    close: (span) => now().close(span),
    partition: () => now().partition?.(),
    release: () => now().release?.(),
    advance: (through) => now().advance(through),
    opened: (origin) => now().opened?.(origin),
    ended: (origin) => now().ended?.(origin),
    passed: (reached) => now().passed?.(reached),
    finish: (end) => now().finish(end),
  };
}
