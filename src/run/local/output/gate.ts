import type { Output } from '../../../flow/define/context.ts';
import type { Ground } from '../../../flow/define/ground.ts';
import { QueuedOutput } from '../../../flow/output/output.ts';

/**
 * Stands in front of an output that cannot be taken back: what is given comes out behind what was written down of what it follows from, and the end
 * of the run may keep back what belongs to a batch that was not closed.
 */
export class Gate implements Output {
  private readonly queued: QueuedOutput;
  private isShut = false;

  /**
   * @param failed told where what was to be waited for did not come about.
   * @param ground what that follows from which is written now.
   */
  constructor(output: Output, failed: (error: unknown) => void, ground: () => Ground) {
    const put = (bytes: Uint8Array) => {
      output.write(bytes);
      return output.flush();
    };
    this.queued = new QueuedOutput(put, failed, ground);
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
