import { constants } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { RunFailure } from '../../base/problem.ts';
import type { RunContext } from '../define/context.ts';
import { foreignText } from '../packings/foreign.ts';
import { packingOf } from '../packings/packing.ts';
import { readTable, type Table, TableError } from '../parsing/table.ts';
import { type Looked, tableReason, versionOf } from './looked.ts';

/** A table that follows its file: read at the start, and again in full in the first batch that finds the file changed. */
export class TableFile implements Looked {
  readonly called: string;
  private content: Table;
  private version: string;
  private looked: number;
  private readonly path: string;
  private readonly key: string | undefined;
  private readonly run: RunContext;

  /** @throws RunFailure of exit 3 if the file cannot be read, or is no table. */
  constructor(path: string, key: string | undefined, run: RunContext) {
    this.path = path;
    this.called = path;
    this.key = key;
    this.run = run;
    try {
      this.version = versionOf(path);
      this.content = this.read();
    } catch (error) {
      throw new RunFailure('table-unreadable', 3, `lookup cannot read ${path}: ${tableReason(error)}`);
    }
    this.looked = run.now();
  }

  /** The table as of this batch. A file that is gone or broken leaves the table as it was. */
  current(): Table {
    const now = this.run.now();
    if (now !== this.looked) {
      this.looked = now;
      this.refresh();
    }
    return this.content;
  }

  private refresh(): void {
    try {
      const version = versionOf(this.path);
      if (version === this.version) return;
      this.version = version;
      this.content = this.read();
    } catch (error) {
      this.run.note(`lookup goes on with what it had read of ${this.path}: ${tableReason(error)}`);
    }
  }

  private read(): Table {
    const table = readTable(this.path, unpacked(readFileSync(this.path)), this.key);
    if (table.repeated > 0) {
      this.run.note(`some keys stand in several rows of ${this.path}; lookup takes the last row of each`);
    }
    return table;
  }
}

const ENDINGS = { zstd: '.zst', xz: '.xz', bzip2: '.bz2', lz4: '.lz4' };

function unpacked(bytes: Buffer): Buffer {
  const packing = packingOf(bytes);
  if (packing === 'gzip') return gunzipSync(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH });
  if (packing === 'foreign') throw new TableError(foreignText(bytes));
  if (packing === undefined || packing === 'more') return bytes;
  throw new TableError(`it is packed by ${packing}: give it a name that says so, as \`users.csv${ENDINGS[packing]}\``);
}
