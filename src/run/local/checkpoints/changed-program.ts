import { isDeepStrictEqual } from 'node:util';
import { formatDuration } from '../../../base/duration.ts';
import { RunFailure } from '../../../base/problem.ts';
import { formatSize } from '../../../base/size.ts';
import { formatMoment } from '../../../flow/formats/times.ts';
import { type Node, type Plan, writtenOf } from '../../../query/plan/plan.ts';
import type { Found } from '../../durable/found.ts';
import { namesOf } from '../../durable/plan-names.ts';
import { refitsOf } from '../../durable/refits.ts';
import { sizesOf } from '../../durable/sizes.ts';
import type { Store } from '../../durable/store.ts';
import type { CheckpointSettings } from '../options/checkpoint-settings.ts';
import type { Timing } from '../options/timing.ts';
import { buildSteps } from '../steps/build-steps.ts';
import { noRun } from '../steps/run-context.ts';
import { StepMemory } from '../steps/step-memory.ts';

/** What became of what was kept, in the words of the program. */
interface Comparison {
  readonly kept: readonly string[];
  readonly fresh: readonly string[];
  readonly dropped: readonly string[];
}

/** Holds a program to the one that a directory was kept for: sources, and stages that remember more than the batch under way. Undefined where all is the same. */
function compareProgram(plan: Plan, { base, frozen, steps }: Found, places: readonly number[]): Comparison | undefined {
  const planNames = namesOf(plan);
  const { nodes, sources } = planNames;
  // What goes on with other aggregates is the same.
  const names = new Map([...refitsOf(planNames, base)].map(([name, { before }]) => [before, name]));
  const nameNow = (name: string) => names.get(name) ?? name;
  const own = new Map([
    ...sources.map((name, i) => [name, writtenOf(plan.sources[i]!)] as const),
    ...places
      .filter((place) => frozen.isInside || !isOfBatch(plan.nodes[place]!))
      .map((place) => [nodes[place]!, writtenOf(plan.nodes[place]!)] as const),
  ]);
  const remembering = base.nodes.flatMap((name, i) => {
    const { words, isOfBatch: isForgotten } = base.words.nodes[i]!;
    return frozen.isInside || !isForgotten ? [{ name: nameNow(name), words, i }] : [];
  });
  const all = [...base.sources, ...remembering.map(({ name }) => name)];
  if (all.length === own.size && all.every((name) => own.has(name))) return undefined;
  // All that was kept is read for them.
  const sizes = sizesOf(steps);
  const before = new Map([
    ...base.sources.map((name, i) => [name, base.words.sources[i]!] as const),
    ...remembering.map(({ name, words, i }) => [name, `${words} (${formatSize(sizes[i] ?? 0)})`] as const),
  ]);
  return {
    kept: [...before].flatMap(([name, words]) => (own.has(name) ? [words] : [])),
    fresh: [...own].flatMap(([name, words]) => (before.has(name) ? [] : [words])),
    dropped: [...before].flatMap(([name, words]) => (own.has(name) ? [] : [words])),
  };
}

/**
 * What is kept of another program, what is new and what is dropped: `kept: …; new: …`; undefined where all is kept.
 *
 * @param places of the nodes that remember something.
 */
export function changesOf(plan: Plan, found: Found, places: readonly number[]): string | undefined {
  const compared = compareProgram(plan, found, places);
  if (compared === undefined) return undefined;
  const { kept, fresh, dropped } = compared;
  return listed([
    ['kept', kept],
    ['new', fresh],
    ['dropped', dropped],
  ]);
}

/** What is said of each stage that goes on with other aggregates: which are new since when, and which are dropped. Those of a batch are begun in each. */
export function aggregateChanges(plan: Plan, { base, frozen }: Found, places: readonly number[], now: number) {
  const names = namesOf(plan);
  const refits = refitsOf(names, base);
  const since = `new since batch ${frozen.batch.toLocaleString('en-US')} (${formatMoment(frozen.written, now)})`;
  return places.flatMap((place) => {
    const node = plan.nodes[place]!;
    const refit = frozen.isInside || !isOfBatch(node) ? refits.get(names.nodes[place]!) : undefined;
    if (refit === undefined || refit.fresh.length + refit.dropped.length === 0) return [];
    return [
      `${writtenOf(node)} has other aggregates; ${listed([
        ['kept', refit.kept],
        [since, refit.fresh],
        ['dropped', refit.dropped],
      ])}`,
    ];
  });
}

/** `kept: a, b; new: c`; what is of nothing is left out. */
function listed(parts: readonly (readonly [what: string, words: readonly string[]])[]): string {
  return parts.flatMap(([what, words]) => (words.length === 0 ? [] : [`${what}: ${words.join(', ')}`])).join('; ');
}

/**
 * Why a program cannot go on with what was kept for another; undefined where it can.
 *
 * @param mayChange what the program has not in common with that one is begun anew, or dropped.
 * @throws RunFailure where a stage cannot start.
 */
export function refuseChange(
  plan: Plan,
  { directory, found }: Pick<Store, 'directory' | 'found'>,
  interval: number,
  mayChange: boolean,
): RunFailure | undefined {
  if (found === undefined) return undefined;
  if (found.base.interval !== interval) {
    const message = `${directory} was kept with batches of ${formatDuration(found.base.interval)}, and these are ${formatDuration(interval)}`;
    return new RunFailure('checkpoint-interval', 2, message, `give --batch ${formatDuration(found.base.interval)}`);
  }
  const changes = mayChange ? undefined : changesOf(plan, found, rememberingPlaces(plan));
  if (changes === undefined) return undefined;
  return new RunFailure(
    'checkpoint-changed',
    2,
    `the program is not the one that ${directory} was kept for; ${changes}`,
    'give --changed new to begin what is new without a past and drop the rest, or give the program another directory',
  );
}

/** Whether a program goes on with all that was kept, and nothing else. @param places of its nodes that remember something. */
export function isSameProgram(plan: Plan, { base }: Pick<Found, 'base'>, places: readonly number[]): boolean {
  const { sources, nodes } = namesOf(plan);
  return isDeepStrictEqual([base.sources, base.nodes], [sources, places.map((place) => nodes[place]!)]);
}

/** Whether batches that came out behind what was kept are cut anew, so that one of the same number may have other records. */
export function cutsAnew(
  plan: Plan,
  { store: { found }, program }: Pick<CheckpointSettings, 'store' | 'program'>,
  mode: Timing['mode'],
): boolean {
  if (found === undefined || found.base.program === program) return false;
  if (!isDeepStrictEqual(found.base.sources, namesOf(plan).sources)) return true;
  return mode === 'live' && !isSameProgram(plan, found, rememberingPlaces(plan));
}

/** Whether a stage keeps nothing from one batch to the next. */
export function isOfBatch(node: Node): boolean {
  if (node.kind !== 'stage' || node.window !== undefined) return false;
  return node.definition.behaviour.kind === 'group' || node.definition.group === 'batch';
}

/** Which nodes have steps that remember something, found out with steps of which nothing comes. */
function rememberingPlaces(plan: Plan): readonly number[] {
  const memory = new StepMemory(plan);
  const openSink = () => ({ push() {}, close() {}, blocked: () => undefined, finish: () => Promise.resolve() });
  buildSteps(plan, { run: noRun(), format: 'text', watchers: [memory], openSink });
  return memory.places;
}
