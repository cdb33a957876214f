import { formatDuration } from '../../../base/duration.ts';
import { UNKNOWN } from '../../../base/type.ts';
import type { AnalyticCall, Column } from '../../../flow/define/parameters.ts';
import { analyticsOf } from '../../../flow/groups/worked-out.ts';
import type { Plan, StageNode } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** An aggregation, with the stage behind it that finishes what it gives, if there is one. */
export function withFinish(node: StageNode): StageNode {
  const behind = node.definition.behind?.(node.arguments);
  if (behind === undefined) return node;
  const { call, type, rhythm } = node;
  return {
    kind: 'stage',
    call: { ...call, name: behind.name, arguments: [], bracketed: false },
    // Windows by event time come out the same whenever their records arrive.
    definition: rhythm.kind === 'event' ? { ...behind, byClock: () => false } : behind,
    arguments: {},
    type,
    rhythm,
    input: { ...node, type: UNKNOWN },
    finishes: true,
  };
}

/**
 * What is wrong with words that look at earlier results, which is known when windows are in place.
 *
 * @param interval the batch interval, ms.
 */
export function checkAnalytics({ nodes }: Plan, interval: number): readonly PlanProblem[] {
  return nodes.flatMap((node) => {
    if (node.kind !== 'stage' || node.finishes !== true) return [];
    const group = node.input as StageNode;
    const { columns } = group.arguments as { readonly columns: readonly Column[] };
    const past = analyticsOf(columns).filter(({ among }) => among === 'past');
    return past.flatMap((analytic) => placeProblem(analytic, group) ?? fitProblem(analytic, group, interval) ?? []);
  });
}

function placeProblem({ word }: AnalyticCall, { call, window }: StageNode): PlanProblem | undefined {
  if (window?.spec.kind !== 'event' || window.spec.emit !== 'update') return undefined;
  return planProblem('analytic-place', call.place, {
    message: `\`${word.name}\` looks at results before, and these windows come out more than once`,
    label: `over \`${window.call.name}(…, emit: "update")\``,
    help: 'leave `emit` out, so that each window comes out once, when it is over',
  });
}

function fitProblem(
  { word, back }: AnalyticCall,
  { call, rhythm }: StageNode,
  interval: number,
): PlanProblem | undefined {
  const unit = rhythm.kind === 'batches' ? interval : rhythm.slide;
  if (back === undefined || back % unit === 0) return undefined;
  const of = rhythm.kind === 'batches' ? 'the batch interval' : 'the slide of the window';
  const fitting = Math.max(unit, Math.round(back / unit) * unit);
  return planProblem('window-does-not-fit', call.place, {
    message: `the time that \`${word.name}\` looks back, \`${formatDuration(back)}\`, is not a multiple of ${of}, ${formatDuration(unit)}`,
    label: `not a multiple of ${formatDuration(unit)}`,
    help: `the nearest that fits is \`${formatDuration(fitting)}\``,
  });
}
