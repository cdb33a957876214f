/** What is asked of the pages of a file before they are decoded: one of a few bytes may say that it has billions of values, and have them. */
import type { AsyncBuffer, FileMetaData, RowGroup } from 'hyparquet';
import { formatSize } from '../../base/size.ts';
import { readPageHeader } from './library.ts';
import { ListFault } from './lists.ts';

interface Bounds {
  /** So many values a page has at most. */
  readonly page: number;
  /** So many have pages of all columns together, one of each. */
  readonly pages: number;
  /** So many are held of all columns together, and so many has one whose rows are lists in a group of rows. */
  readonly held: number;
  /** Bytes of a page, unpacked. */
  readonly bytes: number;
  /** Those of pages of all columns together, one of each. */
  readonly pagesBytes: number;
  /** Those that are held of all columns together, about: pages are whole. */
  readonly heldBytes: number;
}

export const BOUNDS: Bounds = {
  page: 16 * 1024 * 1024,
  pages: 128 * 1024 * 1024,
  held: 32 * 1024 * 1024,
  bytes: 512 * 1024 * 1024,
  pagesBytes: 1024 * 1024 * 1024,
  heldBytes: 256 * 1024 * 1024,
};

/** So much is read to find the header of a page, and to find one that has long examples of its values in it. */
const HEADER = 4 * 1024;
const LONG_HEADER = 1024 * 1024;

type Column = RowGroup['columns'][number];

/** How many rows of a group are read at a time: all of it, where that is not too much to be held. @param bytes that all of it unpacks to. */
export function rowsAtOnce({ columns, num_rows }: RowGroup, bytes: number, { held, heldBytes }: Bounds): number {
  const byValues = Math.floor(held / Math.max(1, columns.length));
  const byBytes = bytes <= heldBytes ? byValues : Math.floor((Number(num_rows) * heldBytes) / bytes);
  return Math.max(1, Math.min(byValues, byBytes));
}

/**
 * Looks at the headers of all pages of a group of rows. Gives how many bytes they unpack to together.
 *
 * Rejects where a page would be too much, where columns have more bytes together than the file, or where there are fewer values than rows.
 */
export async function checkPages(
  file: AsyncBuffer,
  { schema }: FileMetaData,
  group: RowGroup,
  bounds: Bounds,
): Promise<number> {
  const rows = Number(group.num_rows);
  let unpacked = 0;
  let pagesBytes = 0;
  let all = 0;
  let reached = 0;
  let isBacked = false;
  for (const column of group.columns) {
    const name = column.meta_data?.path_in_schema.join('.') ?? '';
    // Each column is read by itself, also where several are the same bytes.
    reached += Number(column.meta_data?.total_compressed_size ?? 0);
    if (reached > file.byteLength) throw new Error('its columns have more bytes together than it has');
    const { values, bytes, largest, largestBytes, isWhole } = await valuesOf(file, column, name, bounds);
    unpacked += largest;
    pagesBytes += largestBytes;
    all += bytes;
    isBacked ||= values >= rows;
    // Of each column a page is there at a time, whatever is wanted of it.
    if (unpacked > bounds.pages)
      throw new Error(`pages of its columns have ${unpacked} values together, and ${bounds.pages} is the most`);
    if (pagesBytes > bounds.pagesBytes)
      throw new Error(
        `pages of its columns have ${formatSize(pagesBytes)} together, and ${formatSize(bounds.pagesBytes)} is the most`,
      );
    const isFlat = isFlatColumn(schema, column);
    if (isFlat && isWhole && values < rows)
      throw new Error(`its column "${name}" has ${values} values for ${rows} rows`);
    // Where a row has lists, pages are not told apart by rows.
    if (!isFlat && values > bounds.held)
      throw new Error(`its column "${name}" has ${values} values in one group of rows, and ${bounds.held} is the most`);
  }
  if (!isBacked && rows > bounds.held) throw new Error(`no column of it has values for its ${rows} rows`);
  return all;
}

/** Whether each row has one value of it, or null. */
function isFlatColumn(schema: FileMetaData['schema'], { meta_data }: Column): boolean {
  const [name, ...deeper] = meta_data?.path_in_schema ?? [];
  const element = schema.find((one) => one.name === name);
  return deeper.length === 0 && element?.repetition_type !== 'REPEATED';
}

/** How many values and bytes the pages of a column have together, and the largest. What is no header ends it: the library says so when it comes there. */
async function valuesOf(file: AsyncBuffer, { meta_data: about }: Column, name: string, bounds: Bounds) {
  let values = 0;
  let unpacked = 0;
  let largest = 0;
  let largestBytes = 0;
  const sizes = (isWhole: boolean) => ({ values, bytes: unpacked, largest, largestBytes, isWhole });
  if (about === undefined) return sizes(false);
  const start = Number(about.dictionary_page_offset || about.data_page_offset);
  const end = start + Number(about.total_compressed_size);
  if (start < 0 || end < start || end > file.byteLength) throw new Error(`its column "${name}" reaches beyond its end`);
  for (let at = start; at < end - 1; ) {
    const found = (await headerAt(file, at, end, HEADER)) ?? (await headerAt(file, at, end, LONG_HEADER));
    if (found === undefined && end - at > LONG_HEADER)
      throw new Error(`its column "${name}" has a page without a header of ${formatSize(LONG_HEADER)} at most`);
    if (found === undefined) return sizes(false);
    const { length, header } = found;
    const { data_page_header, data_page_header_v2, dictionary_page_header } = header;
    const counts = [data_page_header, data_page_header_v2, dictionary_page_header].map((one) => one?.num_values ?? 0);
    const count = Math.max(...counts);
    const bytes = Number(header.uncompressed_page_size);
    if (count > bounds.page)
      throw new Error(`its column "${name}" has a page of ${count} values, and ${bounds.page} is the most`);
    if (bytes > bounds.bytes)
      throw new Error(
        `its column "${name}" has a page of ${formatSize(bytes)}, and ${formatSize(bounds.bytes)} is the most`,
      );
    if (Math.min(...counts) < 0 || bytes < 0 || header.compressed_page_size < 0)
      throw new Error(`its column "${name}" is damaged`);
    if (header.type !== 'DICTIONARY_PAGE') values += count;
    unpacked += bytes;
    largest = Math.max(largest, count);
    largestBytes = Math.max(largestBytes, bytes);
    at += length + header.compressed_page_size;
  }
  return sizes(true);
}

/** A header, and how long it is; undefined where there is none within so many bytes. Rejects with a ListFault where its lists would be too much. */
async function headerAt(file: AsyncBuffer, at: number, end: number, most: number) {
  const bytes = await file.slice(at, Math.min(end, at + most));
  const reader = { view: new DataView(bytes), offset: 0 };
  try {
    const header = readPageHeader(reader);
    return { header, length: reader.offset };
  } catch (error) {
    // The library would make room for it.
    if (error instanceof ListFault) throw error;
    return undefined;
  }
}
