import type { Core } from '../drivers/core.ts';
import { repeatBatch } from '../drivers/repeat-batches.ts';
import { replayReceived } from '../drivers/replay-received.ts';
import type { Checkpoints } from './checkpoints.ts';
import { passPause } from './pause.ts';

/**
 * Does what is left to be done of a live run that this one goes on from: batches of which something came out come out again as they were, what
 * was received is worked off, and the time passes in which no process was at work.
 */
export async function goOn(core: Core, checkpoints: Checkpoints): Promise<void> {
  if (checkpoints.isFinished || !core.batches.isTakenUp) return;
  for (const batch of checkpoints.cuts.repeated) await repeatBatch(core, batch);
  checkpoints.cuts.goOn();
  const pass = (until: number) => passPause(core, (tick) => checkpoints.due(tick), until);
  await replayReceived(core, pass);
  await pass(core.context.clock.now());
}
