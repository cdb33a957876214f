import type { RunContext, SinkContext } from '../../../flow/define/context.ts';
import type { PartWriter } from '../../../flow/define/sink.ts';
import type { Span } from '../../../flow/define/span.ts';
import { hostFileSystem } from '../../../flow/output/host-file-system.ts';
import { hostNetwork } from '../../../flow/output/host-network.ts';
import { type Node, type Plan, planOf, type SinkNode } from '../../../query/plan/plan.ts';
import type { Compiling } from './compile-task.ts';
import type { Front } from './parted-plan.ts';

/** Where a task writes what comes of it as a part of a batch of a sink. Plain data. */
export interface PartSaved {
  /** The number of the part. */
  readonly number: number;
  readonly stateMax: number;
}

/** A sink that takes parts of a batch, and the plan up to it. */
interface SavedBehind {
  readonly sink: SinkNode;
  readonly plan: Plan;
}

/**
 * The sink that tasks write to themselves, if there is one: it takes parts, and stands directly behind a front, or, for `groups`, behind stages that see one record at a time of what
 * an aggregation by key gives of a whole batch.
 */
export function savedBehind(
  plan: Plan,
  { source, last, group }: Front,
  of: 'groups' | 'records',
): SavedBehind | undefined {
  if (of === 'groups' && !(group !== undefined && isGivenByKey(group))) return undefined;
  for (let node: Node = of === 'groups' ? group! : last; ; ) {
    const consumers: readonly Node[] = plan.consumers.get(node)!;
    const [next] = consumers;
    if (consumers.length !== 1 || next === undefined) return undefined;
    if (next.kind === 'sink') {
      // What stands behind a sink has the same records, which are not here.
      const isLast = plan.consumers.get(next)!.length === 0;
      if (!isLast || next.definition.parts?.wanted(next.arguments) !== true) return undefined;
      return { sink: next, plan: planOf({ ...plan, sources: [source], outputs: [next], notes: [] }) };
    }
    if (of === 'records' || next.kind !== 'stage' || next.window !== undefined) return undefined;
    const { behaviour, awaits } = next.definition;
    if (behaviour.kind !== 'record' || awaits?.(next.arguments) === true) return undefined;
    node = next;
  }
}

/** Whether what each group gives does not depend on the others, or on how long the batch was. */
function isGivenByKey({ window, definition: { behaviour }, arguments: args }: NonNullable<Front['group']>): boolean {
  if (window !== undefined || behaviour.kind !== 'group') return false;
  const { key, aggregate } = behaviour.create(args);
  return key !== undefined && aggregate.usesSpan !== true;
}

/** The span of a batch, as it is known before it is over. */
export function spanOf({ batchEnd, interval }: Compiling): Span {
  return { time: batchEnd, start: batchEnd - interval, end: batchEnd, partial: false };
}

/** Begins a part. */
export function openPart(
  { definition, arguments: args, input }: SinkNode,
  run: RunContext,
  number: number,
): PartWriter {
  const nowhere = { write() {}, isWriting: false, blocked: () => undefined, flush: async () => {} };
  const context: SinkContext = {
    ...run,
    files: hostFileSystem,
    network: hostNetwork,
    stdout: nowhere,
    format: 'text',
    color: false,
    width: () => undefined,
    output: undefined,
    type: input.type,
  };
  return definition.parts!.write(args, context, number);
}
