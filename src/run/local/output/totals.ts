import type { RunContext } from '../../../flow/define/context.ts';
import type { Sink } from '../../../flow/define/sink.ts';
import type { Span } from '../../../flow/define/span.ts';
import type { Step } from '../../../flow/define/step.ts';
import type { GroupStep } from '../../../flow/groups/group-step.ts';
import type { Total } from '../../../flow/groups/total.ts';
import { inputsOf, type Node, type Plan, type SinkNode, type StageNode } from '../../../query/plan/plan.ts';
import { stageStep } from '../steps/build-steps.ts';

/** What is printed of a stream: its first aggregation, and the stages from there to the sink. */
interface Printed {
  readonly group: StageNode;
  readonly behind: readonly StageNode[];
  readonly sink: SinkNode;
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

  /** Gives out those that were kept. @returns whether all were. */
  give(span: Span): boolean {
    for (const total of this.totals) total.give(span);
    return this.totals.every(({ isKept }) => isKept);
  }

  get isEmpty(): boolean {
    return this.totals.length === 0;
  }
}

function printedBy(sink: Node): readonly Printed[] {
  if (sink.kind !== 'sink' || sink.definition.prints !== true || sink.definition.draws === true) return [];
  const behind: StageNode[] = [];
  for (let node: Node = sink.input; node.kind === 'stage' || node.kind === 'sink'; node = node.input) {
    if (node.kind === 'sink') continue;
    const { behaviour, keeps } = node.definition;
    if (node.window !== undefined || (behaviour.kind !== 'record' && behaviour.kind !== 'group')) return [];
    if (behaviour.kind === 'group' && isOfRecords(node.input)) {
      return keeps === true ? [] : [{ group: node, behind, sink }];
    }
    behind.unshift(node);
  }
  return [];
}

/** Whether a node gives the records of the input one by one, whatever batch they are in. */
function isOfRecords(node: Node): boolean {
  if (node.kind === 'source') return true;
  if (node.kind === 'stage') {
    const { behaviour, keepsOrigin, group } = node.definition;
    const isByRecord = behaviour.kind === 'record' || (behaviour.kind === 'step' && behaviour.isByOrigin === true);
    if (!isByRecord && (keepsOrigin !== true || group === 'state')) return false;
  } else if (node.kind !== 'sink') return false;
  return inputsOf(node).every(isOfRecords);
}

function intoSink(sink: Sink): Step {
  return { push: (record) => sink.push(record), close: (span) => sink.close(span), advance() {}, finish() {} };
}
