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

  /** Resolves when nothing is missing, or the run is to end. */
  async ready(): Promise<void> {
    for (let missing = this.missing(); missing !== undefined; missing = this.missing()) await missing;
  }

  /** Nothing is read any more. */
  end(): void {
    this.over.abort();
  }
}
