import { RunFailure } from '../../../base/problem.ts';
import type { Plan } from '../../../query/plan/plan.ts';
import { behavioursOf, type TimingOptions, timingOf } from '../options/timing.ts';

/**
 * Why no run of a program can be kept, whatever has been kept of another; undefined where it can. Asked before anything is opened, as `refuseChange` is
 * when the directory is.
 */
export function refusalOf(plan: Plan, options: TimingOptions): RunFailure | undefined {
  const behaviours = behavioursOf(plan, options);
  if (timingOf(behaviours, options).mode === 'replay') {
    const message =
      '--checkpoint keeps no run that --replay paces: its files are merged by the times of their records, which have no place to go on from';
    const help = 'leave out one of them; a session has times of its own and can be kept: replay("session.jsonl")';
    return new RunFailure('checkpoint-replay', 2, message, help);
  }
  const source = plan.sources.find(
    (_source, i) => behaviours[i]!.replayable !== true && behaviours[i]!.received !== true,
  );
  if (source === undefined) return undefined;
  const message = `--checkpoint cannot go on with ${source.definition.name}: what was read of it cannot be read again`;
  const help =
    'run it without --checkpoint, or read by what can be gone on from: files("…"), tail("…"), listen(…), udp(…)';
  return new RunFailure('checkpoint-source', 2, message, help);
}
