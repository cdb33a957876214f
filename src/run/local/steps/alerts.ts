import type { AlarmsOn } from '../../../flow/define/alarm.ts';
import type { StageNode } from '../../../query/plan/plan.ts';

/** A stage whose alerts are on. */
export interface AlertsOf extends AlarmsOn {
  readonly node: StageNode;
}

/** Which alerts are on, by the stages that raise them. */
export class Alerts {
  private readonly stages: (readonly [node: StageNode, ask: () => AlarmsOn])[] = [];

  /** @param ask which of its alerts are on. */
  raisedBy(node: StageNode, ask: () => AlarmsOn): void {
    this.stages.unshift([node, ask]);
  }

  /** Those that are on now, in the order of the program. */
  get on(): readonly AlertsOf[] {
    return this.stages.map(([node, ask]) => ({ node, ...ask() })).filter(({ count }) => count > 0);
  }
}
