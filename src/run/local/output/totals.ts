import type { RunContext } from '../../../flow/define/context.ts';
import type { Sink } from '../../../flow/define/sink.ts';
import type { Span } from '../../../flow/define/span.ts';
import type { Step } from '../../../flow/define/step.ts';
import type { GroupStep } from '../../../flow/groups/group-step.ts';
import type { Total } from '../../../flow/groups/total.ts';
import {
  isByRecord,
  isOfRecords,
  type Node,
  type Plan,
  type SinkNode,
  type StageNode,
} from '../../../query/plan/plan.ts';
import type { Batches } from '../batches/batches.ts';
import type { LocalOptions } from '../options/local-options.ts';
import type { Timing } from '../options/timing.ts';
import type { Reports } from '../reports/reports.ts';
import { stageStep } from '../steps/build-steps.ts';
import type { KeptSteps } from '../steps/kept-steps.ts';
import { quietRun } from '../steps/run-context.ts';
import type { OpenSinks } from './open-sinks.ts';

/** What is printed of a stream: its first aggregation, and the stages from there to the sink. */
interface Printed {
  readonly group: StageNode;
  readonly behind: readonly StageNode[];
  readonly sink: SinkNode;
}

/** What is looked at of a run that may have them. */
interface TotalledRun {
  readonly plan: Plan;
  readonly options: Pick<LocalOptions, 'showsTotals'>;
  readonly timing: Timing;
  readonly context: RunContext;
  readonly kept: KeptSteps;
  readonly sinks: OpenSinks;
}

/**
 * Results over all batches of a run, for programs that print one for each. They are exact where the batches' partials can be merged and nothing
 * in front of the first aggregation, or behind it, goes by batches or remembers something.
 *
 *     batches    json ──▶ groupBy ──▶ top ──▶ print
 *                            │ partials
 *     all                    └─ merged ──▶ top ──▶ the same print, behind the last batch
 */
export class Totals {
  private readonly totals: Total<unknown>[] = [];

  /**
   * @param groups the steps of the aggregations of the plan.
   * @param run where the stages of the second way tell nothing.
   */
  constructor(
    plan: Plan,
    groups: ReadonlyMap<StageNode, GroupStep<unknown>>,
    sinks: ReadonlyMap<SinkNode, Sink>,
    run: RunContext,
  ) {
    for (const { group, behind, sink } of plan.nodes.flatMap(printedBy)) {
      const end = intoSink(sinks.get(sink)!);
      const down = behind.reduceRight<Step>((next, node) => stageStep(node, run, next), end);
      const total = groups.get(group)?.total(down);
      if (total !== undefined) this.totals.push(total);
    }
  }

  /** Gives them out behind the last batch, where there were several to add up. */
  conclude({ filled, lastTick, firstStart, closed }: Batches, reports: Pick<Reports, 'note'>): void {
    if (this.isEmpty || filled < 2) return;
    const span: Span = { time: lastTick, start: firstStart, end: lastTick, partial: false, batches: closed };
    for (const total of this.totals) total.give(span);
    if (this.totals.every(({ isKept }) => isKept)) return;
    reports.note(
      'the result over all batches was not kept: it would take more than --state-max, or cannot be put together',
    );
  }

  get isEmpty(): boolean {
    return this.totals.length === 0;
  }
}

/** Of a pipe that was a stream: what its batches amount to, for those who look on. Called when the steps are put together. */
export function totalsOf({ plan, options, timing, context, kept, sinks }: TotalledRun): Totals | undefined {
  const isPipe = timing.mode === 'live' && plan.sources.every(({ definition }) => definition.isDefault);
  if (!isPipe || options.showsTotals !== true) return undefined;
  return new Totals(plan, kept.groups, sinks.all, quietRun(context, context.cursor));
}

function printedBy(sink: Node): readonly Printed[] {
  if (sink.kind !== 'sink' || sink.definition.prints !== true || sink.definition.draws === true) return [];
  const behind: StageNode[] = [];
  for (let node: Node = sink.input; node.kind === 'stage' || node.kind === 'sink'; node = node.input) {
    if (node.kind === 'sink') continue;
    const { behaviour, keeps, forgets } = node.definition;
    if (node.window !== undefined) return [];
    if (!isByRecord(node.definition) && behaviour.kind !== 'group' && forgets !== true) return [];
    if (behaviour.kind === 'group' && isOfRecords(node.input)) {
      return keeps === true ? [] : [{ group: node, behind, sink }];
    }
    behind.unshift(node);
  }
  return [];
}

function intoSink(sink: Sink): Step {
  return { push: (record) => sink.push(record), close: (span) => sink.close(span), advance() {}, finish() {} };
}
