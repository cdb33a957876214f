import { formatSize } from '../../../base/size.ts';
import { isByRecord, type Node, type Plan, windowSpecOf } from '../../../query/plan/plan.ts';
import type { LocalOptions } from '../options/local-options.ts';

/** So long, ms, nobody wonders where the result is. */
const PATIENCE = 2000;

/** Of windows and sessions by event time: whether they come out when event time has passed them, since `late:` says how far it has come. */
function isLetOut(node: Node): boolean | undefined {
  const window = windowSpecOf(node);
  if (window !== undefined) return window.kind === 'event' ? window.late !== undefined : undefined;
  if (node.kind !== 'stage' || node.definition.group !== 'window') return undefined;
  const { on, late } = node.arguments;
  return on === undefined ? undefined : late !== undefined;
}

/** Whether records go through a node as they come, with nothing to wait for. */
function flows(node: Node): boolean {
  const isOut = isLetOut(node);
  if (isOut !== undefined) return isOut;
  if (node.kind === 'streams' || node.kind === 'window') return false;
  if (node.kind !== 'stage') return true;
  return node.definition.keepsOrigin === true || isByRecord(node.definition);
}

/** Whether something that is read can come out at the end of the input only. */
function waits(plan: Plan): boolean {
  return !plan.nodes.every(flows);
}

/** What a filter is asked when people may begin to wonder. */
interface Filtering {
  readonly plan: Plan;
  /** How much was read so far. */
  state(): { readonly records: number; readonly bytes: number };
  /** Whether a sink holds something until the batch is over. */
  readonly sinks: { readonly isHolding: boolean };
  readonly options: Pick<LocalOptions, 'stdin' | 'pipe' | 'clock'>;
  readonly reports: { note(message: string): void };
}

/**
 * Tells, after a while, that a pipe gives its result when it ends, though nobody has asked for that, and how to see one each second; once,
 * and only where something waits.
 *
 * @returns how to call it off.
 */
export function noteOnFilter(filtering: Filtering): () => void {
  const { stdin, pipe, clock } = filtering.options;
  if (stdin !== 'filter' || pipe?.isAsked !== false) return () => {};
  return clock.at(clock.now() + PATIENCE, () => {
    if (!waits(filtering.plan) && !filtering.sinks.isHolding) return;
    const { records, bytes } = filtering.state();
    const read =
      records === 0
        ? 'nothing was read so far'
        : `${records === 1 ? '1 record' : `${records.toLocaleString('en-US')} records`} (${formatSize(bytes)}) read so far`;
    const isByEventTime = filtering.plan.nodes.some((node) => isLetOut(node) === false);
    const ways = isByEventTime
      ? 'late: lets each window out when it is over, and so does `stdin | …` or --batch 1s'
      : '`stdin | …` or --batch 1s gives one each second';
    filtering.reports.note(`${read}; the result comes when the input ends (${ways})`);
  });
}
