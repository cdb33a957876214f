import { closeSync, openSync, writeSync } from 'node:fs';
import { toJson } from '../../base/json.ts';
import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';

/** How much is gathered before it is written, UTF-16 units. */
const ENOUGH = 64 * 1024;

/** Where late records go: appended to a file, one JSON value a line. Failing to write ends the run with exit 4. */
export class LateFile {
  private file: number | undefined;
  private lines = '';
  private readonly path: string;
  private readonly run: RunContext;

  /** The file is opened at once, so that a wrong path is told before a record is lost. */
  constructor(path: string, run: RunContext) {
    this.path = path;
    this.run = run;
    this.attempt(() => {
      this.file = openSync(path, 'a');
    });
  }

  write(record: Value): void {
    this.lines += `${toJson(record)}\n`;
    if (this.lines.length >= ENOUGH) this.flush();
  }

  /** Writes what was gathered. Late records are few, so waiting for the disk costs nothing that shows. */
  flush(): void {
    const { file } = this;
    if (this.lines === '' || file === undefined) return;
    let rest: Buffer = Buffer.from(this.lines);
    this.lines = '';
    this.attempt(() => {
      while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
    });
  }

  close(): void {
    this.flush();
    const { file } = this;
    this.file = undefined;
    if (file !== undefined) this.attempt(() => closeSync(file));
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.run.fail(new RunFailure('late-file', 4, `late records cannot be written to ${this.path}: ${reason}`));
    }
  }
}
