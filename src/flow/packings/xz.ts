import type { Transform } from 'node:stream';
import { type Driver, loadDriver } from '../drivers/driver.ts';
import { needed } from './needed.ts';
import type { Give, Unpacking } from './stepped.ts';
import { type Kinds, StreamedUnpacking } from './streamed.ts';

const XZ: Driver = { package: 'lzma-native', version: '8.0.6', of: 'xz' };

/** So many bytes at a time: they unpack to some 28 MB where somebody means it badly. */
const SLICE = 4096;

/** The most memory for what is to be looked back at, bytes: `xz -9` wants 65 MB. */
const MOST_MEMORY = 256 * 1024 * 1024;

/** The part of the library that is used. */
interface Library {
  readonly LZMA_CONCATENATED: number;
  createStream(kind: 'autoDecoder', options: { readonly memlimit: number; readonly flags: number }): Transform;
}

const KINDS: Kinds = { LZMA_BUF_ERROR: 'torn', LZMA_DATA_ERROR: 'damaged', LZMA_FORMAT_ERROR: 'damaged' };

/** Opens what unpacks xz, of several streams too; its checks are held. @throws UnpackFault where the library is not installed. */
export function openXz(give: Give): Unpacking {
  const { createStream, LZMA_CONCATENATED } = needed(XZ, () => loadDriver<Library>(XZ));
  const stream = createStream('autoDecoder', { memlimit: MOST_MEMORY, flags: LZMA_CONCATENATED });
  return new StreamedUnpacking(stream, KINDS, give, SLICE);
}
