import type { SourceContext } from '../define/context.ts';

/** A bell that a loop sleeps by. Rung while nobody waits, it is heard by the next wait. */
export class Wake {
  private readonly context: SourceContext;
  private rung = false;
  private waiting: (() => void) | undefined;

  constructor(context: SourceContext) {
    this.context = context;
  }

  ring(): void {
    this.rung = true;
    this.waiting?.();
  }

  /** Resolves when it is rung, at the latest at `time` (ms) or at the end of the run. */
  async wait(time: number): Promise<void> {
    const { clock, signal } = this.context;
    if (!this.rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const cancel = clock.at(time, resolve);
        this.waiting = () => {
          cancel();
          resolve();
        };
        signal.addEventListener('abort', this.waiting);
      });
      if (this.waiting !== undefined) signal.removeEventListener('abort', this.waiting);
    }
    this.waiting = undefined;
    this.rung = false;
  }
}
