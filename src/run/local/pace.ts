import { type Core, hadAllBatches, orAborted, sinksReady } from './core.ts';

/** Moves the run's clock to the times of records, as fast as the user asked for (`--replay`). */
export class Pace {
  private readonly core: Core;
  private begin: { readonly stamp: number; readonly wall: number } | undefined;

  constructor(core: Core) {
    this.core = core;
  }

  /**
   * Closes the batches that were over before `stamp`, and resolves when its time has come; or the run has ended, and what happened
   * then is no part of it.
   */
  async reach(stamp: number): Promise<void> {
    const { core } = this;
    if (!Number.isFinite(stamp)) return;
    if (this.begin === undefined) {
      this.begin = { stamp, wall: core.options.clock.now() };
      core.openBatch(Math.floor(stamp / core.interval) * core.interval + core.interval);
    }
    while (core.batchEnd < stamp && !core.signal.aborted) {
      await this.wait(core.batchEnd);
      core.tick();
      if (hadAllBatches(core)) core.stop();
      if (core.blocked() !== undefined) await sinksReady(core);
    }
    await this.wait(stamp);
  }

  private async wait(stamp: number): Promise<void> {
    const { replay = Number.POSITIVE_INFINITY, clock } = this.core.options;
    const begin = this.begin!;
    const due = begin.wall + (stamp - begin.stamp) / replay;
    if (clock.now() >= due || this.core.signal.aborted) return;
    let callOff = () => {};
    const woken = new Promise<void>((resolve) => {
      callOff = clock.at(due, resolve);
    });
    await orAborted(woken, this.core.signal);
    callOff();
  }
}
