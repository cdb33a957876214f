import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { SourceBehaviour } from '../../../flow/define/source.ts';
import type { Core, Driven } from './core.ts';
import { driveBounded } from './drive-bounded.ts';
import { driveLists } from './drive-lists.ts';
import { driveLive } from './drive-live.ts';
import { driveRecorded } from './drive-recorded.ts';
import { driveReplay } from './drive-replay.ts';

/** The ways of time; which one a run takes follows from its sources and options. */
export type Mode = 'live' | 'bounded' | 'lists' | 'replay' | 'recorded';

/** Who says when a batch is over. */
export const DRIVERS: { readonly [mode in Mode]: (core: Core) => Promise<Driven> } = {
  live: driveLive,
  bounded: driveBounded,
  lists: driveLists,
  replay: driveReplay,
  recorded: driveRecorded,
};

export function chooseMode(
  behaviours: readonly SourceBehaviour<BoundArguments>[],
  { once, replay }: { readonly once: boolean; readonly replay?: number },
): Mode {
  if (behaviours.some(({ kind }) => kind === 'recorded')) return 'recorded';
  if (replay !== undefined) return 'replay';
  const isAnyLive = behaviours.some(({ kind }) => kind === 'live') && !once;
  if (isAnyLive) return 'live';
  return behaviours.some(({ kind }) => kind === 'batches') ? 'lists' : 'bounded';
}
