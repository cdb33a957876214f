import type { WindowSpec } from '../../../flow/define/window-spec.ts';
import { isByRecord, type Node, windowSpecOf } from '../../../query/plan/plan.ts';

/** What the records are that come to a sink, as far as it matters for showing them. */
interface Manner {
  /** They amount to something (groups, windows, states), so that the newest take the place of those before. */
  readonly isAggregated: boolean;
  /** They are what came in, record by record, whatever batch it was in. */
  readonly isFlowing: boolean;
  /** They are of all batches from the start of the run on. */
  readonly isRunning: boolean;
}

/** @param node whose records they are. */
export function mannerOf(node: Node): Manner {
  return { isAggregated: isAggregated(node), isFlowing: isFlowing(node), isRunning: nearestWindow(node) === 'running' };
}

function isAggregated(node: Node): boolean {
  if (node.kind === 'source') return false;
  if (node.kind === 'window') return true;
  if (node.kind === 'streams') return isAggregated(node.left) || isAggregated(node.right);
  if (node.kind === 'stage' && node.definition.keeps !== true) {
    const { behaviour, group } = node.definition;
    if (node.window !== undefined || behaviour.kind === 'group' || group === 'state' || group === 'window') return true;
  }
  return (node.kind === 'stage' && node.window !== undefined) || isAggregated(node.input);
}

function isFlowing(node: Node): boolean {
  if (node.kind === 'source') return true;
  if (node.kind === 'sink') return isFlowing(node.input);
  if (node.kind !== 'stage') return false;
  const { keepsOrigin, group } = node.definition;
  return (isByRecord(node.definition) || (keepsOrigin === true && group === 'record')) && isFlowing(node.input);
}

function nearestWindow(node: Node): WindowSpec['kind'] | undefined {
  const window = windowSpecOf(node);
  if (window !== undefined) return window.kind;
  return node.kind === 'source' || node.kind === 'streams' ? undefined : nearestWindow(node.input);
}
