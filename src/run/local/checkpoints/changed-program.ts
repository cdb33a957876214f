import { formatDuration } from '../../../base/duration.ts';
import { RunFailure } from '../../../base/problem.ts';
import { formatSize } from '../../../base/size.ts';
import { type Node, type Plan, writtenOf } from '../../../query/plan/plan.ts';
import type { Found } from '../../durable/found.ts';
import { namesOf } from '../../durable/plan-names.ts';
import { sizesOf } from '../../durable/sizes.ts';
import type { Store } from '../../durable/store.ts';
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
  const { nodes, sources } = namesOf(plan);
  const own = new Map([
    ...sources.map((name, i) => [name, writtenOf(plan.sources[i]!)] as const),
    ...places
      .filter((place) => frozen.isInside || !isOfBatch(plan.nodes[place]!))
      .map((place) => [nodes[place]!, writtenOf(plan.nodes[place]!)] as const),
  ]);
  const remembering = base.nodes.flatMap((name, i) => {
    const { words, isOfBatch: isForgotten } = base.words.nodes[i]!;
    return frozen.isInside || !isForgotten ? [{ name, words, i }] : [];
  });
  const names = [...base.sources, ...remembering.map(({ name }) => name)];
  if (names.length === own.size && names.every((name) => own.has(name))) return undefined;
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
  const parts = [
    ['kept', compared.kept],
    ['new', compared.fresh],
    ['dropped', compared.dropped],
  ] as const;
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
