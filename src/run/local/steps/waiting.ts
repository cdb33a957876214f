import type { Clock } from '../../../base/clock.ts';

/** What the stages of a run wait for before anything is read, or read on. See `RunContext.awaits`. */
export class Waiting {
  private readonly asks: (() => Promise<void> | undefined)[] = [];
  private readonly over = new AbortController();

  /** @param ending is aborted when the run is to end. */
  constructor(ending: AbortSignal) {
    ending.addEventListener('abort', () => this.end(), { once: true });
  }

  add(ask: () => Promise<void> | undefined): AbortSignal {
    this.asks.push(ask);
    return this.over.signal;
  }

  /** A promise of what is missing now; undefined where nothing is. */
  missing(): Promise<void> | undefined {
    if (this.asks.length === 0 || this.over.signal.aborted) return undefined;
    const missing = this.asks.flatMap((ask) => ask() ?? []);
    return missing.length === 0 ? undefined : Promise.all(missing).then(() => {});
  }

  /** Resolves when nothing is missing, or the run is to end: who says for how long it goes on does not wait for longer either. */
  async ready(
    { clock, duration }: { readonly clock: Clock; readonly duration?: number },
    stop: () => void,
  ): Promise<void> {
    let missing = this.missing();
    if (missing === undefined) return;
    const callOff = duration === undefined ? () => {} : clock.at(clock.now() + duration, stop);
    for (; missing !== undefined; missing = this.missing()) await missing;
    callOff();
  }

  /** Nothing is read any more. */
  end(): void {
    this.over.abort();
  }
}
