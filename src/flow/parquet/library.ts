import type * as Hyparquet from 'hyparquet';
import type * as Writing from 'hyparquet-writer';
import type { TextFault } from '../../base/problem.ts';
import { type Driver, driverFault, loadDriver } from '../drivers/driver.ts';

const READING: Driver = { package: 'hyparquet', version: '1.31.5', of: 'Parquet' };
const PACKINGS: Driver = { package: 'hyparquet-compressors', version: '1.1.2', of: 'the packings of Parquet' };
const WRITING: Driver = { package: 'hyparquet-writer', version: '0.17.0', of: 'Parquet' };

/** What reads files. */
export function readingLibrary(): typeof Hyparquet & { readonly compressors: Hyparquet.Compressors } {
  const { compressors } = loadDriver<{ compressors: Hyparquet.Compressors }>(PACKINGS);
  return { ...loadDriver<typeof Hyparquet>(READING), compressors };
}

/** The header of a page at the place of a reader, which is behind it then. @throws RangeError where there is none. */
export function readPageHeader(reader: Hyparquet.DataReader): Hyparquet.PageHeader {
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
