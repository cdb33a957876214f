import { gzipSync } from 'node:zlib';
import type { TextFault } from '../../base/problem.ts';
import { type Driver, driverFault, loadDriver } from '../drivers/driver.ts';

/** How a file is written that is packed. */
export interface PackedAs {
  readonly packing: 'gzip' | 'zstd';
  /** Packs bytes as a member of their own: members one behind the other are what their bytes are. */
  pack(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const ZSTD: Driver = { package: '@hpcc-js/wasm-zstd', version: '1.12.5', of: 'zstd' };

/** The part of the library that is used. */
interface Zstd {
  readonly Zstd: { load(): Promise<{ compress(bytes: Uint8Array): Uint8Array }> };
}

// On the thread of the run, as all that is written: beside it, members would be made in an order of their own.
const gzipBytes = (bytes: Uint8Array) => gzipSync(bytes);

const WAYS: { readonly [ending: string]: PackedAs } = {
  gz: { packing: 'gzip', pack: gzipBytes },
  zst: { packing: 'zstd', pack: async (bytes) => (await loadDriver<Zstd>(ZSTD).Zstd.load()).compress(bytes) },
};

/** What names of files end in that are packed in ways, or made of several files, which nothing is written in. */
const UNWRITTEN = /\.(?:xz|bz2|lz4|lzma|br|zip|7z|rar|z|tgz|tar)$/i;

/** How a file with such a name is packed; undefined where it is not. @param name a path, or its end: `out/a.json.gz`, `.zst`. */
export function packedAs(name: string): PackedAs | undefined {
  const ending = /\.(gz|zst)$/i.exec(name)?.[1];
  return ending === undefined ? undefined : WAYS[ending.toLowerCase()];
}

/** What is wrong with the name of a file that is to be written, because of how it says that it is packed. */
export function packedNameFault(name: string): TextFault | string | undefined {
  if (/\.parquet(?:\.(?:gz|zst))?$/i.test(name))
    return 'a file of Parquet is packed by itself, and nothing is added to one: `save(…, "parquet")` writes one for each batch';
  const unwritten = UNWRITTEN.exec(name)?.[0];
  if (unwritten !== undefined) return `nothing is written as ${unwritten}: files can be packed as .gz or .zst`;
  return packedAs(name)?.packing === 'zstd' ? driverFault(ZSTD, name.length) : undefined;
}
