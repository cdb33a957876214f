import type { ParquetWriter, Writer } from 'hyparquet-writer';
import type { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import { columnsFor, type Kinds, schemaOf, widen } from './columns.ts';
import { writingLibrary } from './library.ts';

/** A group of rows has no more of them. */
export const GROUP_ROWS = 100_000;

/** And no more cells, nulls too. */
const GROUP_CELLS = 4_000_000;

interface Told {
  /** A record that does not fit, which is left out. */
  bad(problem: BadRecord, record: Value): void;
  /** A field that has no column, by its name. */
  other(name: string): void;
}

/** A file of Parquet under way: its bytes come out piece by piece. */
export class ParquetFile {
  private readonly writer: ParquetWriter;
  /** What was written and was not given out. */
  private readonly bytes: Writer & { index: number };
  private readonly kinds: Kinds;

  /** @param kinds its columns, at least one; they stay as they are. */
  constructor(kinds: Kinds) {
    const { ByteWriter, ParquetWriter } = writingLibrary();
    this.kinds = new Map(kinds);
    this.bytes = new ByteWriter();
    this.writer = new ParquetWriter({ writer: this.bytes, schema: schemaOf(this.kinds), createdBy: 'leat' });
  }

  /** Rows behind those before, as a group, or as several where they have many cells. @returns the next bytes of the file. */
  async *add(rows: readonly Value[], { bad, other }: Told): AsyncIterable<Buffer> {
    const most = Math.min(GROUP_ROWS, Math.floor(GROUP_CELLS / this.kinds.size));
    for (let at = 0; at < rows.length; at += most) {
      const columnData = columnsFor(this.kinds, rows.slice(at, at + most), bad, other);
      await this.writer.write({ columnData, rowGroupSize: GROUP_ROWS });
      yield this.take();
    }
  }

  /** @returns its last bytes. */
  async end(): Promise<Buffer> {
    await this.writer.finish();
    return this.take();
  }

  private take(): Buffer {
    const bytes = Buffer.from(this.bytes.getBytes());
    this.bytes.index = 0;
    return bytes;
  }
}

/**
 * Rows as one file: each column is as wide as all of them need.
 *
 * @param bad told a row that needs too many columns; it is left out.
 * @returns undefined where no row has a field: there is no file without columns.
 */
export async function parquetOf(rows: readonly Value[], bad: Told['bad']): Promise<Buffer | undefined> {
  const kinds: Kinds = new Map();
  const fitting = widen(kinds, rows, bad);
  if (kinds.size === 0) return undefined;
  const file = new ParquetFile(kinds);
  const pieces: Buffer[] = [];
  // Every field of what fits has a column.
  for await (const piece of file.add(fitting, { bad, other() {} })) pieces.push(piece);
  return Buffer.concat([...pieces, await file.end()]);
}
