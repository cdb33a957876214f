import { open } from 'node:fs/promises';
import type { AsyncBuffer } from 'hyparquet';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { FileAt, FileProgress } from '../files/file-progress.ts';
import { orAbort } from '../input/reading.ts';
import { readingLibrary } from './library.ts';
import { recordsOf, storedAs } from './values.ts';

/** So many records are delivered at a time. */
const CHUNK = 1000;

interface Reading {
  readonly origin: Origin;
  readonly progress: FileProgress;
  /** Where an earlier run was in it. */
  readonly from: FileAt | undefined;
  /** What becomes of a record before it is delivered. */
  readonly toRecord: (record: Value) => Value;
}

/**
 * Reads the rows of a file as records, one group of rows after the other: no more than one is held. A place in it is a number of rows.
 *
 * Rejects with the system's error or the library's, or with a RunFailure of exit 3 where it is not the file that an earlier run was in; what
 * had been read by then is delivered.
 */
export async function readParquet(path: string, context: SourceContext, reading: Reading): Promise<void> {
  const { origin, progress, from, toRecord } = reading;
  const { signal } = context;
  const file = await open(path).catch((error: unknown) => {
    origin.over?.();
    throw error;
  });
  let isWhole = false;
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
    const metadata = await library.parquetMetadataAsync(bytes).catch(({ message }: Error) => {
      throw new Error(`it is no whole Parquet file (${message})`);
    });
    const noted = new Set<string>();
    const recordOf = recordsOf(library.parquetSchema(metadata), (what) => {
      if (!noted.has(what)) context.note(`${path}: ${what}`);
      noted.add(what);
    });
    const stored = { ...metadata, schema: storedAs(metadata.schema) };
    let end = 0;
    for (const group of metadata.row_groups) {
      const start = end;
      end += Number(group.num_rows);
      if (end <= progress.from) continue;
      const rowStart = Math.max(start, progress.from);
      const rows = await rowsOf(library, { file: bytes, metadata: stored, rowStart, rowEnd: end });
      for (let at = 0; at < rows.length && !signal.aborted; at += CHUNK) {
        const values = rows.slice(at, at + CHUNK).map((row) => toRecord(recordOf(row)));
        const behind = progress.behind(rowStart + at + values.length, false);
        await orAbort(context.deliver({ kind: 'values', origin, values, behind }), signal);
      }
      if (signal.aborted) return;
    }
    isWhole = true;
  } finally {
    if (!isWhole) progress.breakOff();
    origin.over?.(signal.aborted ? undefined : progress.over(isWhole));
    await file.close();
  }
}

type Library = ReturnType<typeof readingLibrary>;

/** The rows of one group. */
async function rowsOf(
  { parquetRead, compressors }: Library,
  options: Pick<Parameters<Library['parquetRead']>[0], 'file' | 'metadata' | 'rowStart' | 'rowEnd'>,
): Promise<readonly (readonly unknown[])[]> {
  let rows: readonly (readonly unknown[])[] = [];
  await parquetRead({
    ...options,
    compressors,
    utf8: false,
    geoparquet: false,
    parsers: { timestampFromNanoseconds: (nanos) => nanos },
    onComplete: (all) => {
      rows = all;
    },
  });
  return rows;
}
