import type { Clock } from '../../../base/clock.ts';
import { BadRecord } from '../../../base/problem.ts';
import { isTime } from '../../../base/type.ts';
import type { Value } from '../../../base/value.ts';
import type { Origin, OriginChunk } from '../../../flow/define/chunk.ts';
import type { Compiled } from '../../../flow/define/compiled.ts';
import type { RunContext } from '../../../flow/define/context.ts';
import type { Step } from '../../../flow/define/step.ts';
import type { WindowSpec } from '../../../flow/define/window-spec.ts';
import { Stamps } from '../../../flow/windows/stamps.ts';
import type { Node, Plan, SourceNode, StageNode, StreamsNode } from '../../../query/plan/plan.ts';
import { Reader } from '../reading/reader.ts';
import { stageStep } from '../steps/build-steps.ts';
import { quietRun } from '../steps/run-context.ts';
import type { RunCursor } from '../steps/run-cursor.ts';

/**
 * Tells when a record of a source happened, before it is given to the run: a copy of the stages between the source and the first
 * `on:` behind it, which drops what it is given and only keeps the time.
 */
export interface StampProbe {
  /** The highest event time of a chunk's records, ms; undefined where none of them has one. */
  stampOf(chunk: OriginChunk): number | undefined;
}

/**
 * The probe of a source; undefined where no `on:` can be reached from it by stages that see one record at a time, or by `union`.
 *
 * @param run only its clock and limits are used: what is bad or noted is told when the record is given to the run itself.
 * @param wall tells of what year stamps are that say none, since the clock of the run follows them.
 */
export function createStampProbe(
  plan: Plan,
  source: SourceNode,
  run: RunContext,
  cursor: RunCursor,
  wall: Clock,
): StampProbe | undefined {
  const path = pathToEventTime(plan, source);
  if (path === undefined) return undefined;
  const quiet = quietRun(run, cursor);
  let stamp: number | undefined;
  const stamps = new Stamps(path.zone, { now: () => wall.now(), note: quiet.note });
  const end: Step = {
    push(record) {
      const time = timeOf(path.on, stamps, record);
      if (time !== undefined && (stamp === undefined || time > stamp)) stamp = time;
    },
    close() {},
    advance() {},
    finish() {},
  };
  let first = end;
  for (const node of path.nodes.toReversed()) if (node.kind === 'stage') first = stageStep(node, quiet, first);
  const reader = new Reader(cursor, first, () => {}, false);
  const ahead = new WeakMap<Origin, Pick<Origin, 'lost'>>();
  return {
    stampOf(chunk) {
      stamp = undefined;
      const { origin } = chunk;
      // The lines and what is lost of them are the run's to count, which has not come as far.
      const { lines, lost } = origin;
      setLost(origin, ahead.get(origin)?.lost);
      reader.read(chunk);
      ahead.set(origin, { ...(origin.lost && { lost: origin.lost }) });
      origin.lines = lines;
      setLost(origin, lost);
      return stamp;
    },
  };
}

function setLost(origin: Origin, lost: Origin['lost']): void {
  if (lost === undefined) delete origin.lost;
  else origin.lost = lost;
}

function timeOf({ call, result }: Compiled, stamps: Stamps, record: Value): number | undefined {
  try {
    return stamps.read(call(record), isTime(result));
  } catch (error) {
    if (error instanceof BadRecord) return undefined;
    throw error;
  }
}

interface EventTimePath {
  /** What stands between the source and the stage with `on:`. */
  readonly nodes: readonly Node[];
  readonly on: Compiled;
  readonly zone: string | undefined;
}

function pathToEventTime(plan: Plan, source: SourceNode): EventTimePath | undefined {
  const visit = (node: Node, path: readonly Node[]): EventTimePath | undefined => {
    for (const next of plan.consumers.get(node)!) {
      const event = eventTimeOf(next);
      if (event !== undefined) return { nodes: path, ...event };
      const found = seesOneRecord(next) ? visit(next, [...path, next]) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(source, []);
}

function eventTimeOf(node: Node): Pick<EventTimePath, 'on' | 'zone'> | undefined {
  if (node.kind === 'window') return ofWindow(node.spec);
  if (node.kind === 'streams') return ofArguments(node);
  if (node.kind !== 'stage') return undefined;
  if (node.window !== undefined) return ofWindow(node.window.spec);
  // `on` of lookup is a key, not a time.
  const { group } = node.definition;
  return group === 'window' || group === 'state' ? ofArguments(node) : undefined;
}

function ofArguments({
  arguments: { on, zone },
}: StageNode | StreamsNode): Pick<EventTimePath, 'on' | 'zone'> | undefined {
  return on === undefined ? undefined : { on: on as Compiled, zone: zone as string | undefined };
}

function ofWindow(spec: WindowSpec): Pick<EventTimePath, 'on' | 'zone'> | undefined {
  return spec.kind === 'event' ? { on: spec.on, zone: spec.zone } : undefined;
}

/** Where records come out as they are, or one by one: the probe goes on behind it. */
function seesOneRecord(node: Node): boolean {
  if (node.kind === 'sink') return true;
  if (node.kind === 'streams') return node.definition.keepsOrigin === true;
  if (node.kind !== 'stage') return false;
  return node.definition.group === 'parser' || node.definition.behaviour.kind === 'record';
}
