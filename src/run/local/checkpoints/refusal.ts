import { RunFailure } from '../../../base/problem.ts';
import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { SourceBehaviour } from '../../../flow/define/source.ts';
import type { Plan } from '../../../query/plan/plan.ts';
import type { CheckpointSettings } from '../options/checkpoint-settings.ts';
import type { Timing } from '../options/timing.ts';
import { refuseChange } from './changed-program.ts';

/** Why a run cannot be kept; undefined where it can. */
export function refusalOf(
  plan: Plan,
  behaviours: readonly SourceBehaviour<BoundArguments>[],
  { mode }: Timing,
  { store: { found, directory }, mayChange }: CheckpointSettings,
  interval: number,
): RunFailure | undefined {
  if (mode === 'replay') {
    const message = '--checkpoint keeps no run that --replay paces';
    return new RunFailure('checkpoint-replay', 2, message, 'leave out one of them');
  }
  const fault = sourceFault(plan, behaviours);
  if (fault !== undefined || found === undefined) return fault;
  return refuseChange(plan, directory, found, interval, mayChange);
}

/** Why no run of a program can be kept, whatever has been kept of another; undefined where it can. */
export function sourceFault(
  plan: Plan,
  behaviours: readonly SourceBehaviour<BoundArguments>[],
): RunFailure | undefined {
  const source = plan.sources.find(
    (_source, i) => behaviours[i]!.replayable !== true && behaviours[i]!.received !== true,
  );
  if (source === undefined) return undefined;
  const message = `--checkpoint cannot go on with ${source.definition.name}: what was read of it comes only once`;
  return new RunFailure('checkpoint-source', 2, message, 'read files instead: files("…"), tail("…"), or `< FILE`');
}
