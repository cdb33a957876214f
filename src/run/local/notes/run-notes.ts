/** What a run says of itself, at its start and its end, where it may be not what was meant. */
import { type Plan, windowSpecOf } from '../../../query/plan/plan.ts';
import type { PipeManner } from '../options/filter-or-stream.ts';

/** A window by time of arrival holds all of an input that is one batch. */
export function noteOnWholeWindows(plan: Plan): string | undefined {
  const isByArrival = plan.nodes.some((node) => windowSpecOf(node)?.kind === 'batches');
  if (!isByArrival) return undefined;
  return 'all input is one batch, so a window by time of arrival holds the whole of it; window(…, on: …) goes by the times in the records';
}

/**
 * A pipe was a stream since somebody looks on, not since it was asked for, and gave several results.
 *
 * @param batches how many had records.
 */
export function noteOnSeveralBatches(plan: Plan, pipe: PipeManner | undefined, batches: number): string | undefined {
  if (pipe?.manner !== 'stream' || pipe.isAsked || batches < 2) return undefined;
  const aggregates = plan.nodes.some(
    (node) => node.kind === 'stage' && node.definition.behaviour.kind === 'group' && node.window === undefined,
  );
  if (!aggregates) return undefined;
  return `the input came in ${batches} batches, each with a result of its own: --once makes it one, running adds them up`;
}

/** Records were read, and nothing came out, which may be what was asked for or not. @param blocker the stage that gave none. */
export function noteOnNothing(records: number, blocker: string): string {
  const read = records === 1 ? '1 record was read' : `${records.toLocaleString('en-US')} records were read`;
  return `${read}, and nothing came out of \`${blocker}\` (--stats counts what goes through each stage)`;
}
