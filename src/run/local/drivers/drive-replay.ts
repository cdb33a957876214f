import { RunFailure } from '../../../base/problem.ts';
import { TimeQueue } from '../../../flow/windows/time-queue.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import { type Core, type Driven, sinksReady, untilEnded } from './core.ts';
import { Pace } from './pace.ts';
import { type Lane, openLanes } from './replay-lanes.ts';
import { createStampProbe, type StampProbe } from './stamp-probe.ts';
import { Turn } from './turn.ts';

/**
 * Recorded input at the pace of its event times: the clock of the run is the time of the records, so that batches and windows are those
 * of the day, at whatever speed.
 *
 *     event time    10:00:00   10:00:01        10:00:05
 *     records       a  b       c               d
 *     batches       [ a b ]    [ c ] [ ] [ ] [ ] [ d …
 *     60x                 17 ms apart
 *
 * A record without a time, or one out of order, comes with the one before it. Several sources, and several files of one, are merged by time.
 */
export async function driveReplay(core: Core): Promise<Driven> {
  const opened = core.sources.all.map((source) => openLanes(core, source, probeOf(core, source)));
  const running = opened.map(({ running }) => running);
  const lanes = (await Promise.all(opened.map((source) => source.lanes))).flat();
  await play(core, lanes);
  for (const lane of lanes) lane.end();
  await untilEnded(core, running);
  return { lastIsWhole: false, isOver: !core.signal.aborted };
}

/** Has the records of all lanes read by their times; of one time, in the order of the lanes. */
async function play(core: Core, lanes: readonly Lane[]): Promise<void> {
  const { duration = Number.POSITIVE_INFINITY, clock } = core.options;
  const pace = new Pace(core);
  const turn = new Turn(clock);
  const queue = new TimeQueue<Lane>();
  const rank = new Map(lanes.map((lane, i) => [lane, i]));
  const put = async (lane: Lane) => {
    if (!core.sources.isWanted(lane.source)) return;
    const stamp = lane.isReady ? lane.stamp : await lane.next();
    if (stamp !== undefined) queue.add(stamp, lane, rank.get(lane));
  };
  for (const lane of lanes) await put(lane);
  /** The time of the records at which `--for` ends the run. */
  let end: number | undefined;
  for (let lane = queue.take(Number.POSITIVE_INFINITY); lane !== undefined; ) {
    const stamp = lane.stamp!;
    if (Number.isFinite(stamp)) end ??= stamp + duration;
    if (!pace.isAt(stamp)) await pace.reach(Math.min(stamp, end ?? stamp));
    if (end !== undefined && stamp > end) core.stop();
    if (core.signal.aborted || !core.sources.isOpen) return;
    lane.read();
    if (core.blocked() !== undefined) await sinksReady(core);
    const others = turn.over();
    if (others !== undefined) await others;
    await put(lane);
    lane = queue.take(Number.POSITIVE_INFINITY);
  }
}

function probeOf(core: Core, source: OpenSource): StampProbe {
  const probe = createStampProbe(core.plan, source.node, core.context, core.reports.cursor, core.options.clock);
  const { name } = source.node.call;
  if (source.behaviour.kind === 'batches') {
    const message = `--replay plays recorded input, and the lists of ${name} have a clock of their own`;
    core.reports.fail(
      new RunFailure('replay-of-lists', 2, message, 'leave --replay out; --batch sets how far apart the lists are'),
    );
  } else if (probe === undefined) {
    const message = `--replay needs the time of the records of ${name}`;
    const help = 'give a stage behind it an event time: window(10s, on: .time)';
    core.reports.fail(new RunFailure('replay-without-time', 2, message, help));
  }
  return probe ?? { stampOf: () => undefined };
}
