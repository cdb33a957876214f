import { formatDuration } from '../../../base/duration.ts';
import type { Place } from '../../../base/problem.ts';
import { within } from '../../../base/type.ts';
import type { WindowSpec } from '../../../flow/define/window-spec.ts';
import type { Argument, Call } from '../../tree/tree.ts';
import type { Node, Rhythm, StageNode, WindowNode } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';

type Placed = { readonly node: Node; readonly note?: string } | { readonly problems: readonly PlanProblem[] };

/**
 * Puts a window where it belongs.
 *
 *     reduceByKey | window      the window goes before the aggregation: one plan for both spellings
 *     countByValue | top(3) | window      before the whole run of aggregations
 *     map | window      gives out the window's records
 *
 * @param interval the batch interval, ms.
 */
export function placeWindow(call: Call, spec: WindowSpec, input: Node, interval: number): Placed {
  if (isAggregation(input)) return placeBefore(call, spec, input, interval);
  const problems = spec.kind === 'batches' ? checkFit(call, spec, input.rhythm, interval) : [];
  if (problems.length > 0) return { problems };
  const node: WindowNode = {
    kind: 'window',
    call,
    spec: withSlide(spec, input.rhythm),
    input,
    type: spec.kind === 'event' ? within(input.type) : input.type,
    rhythm: rhythmOf(spec, input.rhythm, interval),
  };
  const far = spec.kind === 'event' ? undefined : aggregationBefore(input);
  if (far === undefined) return { node };
  return {
    node,
    note: `\`${call.name}\` stands behind \`${input.call.name}\`, so it gives the records of the window; put it directly behind \`${far.call.name}\` to aggregate over it`,
  };
}

/**
 * The problem of a window by event time directly behind an aggregation, which is looked for before its arguments: what is wrong with
 * `on:` behind an aggregation follows from its place.
 */
export function checkEventTimePlace(call: Call, input: Node): PlanProblem | undefined {
  if (!isAggregation(input) || !call.arguments.some(({ name }) => name === 'on')) return undefined;
  return planProblem('event-time-behind', call.place, {
    message: `a window by event time stands before the aggregation, found it behind \`${input.call.name}\``,
    label: `the records that had a time are gone behind \`${input.call.name}\``,
    help: `put it in front: \`${call.name}(…) | ${input.call.name}\``,
  });
}

/** A window directly before an aggregation becomes the aggregation's own. */
export function sinkWindow(node: StageNode): StageNode {
  const { input } = node;
  if (input.kind !== 'window') return node;
  const { spec, call, name } = input;
  const named = name === undefined ? {} : { name };
  return { ...node, ...named, input: input.input, window: { spec, call }, rhythm: input.rhythm };
}

function isAggregation(node: Node): node is StageNode {
  if (node.kind !== 'stage' || node.closed) return false;
  if (node.finishes) return true;
  return node.definition.behaviour.kind === 'group' && node.definition.ofEachBatch !== true;
}

function placeBefore(call: Call, spec: WindowSpec, input: StageNode, interval: number): Placed {
  const run: StageNode[] = [input];
  while (run[0]!.window === undefined && isAggregation(run[0]!.input)) run.unshift(run[0]!.input);
  const [first, ...others] = run;
  const before = first!.window === undefined ? first!.input : withoutWindow(first!);
  const problems = spec.kind === 'batches' ? checkFit(call, spec, before.rhythm, interval) : [];
  if (problems.length > 0) return { problems };
  const rhythm = rhythmOf(spec, before.rhythm, interval);
  let node: StageNode = { ...first!, input: before, window: { spec: withSlide(spec, before.rhythm), call }, rhythm };
  for (const stage of others) node = { ...stage, input: node, rhythm };
  return { node };
}

/** A window of a window: the inner one gives out its records, which the outer one aggregates. */
function withoutWindow(node: StageNode): WindowNode {
  const { spec, call } = node.window!;
  return { kind: 'window', call, spec, input: node.input, type: node.input.type, rhythm: node.rhythm };
}

function aggregationBefore(node: Node): StageNode | undefined {
  if (node.kind !== 'stage') return undefined;
  return isAggregation(node) ? node : aggregationBefore((node as StageNode).input);
}

/** A window of windows slides as they do, also at a tick at which they had no records and gave nothing. */
function withSlide(spec: WindowSpec, before: Rhythm): WindowSpec {
  if (spec.kind !== 'batches' || spec.slide !== undefined || before.kind !== 'slides') return spec;
  return { ...spec, slide: before.slide };
}

function rhythmOf(spec: WindowSpec, before: Rhythm, interval: number): Rhythm {
  if (spec.kind === 'event') return { kind: 'event', length: spec.length, slide: spec.slide };
  if (spec.kind === 'running' || spec.slide === undefined) return before;
  // A window that slides by one batch comes out with each batch, however that is said.
  return spec.slide === interval ? { kind: 'batches' } : { kind: 'slides', slide: spec.slide };
}

/** Length and slide must be multiples of what they are made of: batches, or the slides of the window before. */
function checkFit(
  call: Call,
  { length, slide }: Extract<WindowSpec, { kind: 'batches' }>,
  before: Rhythm,
  interval: number,
): readonly PlanProblem[] {
  if (before.kind === 'event') {
    return [
      planProblem('window-of-event-time', call.place, {
        message: `\`${call.name}\` over windows by event time needs \`on:\` as well`,
        label: 'a window by arrival time',
        help: 'use one longer window by event time instead',
      }),
    ];
  }
  const unit = before.kind === 'slides' ? before.slide : interval;
  const of = before.kind === 'slides' ? 'the slide of the window before' : 'the batch interval';
  const named = [
    ['length', length],
    ['slide', slide],
  ] as const;
  return named.flatMap(([name, value], position) => {
    if (value === undefined || value % unit === 0) return [];
    const fitting = Math.max(unit, Math.round(value / unit) * unit);
    const problem = planProblem('window-does-not-fit', argumentPlace(call, name, position), {
      message: `the ${name} of the window, \`${formatDuration(value)}\`, is not a multiple of ${of}, ${formatDuration(unit)}`,
      label: `not a multiple of ${formatDuration(unit)}`,
      help: `${inSeconds(call, name, position)}the nearest that fits is \`${formatDuration(fitting)}\`${before.kind === 'batches' ? '; or choose another interval with `--batch`' : ''}`,
    });
    return [problem];
  });
}

/** What is said of a number without a unit, which is of ms and seldom meant so. */
function inSeconds(call: Call, name: string, position: number): string {
  const value = argumentAt(call, name, position)?.value;
  const isPlain = value?.kind === 'literal' && value.unit === undefined;
  return isPlain ? `a number alone is of milliseconds, \`${value.text}s\` are seconds; ` : '';
}

function argumentPlace(call: Call, name: string, position: number): Place {
  return argumentAt(call, name, position)?.value.place ?? call.place;
}

function argumentAt(call: Call, name: string, position: number): Argument | undefined {
  const named = call.arguments.find((argument) => argument.name === name);
  return named ?? call.arguments.filter((other) => other.name === undefined)[position];
}
