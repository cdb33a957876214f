import { type Core, hadAllBatches, orAborted, sinksReady } from './core.ts';
import { EmptyBatches } from './empty-batches.ts';
import { Turn } from './turn.ts';

/** Moves the run's clock to the times of records, as fast as the user asked for (`--replay`). */
export class Pace {
  private readonly core: Core;
  private readonly emptyBatches: EmptyBatches;
  private readonly turn: Turn;
  private begin: { readonly stamp: number; readonly wall: number } | undefined;

  constructor(core: Core) {
    this.core = core;
    this.emptyBatches = new EmptyBatches(core);
    this.turn = new Turn(core.options.clock);
  }

  /** Whether a time has been reached, so that what happened then may be read at once. */
  isAt(stamp: number): boolean {
    return this.core.batches.end >= stamp && this.dueOf(stamp) <= this.core.options.clock.now();
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
      // One that goes on from another has its batch open, unless that ended before its first record.
      if (core.batches.number === 0)
        core.batches.open(Math.floor(stamp / core.batches.interval) * core.batches.interval + core.batches.interval);
    }
    for (let ticks = 0; core.batches.end < stamp && !core.signal.aborted; ticks++) {
      await this.wait(core.batches.end);
      core.tick();
      if (hadAllBatches(core)) core.stop();
      if (core.blocked() !== undefined) await sinksReady(core);
      // The first one held what was read since the time before.
      if (this.isAsFastAsCanBe) this.emptyBatches.leaveOut(stamp, ticks);
      const turn = this.turn.over();
      if (turn !== undefined) await turn;
    }
    await this.wait(stamp);
  }

  /** Batches up to `time` (ms) are left out, since no process was at work; but for the one under way, where something of it was read. */
  leap(time: number): void {
    const { core } = this;
    if (core.batches.end > time) return;
    if (core.batches.isDue(core.sources.records)) core.tick();
    core.batches.skipTo(time + 1);
  }

  private get isAsFastAsCanBe(): boolean {
    return this.core.options.replay === undefined || this.core.options.replay === Number.POSITIVE_INFINITY;
  }

  /** When a time is to be reached, on the clock of the wall, ms. */
  private dueOf(stamp: number): number {
    const { replay = Number.POSITIVE_INFINITY } = this.core.options;
    if (this.begin === undefined) return Number.POSITIVE_INFINITY;
    return this.begin.wall + (stamp - this.begin.stamp) / replay;
  }

  private async wait(stamp: number): Promise<void> {
    const { clock } = this.core.options;
    const due = this.dueOf(stamp);
    if (clock.now() >= due || this.core.signal.aborted) return;
    let callOff = () => {};
    const woken = new Promise<void>((resolve) => {
      callOff = clock.at(due, resolve);
    });
    await orAborted(woken, this.core.signal);
    callOff();
  }
}
