import { join } from 'node:path';
import { wallClock } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import type { InitialStates } from '../flow/define/initial.ts';
import { hostFileSystem } from '../flow/output/host-file-system.ts';
import { keptStageOf } from '../query/plan/kept-stage.ts';
import type { Plan } from '../query/plan/plan.ts';
import { thisProcess } from '../run/durable/lock.ts';
import type { Store } from '../run/durable/store.ts';
import { refuseChange } from '../run/local/checkpoints/changed-program.ts';
import { refusalOf } from '../run/local/checkpoints/refusal.ts';
import type { LocalOptions } from '../run/local/options/local-options.ts';
import type { TimingOptions } from '../run/local/options/timing.ts';
import { keptReader } from './load-program.ts';
import type { RunFlags } from './options.ts';
import { UsageError } from './usage-error.ts';

/** Reads what stages begin with that other runs remember, where there are such. @throws RunFailure. */
export async function openInitialStates(
  plan: Plan,
  store: Store | undefined,
  flags: RunFlags,
): Promise<InitialStates | undefined> {
  if (!plan.nodes.some((node) => keptStageOf(node) !== undefined)) return undefined;
  const { readInitialStates } = await import('../run/local/checkpoints/initial-states.ts');
  return readInitialStates(plan, store?.found, keptReader(flags));
}

/** Behind by less a clock is not said to be, ms. */
const BEHIND = 1000;

/** What is said where the clock of the machine is behind what was kept; undefined where it is not. */
export function noteOnClock(store: Store | undefined): string | undefined {
  const behind = (store?.found?.frozen.written ?? 0) - wallClock.now();
  if (behind < BEHIND) return undefined;
  const time = formatDuration(Math.round(behind / BEHIND) * BEHIND);
  return `the clock is ${time} behind what ${store!.directory} was kept at: time goes on from there`;
}

/** Takes the directory that the run is kept in, if it is to be. @throws UsageError, or RunFailure; nothing else was opened or written by then. */
export async function openCheckpoint(
  plan: Plan,
  way: TimingOptions & Pick<LocalOptions, 'interval'>,
  { checkpoint, changed, final, engine }: RunFlags,
): Promise<Store | undefined> {
  if (checkpoint === undefined) {
    if (changed !== undefined)
      throw new UsageError('--changed says how a run with --checkpoint goes on; give that, or leave it out');
    if (final === true)
      throw new UsageError('--final says how a run with --checkpoint ends; give that, or leave it out');
    return undefined;
  }
  if (checkpoint === '') throw new UsageError('--checkpoint needs the name of a directory: --checkpoint state/');
  const fault = refusalOf(plan, way);
  if (fault !== undefined) throw fault;
  const { Store } = await import('../run/durable/store.ts');
  // Beside it is what Spark keeps.
  const directory = engine === 'spark' ? join(checkpoint, 'leat') : checkpoint;
  const store = await Store.open({ files: hostFileSystem, directory, holder: thisProcess() });
  try {
    const refusal = refuseChange(plan, store, way.interval, changed === 'new');
    if (refusal !== undefined) throw refusal;
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
