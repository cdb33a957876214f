import type { Value } from '../../base/value.ts';
import { AppendedFile, type AppendedFileOptions, sizeAt } from './appended-file.ts';
import { QueuedOutput } from './output.ts';

interface RunFileOptions extends AppendedFileOptions {
  /** What becomes of what is there, unless the file goes back to a mark. */
  readonly mode: 'append' | 'anew';
  /** Told the first error, once; nothing is written any more then. */
  readonly failed: (error: unknown) => void;
}

/** A file that belongs to the run rather than to a sink: bad records, late ones, a session. It is exact as `append` is. */
export class RunFile extends QueuedOutput {
  /** It goes on behind what an earlier run has written to it. */
  readonly goesOn: boolean;
  /** Nothing was kept of where it ends. */
  readonly isUnmarked: boolean;
  private readonly file: AppendedFile;

  /** Opens it at once, so that a wrong path is told before anything is lost. @throws the system's error, or a RunFailure. */
  constructor({ mode, failed, ...options }: RunFileOptions) {
    const file = AppendedFile.openNow(options, mode);
    super((bytes) => file.write(bytes), failed);
    this.file = file;
    this.goesOn = options.from !== undefined && sizeAt(options.from) > 0;
    this.isUnmarked = options.from === undefined;
    this.after(() => file.begin());
  }

  /** Where it ends, as a sink's mark; undefined where it has failed. */
  mark(): Promise<Value | undefined> {
    return this.behind(() => this.file.mark());
  }

  /** Resolves when everything is out and the file is closed, or it has failed. */
  async close(): Promise<void> {
    await this.flush();
    await this.file.abandon();
  }
}
