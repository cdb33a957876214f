import type * as Hyparquet from 'hyparquet';
import type * as Writing from 'hyparquet-writer';
import type { TextFault } from '../../base/problem.ts';
import { type Driver, driverFault, loadDriver } from '../drivers/driver.ts';
import { checkLists } from './lists.ts';

const READING: Driver = { package: 'hyparquet', version: '1.31.5', of: 'Parquet' };
const PACKINGS: Driver = { package: 'hyparquet-compressors', version: '1.1.2', of: 'the packings of Parquet' };
const WRITING: Driver = { package: 'hyparquet-writer', version: '0.17.0', of: 'Parquet' };

/** A length and four letters stand at the end of a file, bytes. */
const END = 8;

/** What reads files. */
export function readingLibrary(): typeof Hyparquet & { readonly compressors: Hyparquet.Compressors } {
  const { compressors } = loadDriver<{ compressors: Hyparquet.Compressors }>(PACKINGS);
  return { ...loadDriver<typeof Hyparquet>(READING), compressors };
}

/** What a file says of itself at its end. Rejects with an error of the library where it is none, or not whole. */
export async function readMetadata(file: Hyparquet.AsyncBuffer): Promise<Hyparquet.FileMetaData> {
  const size = file.byteLength;
  const length = size < END ? 0 : new DataView(await file.slice(size - END, size)).getUint32(0, true);
  // What is longer than the file is refused by the library.
  if (length > 0 && length <= size - END)
    checkLists(new DataView(await file.slice(size - END - length, size - END)), 0);
  return readingLibrary().parquetMetadataAsync(file);
}

/** The header of a page at the place of a reader, which is behind it then. @throws RangeError where there is none, a ListFault of them where its lists would be too much. */
export function readPageHeader(reader: Hyparquet.DataReader): Hyparquet.PageHeader {
  checkLists(reader.view, reader.offset);
  const part = 'hyparquet/src/column.js';
  const { parquetHeader } = loadDriver<{ parquetHeader(reader: Hyparquet.DataReader): Hyparquet.PageHeader }>(
    READING,
    part,
  );
  return parquetHeader(reader);
}

/** What writes them. */
export function writingLibrary(): typeof Writing {
  return loadDriver<typeof Writing>(WRITING);
}

/** What is wrong with a program that reads a file, where the libraries are not installed. @param length of the argument that asks for it. */
export function readingFault(length: number): TextFault | undefined {
  return driverFault(READING, length) ?? driverFault(PACKINGS, length);
}

/** The same of one that writes. */
export function writingFault(length: number): TextFault | undefined {
  return driverFault(WRITING, length);
}
