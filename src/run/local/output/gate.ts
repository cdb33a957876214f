import type { Output } from '../../../flow/define/context.ts';
import { QueuedOutput } from '../../../flow/output/output.ts';

/**
 * Stands in front of an output that cannot be taken back: what a batch gives comes out behind what was written down of that batch, and the end
 * of the run may keep back what belongs to a batch that was not closed.
 */
export class Gate implements Output {
  private readonly queued: QueuedOutput;
  private readonly input: { sync(): Promise<void> } | undefined;
  private isShut = false;
  private last: Promise<void> = Promise.resolve();

  /**
   * @param failed told where what was to be waited for did not come about.
   * @param input is safe before anything comes out, where that is not behind a batch, which is written down behind its input.
   */
  constructor(output: Output, failed: (error: unknown) => void, input?: { sync(): Promise<void> }) {
    this.input = input;
    this.queued = new QueuedOutput(async (bytes) => {
      await input?.sync();
      output.write(bytes);
      await output.flush();
    }, failed);
  }

  /** What is written from now on waits for this. */
  wait(kept: Promise<void>): void {
    this.last = kept;
    this.queued.after(() => kept);
  }

  /** Resolves when that is written down which results follow from that were given by now; for what goes elsewhere and cannot be taken back either. */
  async written(): Promise<void> {
    await this.last;
    await this.input?.sync();
  }

  /** Nothing that is not on its way comes out any more. */
  shut(): void {
    this.queued.drop();
    this.isShut = true;
  }

  write(text: string | Uint8Array): void {
    if (!this.isShut) this.queued.write(text);
  }

  get isWriting(): boolean {
    return this.queued.isWriting;
  }

  blocked(): Promise<void> | undefined {
    return this.queued.blocked();
  }

  flush(): Promise<void> {
    return this.queued.flush();
  }
}
