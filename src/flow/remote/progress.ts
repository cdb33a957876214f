import type { PlainData, Split } from '../define/position.ts';
import { type StreamAt, StreamProgress } from '../framing/stream-progress.ts';

/** How far a file was read. */
export type FileAt = StreamAt & {
  /** What tells it from another one of the same name. */
  readonly id: number | string;
};

/** The position in one file. */
export class RemoteProgress extends StreamProgress {
  private readonly key: string;
  private readonly id: number | string;
  private readonly done: () => PlainData;

  /** @param done what is in the position once it was read. @param at how far it was, where it goes on. */
  constructor(path: string, id: number | string, done: () => PlainData, at?: FileAt) {
    super(at);
    this.key = path;
    this.id = id;
    this.done = done;
  }

  behind(offset: number, isPassing: boolean): Split {
    const at: FileAt = { id: this.id, ...this.at(offset, isPassing) };
    return { key: this.key, at };
  }

  over(isWhole: boolean): Split | undefined {
    return isWhole ? { key: this.key, at: this.done() } : undefined;
  }
}
