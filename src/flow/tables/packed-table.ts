import { constants } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { RunFailure } from '../../base/problem.ts';
import type { RunContext } from '../define/context.ts';
import { orAbort } from '../input/reading.ts';
import { foreignText } from '../packings/foreign.ts';
import { packingOf } from '../packings/packing.ts';
import { unpackWhole } from '../packings/whole.ts';
import { readTable, type Table, TableError } from '../parsing/table.ts';
import { type Looked, tableReason, versionOf } from './looked.ts';
import { TableOfBatch } from './table-of-batch.ts';

/**
 * A table in a packed file, which takes a while to unpack: the run waits for it at the start, and again where the file was found to be another
 * one. What has been read again counts from the next batch on, so that all of a batch has one table.
 */
export class PackedTable implements Looked {
  readonly called: string;
  private readonly path: string;
  private readonly key: string | undefined;
  private readonly run: RunContext;
  private readonly signal: AbortSignal | undefined;
  private readonly table = new TableOfBatch();
  private reading: Promise<void> | undefined;
  private version: string | undefined;
  /** The batch in which the file was looked at last. */
  private looked: number | undefined;

  constructor(path: string, key: string | undefined, run: RunContext) {
    this.path = path;
    this.called = path;
    this.key = key;
    this.run = run;
    this.signal = run.awaits?.(() => this.missing());
  }

  /** The table as of this batch; undefined where the stage is only looked at, and in a run that could not read it. */
  current(): Table | undefined {
    return this.table.of(this.run.now());
  }

  /** See `RunContext.awaits`. */
  private missing(): Promise<void> | undefined {
    const now = this.run.now();
    if (this.reading !== undefined || now === this.looked) return this.reading;
    this.looked = now;
    const isFirst = this.version === undefined;
    this.reading = this.refresh()
      .catch((error: unknown) => {
        const reason = tableReason(error);
        if (isFirst) this.run.fail(new RunFailure('table-unreadable', 3, `lookup cannot read ${this.path}: ${reason}`));
        else this.run.note(`lookup goes on with what it had read of ${this.path}: ${reason}`);
      })
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }

  private async refresh(): Promise<void> {
    const version = versionOf(this.path);
    if (version === this.version) return;
    this.version = version;
    // At the end of the run nothing is waited for.
    await orAbort(this.read(), this.signal!);
  }

  private async read(): Promise<void> {
    const bytes = await readFile(this.path);
    const packing = packingOf(bytes);
    if (packing === 'foreign') throw new TableError(foreignText(bytes));
    const isPacked = packing !== undefined && packing !== 'more';
    const plain = isPacked ? await unpackWhole(packing, bytes, constants.MAX_STRING_LENGTH) : bytes;
    const table = readTable(this.path, plain, this.key);
    if (table.repeated > 0)
      this.run.note(`some keys stand in several rows of ${this.path}; lookup takes the last row of each`);
    this.table.take(table);
  }
}
