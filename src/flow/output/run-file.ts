import type { Value } from '../../base/value.ts';
import type { Output } from '../define/context.ts';
import { AppendedFile, type AppendedFileOptions } from './appended-file.ts';
import { QueuedOutput } from './output.ts';

interface RunFileOptions extends AppendedFileOptions {
  /** What becomes of what is there, unless the file goes back to a mark. */
  readonly mode: 'append' | 'anew';
  /** Told the first error, once; nothing is written any more then. */
  readonly failed: (error: unknown) => void;
}

/** A file that belongs to the run rather than to a sink: bad records, late ones, a session. It is exact as `append` is. */
export class RunFile implements Output {
  private readonly queued: QueuedOutput;
  private readonly file: AppendedFile;

  /** Opens it at once, so that a wrong path is told before anything is lost. @throws the system's error, or a RunFailure. */
  constructor({ mode, failed, ...options }: RunFileOptions) {
    const file = AppendedFile.openNow(options, mode);
    this.file = file;
    this.queued = new QueuedOutput((bytes) => file.write(bytes), failed);
    this.queued.after(() => file.begin());
  }

  write(piece: string | Uint8Array): void {
    this.queued.write(piece);
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

  /** Where it ends, as a sink's mark; undefined where it has failed. */
  async mark(): Promise<Value | undefined> {
    let made: Value | undefined;
    this.queued.after(async () => {
      made = await this.file.mark();
    });
    await this.queued.flush();
    return made;
  }

  /** Resolves when everything is out and the file is closed, or it has failed. */
  async close(): Promise<void> {
    await this.queued.flush();
    await this.file.abandon();
  }
}
