import type { Origin } from '../../src/flow/define/chunk.ts';
import type { Step } from '../../src/flow/define/step.ts';
import type { Node, Plan } from '../../src/query/plan/plan.ts';
import { type Cut, StepsAnew } from './steps-anew.ts';

/** The steps of a run: what comes from its sources asks first whether they are cut. */
export class Restarts extends StepsAnew {
  private readonly next: () => Cut | undefined;
  private readonly opened: Map<number, Origin>;
  private isInside = false;

  /** @param next what happens before something comes into the steps. */
  constructor(plan: Plan, next: () => Cut | undefined) {
    const opened = new Map<number, Origin>();
    super(plan, {
      of(state) {
        const origin = opened.get(state.id) ?? { ...state };
        opened.set(state.id, origin);
        return origin;
      },
    });
    this.opened = opened;
    this.next = next;
  }

  override around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    return super.around(node, down, create).map((step) => ({
      ...step,
      opened: (origin) => {
        this.opened.set(origin.id, origin);
        step.opened?.(origin);
      },
    }));
  }

  protected override enter(work: () => void): void {
    if (this.isInside) {
      work();
      return;
    }
    const cut = this.next();
    if (cut !== undefined) this.cut(cut);
    this.isInside = true;
    try {
      work();
    } finally {
      this.isInside = false;
    }
  }
}
