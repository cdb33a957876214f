import type { Core } from '../drivers/core.ts';
import { sinksReady } from '../drivers/core.ts';

/**
 * Time up to `until` (ms) in which no process was at work: of the ticks in it only those are worked off at which something is due, so that each record is in as
 * many windows as ever; the batch that is open at the end of it is that of the clock.
 *
 *     batches    ─┬─┬─┬ killed · · ·┬· · · · · · ·┬· · · started ┬─┬─
 *     ticks                      due           due
 *
 * @param due the first tick at or behind one at which something is due.
 */
export async function passPause(core: Core, due: (tick: number) => number | undefined, until: number): Promise<void> {
  const { batches, sources } = core;
  // What was taken of the batch that was open is due at its tick.
  const next = () => (batches.isDue(sources.records) ? batches.end : due(batches.end));
  for (let tick = next(); tick !== undefined && tick <= until && !core.signal.aborted; tick = next()) {
    batches.skipTo(tick);
    core.tick();
    await sinksReady(core);
    await core.keeping;
  }
  batches.skipTo(until);
}
