import { open } from 'node:fs/promises';
import type { AsyncBuffer, ParquetScanOptions, RowGroup } from 'hyparquet';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { FileAt, FileProgress } from '../files/file-progress.ts';
import { orAbort } from '../input/reading.ts';
import { readingLibrary, readMetadata } from './library.ts';
import { BOUNDS, checkPages, rowsAtOnce } from './pages.ts';
import { recordsOf, storedAs } from './values.ts';

/** So many records are delivered at a time. */
const CHUNK = 1000;

interface Reading {
  /** Its own, or how to make it once the file is open. */
  readonly origin: Origin | (() => Origin);
  readonly progress: FileProgress;
  /** Where an earlier run was in it. */
  readonly from: FileAt | undefined;
  /** What becomes of a record before it is delivered. */
  readonly toRecord: (record: Value) => Value;
  /** Only tests give others. */
  readonly bounds?: typeof BOUNDS;
}

/**
 * Reads the rows of a file as records, one group of rows after the other: no more than one is held, and of a large one a part. A place in it is a number of rows.
 *
 * @returns how many bytes it has. Rejects with the system's error or the library's, or with a RunFailure of exit 3 where it is not the file that an earlier run was in; what
 * had been read by then is delivered.
 */
export async function readParquet(path: string, context: SourceContext, reading: Reading): Promise<number> {
  const { progress, from, toRecord, bounds = BOUNDS } = reading;
  const { signal } = context;
  const file = await open(path).catch((error: unknown) => {
    if (typeof reading.origin === 'object') reading.origin.over?.();
    throw error;
  });
  let isWhole = false;
  const origin = typeof reading.origin === 'function' ? reading.origin() : reading.origin;
  try {
    if (from !== undefined) progress.goOn(file.fd, path, from);
    const { size } = await file.stat();
    progress.knowAll(file.fd, size);
    const bytes: AsyncBuffer = {
      byteLength: size,
      async slice(start, end = size) {
        const buffer = new ArrayBuffer(end - start);
        await file.read(new Uint8Array(buffer), 0, end - start, start);
        return buffer;
      },
    };
    const library = readingLibrary();
    const metadata = await readMetadata(bytes).catch(({ message }: Error) => {
      throw new Error(`it is no whole Parquet file (${message})`);
    });
    const noted = new Set<string>();
    const schema = library.parquetSchema(metadata);
    const names = schema.children.map(({ element }) => element.name);
    const recordOf = recordsOf(schema, (what) => {
      if (!noted.has(what)) context.note(`${path}: ${what}`);
      noted.add(what);
    });
    const stored = { ...metadata, schema: storedAs(metadata.schema) };
    const all = Number(metadata.num_rows);
    progress.reach(all === 0 ? 1 : progress.from / all);
    let end = 0;
    for (const group of metadata.row_groups) {
      const start = end;
      end += Number(group.num_rows);
      if (end <= progress.from) continue;
      const unpacked = await checkPages(bytes, metadata, group, bounds);
      const most = rowsAtOnce(group, unpacked, bounds);
      for (let rowStart = Math.max(start, progress.from); rowStart < end; rowStart += most) {
        const rowEnd = Math.min(end, rowStart + most);
        const rows = await rowsOf(library, { file: bytes, metadata: stored, rowStart, rowEnd }, group, names);
        for (let at = rowStart; at < rowEnd && !signal.aborted; at += CHUNK) {
          const next = Math.min(rowEnd, at + CHUNK);
          const values: Value[] = [];
          for (let row = at; row < next; row++) values.push(toRecord(recordOf(rows(row - rowStart))));
          const behind = progress.behind(next, false);
          progress.reach(next / all);
          await orAbort(context.deliver({ kind: 'values', origin, values, behind }), signal);
        }
        if (signal.aborted) return size;
      }
    }
    isWhole = true;
    return size;
  } finally {
    if (!isWhole) progress.breakOff();
    origin.over?.(signal.aborted ? undefined : progress.over(isWhole));
    await file.close();
  }
}

type Library = ReturnType<typeof readingLibrary>;

/** Gives the rows of a group from one on, by their numbers from there. What is held of them is their columns, as they were read. */
async function rowsOf(
  { parquetScan, compressors }: Library,
  options: Required<Pick<ParquetScanOptions, 'file' | 'metadata' | 'rowStart' | 'rowEnd'>>,
  group: RowGroup,
  names: readonly string[],
): Promise<(row: number) => readonly unknown[]> {
  const scan = await parquetScan({
    ...options,
    compressors,
    utf8: false,
    geoparquet: false,
    parsers: { timestampFromNanoseconds: (nanos) => nanos },
    // What is read is what has been looked at.
    useOffsetIndex: false,
  });
  const there = new Set(group.columns.map(({ meta_data }) => meta_data?.path_in_schema[0]));
  const { rowStart, rowEnd } = options;
  const columns = await Promise.all(
    names.map(async (column) => (there.has(column) ? scan.readColumn({ column, rowStart, rowEnd }) : [])),
  );
  return (row) => columns.map((column) => column[row]);
}
