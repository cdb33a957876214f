import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { packedAs } from '../../src/flow/packings/pack.ts';

/** Three lines as the programs pack them, with the checks that they make of them. */
export const THREE_LINES: { readonly [packing: string]: Buffer } = {
  gzip: gzipSync('one\ntwo\nthree\n'),
  zstd: Buffer.from('KLUv/QRYcQAAb25lCnR3bwp0aHJlZQqkWIk0', 'base64'),
  bzip2: Buffer.from('QlpoOTFBWSZTWQh7fdcAAATBgAAQAkGUgCAAMQwIIaPUyIVHMjio8XckU4UJAIe33XA=', 'base64'),
  xz: Buffer.from(
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQANb25lCnR3bwp0aHJlZQoAAACUhJIr6JdbfQABJg4IG+AEH7bzfQEAAAAABFla',
    'base64',
  ),
};

/** Whether the program bzip2 is there: nothing else of ours packs so. */
export const hasBzip2 = has('bzip2');

/** Packs a text; of bzip2 only where {@link hasBzip2}. */
export async function packedBy(packing: string, text: string): Promise<Buffer> {
  if (packing === 'gzip') return gzipSync(text);
  if (packing === 'zstd') return Buffer.from(await packedAs('.zst')!.pack(Buffer.from(text)));
  if (packing === 'bzip2') return execFileSync('bzip2', ['-c'], { input: text, maxBuffer: 2 ** 26 });
  const lzma = createRequire(import.meta.url)('lzma-native') as {
    compress(text: string, done: (packed: Buffer) => void): void;
  };
  return new Promise((resolve) => lzma.compress(text, resolve));
}

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
}
