import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import { reasonOf } from '../input/fault.ts';
import { sleep } from '../input/reading.ts';
import { helpFor, mayPass } from './failure.ts';

/** ms from a failure to the next try: doubled with each in a row, up to the last. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

type Context = Pick<SourceContext, 'clock' | 'signal' | 'note'>;

/** How long is waited before brokers are tried again. */
export class Retries {
  private readonly what: string;
  private readonly context: Context;
  private pause = FIRST_PAUSE;

  /** @param what is read, in words. */
  constructor(what: string, context: Context) {
    this.what = what;
    this.context = context;
  }

  /** They have answered. */
  succeeded(): void {
    this.pause = FIRST_PAUSE;
  }

  /** Waits before the next try. @throws RunFailure of exit 3 where there is none. */
  async after(error: unknown, isWaiting: boolean): Promise<void> {
    if (error instanceof RunFailure) throw error;
    const why = reasonOf(error);
    if (!mayPass(error) || !isWaiting) {
      throw new RunFailure('cannot-read', 3, `cannot read ${this.what}: ${why}`, helpFor(error));
    }
    this.context.note(`cannot read ${this.what}: ${why}; trying again`);
    await sleep(this.pause, this.context);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}
