import { stopwatch } from '../../../base/clock.ts';
import { keepingOrigin, type Reached, type Step } from '../../../flow/define/step.ts';
import type { Node, Plan } from '../../../query/plan/plan.ts';
import type { Watcher } from './watcher.ts';

/** What went through a stage so far. */
export interface StageCount {
  readonly node: Node;
  /** Records that came in; for two streams, in both. */
  readonly in: number;
  readonly out: number;
  /** Records that it reported as bad. */
  readonly bad: number;
  /** Records that came too late for what it does. */
  readonly late: number;
  /** Time spent in it, without what stands behind it, ms. */
  readonly ms: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Counts what goes in and out of each stage, and how long each works: `--stats`. Steps are wrapped only where it is asked for, so that it
 * costs nothing otherwise; wrapped ones take records one by one and no texts as bytes.
 *
 *     in ─▶ │ enter   step   leave │ out ─▶ │ enter   next step …
 *            └────── ms of it ────┘          its ms stand still
 */
export class StageMeter implements Watcher {
  private readonly counts = new Map<Node, Mutable<StageCount>>();
  /** The stages at work, each called by the one before. */
  private readonly active: Mutable<StageCount>[] = [];
  /** When the last one entered or left. */
  private since = 0;

  constructor(plan: Plan) {
    for (const node of plan.nodes) this.counts.set(node, { node, in: 0, out: 0, bad: 0, late: 0, ms: 0 });
  }

  /** In the order of the plan. */
  get stages(): readonly StageCount[] {
    return [...this.counts.values()];
  }

  /** A bad record was reported by the stage at work. */
  bad(): void {
    const stage = this.active.at(-1);
    if (stage !== undefined) stage.bad++;
  }

  late(): void {
    const stage = this.active.at(-1);
    if (stage !== undefined) stage.late++;
  }

  /** The steps of a node, counted. @param create makes them, given what stands behind. */
  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    const count = this.counts.get(node)!;
    return create(this.outOf(count, down)).map((step) => this.into(count, step));
  }

  /** The step behind a source, counted as what the source gives out. */
  behind(node: Node, down: Step): Step {
    return this.outOf(this.counts.get(node)!, down);
  }

  private outOf(count: Mutable<StageCount>, down: Step): Step {
    return {
      push(record) {
        count.out++;
        down.push(record);
      },
      close: (span) => down.close(span),
      advance: (through) => down.advance(through),
      passed: (reached) => down.passed?.(reached),
      finish: (end) => down.finish(end),
      ...keepingOrigin(down),
      ...(down.partition === undefined ? {} : { partition: () => down.partition?.() }),
    };
  }

  private into(count: Mutable<StageCount>, step: Step): Step {
    const timed = <A>(work: (argument: A) => void) => {
      return (argument: A): void => {
        this.enter(count);
        try {
          work(argument);
        } finally {
          this.leave();
        }
      };
    };
    const push = timed(step.push.bind(step));
    return {
      push(record) {
        count.in++;
        push(record);
      },
      close: timed(step.close.bind(step)),
      advance: timed(step.advance.bind(step)),
      passed: timed((reached: Reached) => step.passed?.(reached)),
      finish: timed(step.finish.bind(step)),
      ...keepingOrigin(step),
      ...(step.partition === undefined ? {} : { partition: () => step.partition?.() }),
    };
  }

  private enter(count: Mutable<StageCount>): void {
    this.spend();
    this.active.push(count);
  }

  private leave(): void {
    this.spend();
    this.active.pop();
  }

  /** The time since the last border belongs to the stage that was at work. */
  private spend(): void {
    const now = stopwatch();
    const stage = this.active.at(-1);
    if (stage !== undefined) stage.ms += now - this.since;
    this.since = now;
  }
}
