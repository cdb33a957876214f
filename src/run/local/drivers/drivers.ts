import { RunFailure } from '../../../base/problem.ts';
import type { Mode } from '../options/timing.ts';
import type { Core, Driven } from './core.ts';
import { driveBounded } from './drive-bounded.ts';
import { driveDealt } from './drive-dealt.ts';
import { driveLists } from './drive-lists.ts';
import { driveLive } from './drive-live.ts';
import { driveRecorded } from './drive-recorded.ts';
import { driveReplay } from './drive-replay.ts';

/** Who says when a batch is over. */
const DRIVERS: { readonly [mode in Mode]: (core: Core) => Promise<Driven> } = {
  live: driveLive,
  bounded: driveBounded,
  lists: driveLists,
  replay: driveReplay,
  recorded: driveRecorded,
  dealt: driveDealt,
};

/** Goes through all batches, in the way of the run. A failure on the way is the run's. */
export async function drive(core: Core): Promise<Driven> {
  try {
    return await DRIVERS[core.timing.mode](core);
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    core.reports.fail(error);
    return { lastIsWhole: false, isOver: false };
  }
}
