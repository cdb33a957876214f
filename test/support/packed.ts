import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { packedAs } from '../../src/flow/packings/pack.ts';

/** Three lines as the programs pack them, with the checks that they make of them. */
export const THREE_LINES: { readonly [packing: string]: Buffer } = {
  gzip: gzipSync('one\ntwo\nthree\n'),
  zstd: Buffer.from('KLUv/QRYcQAAb25lCnR3bwp0aHJlZQqkWIk0', 'base64'),
  lz4: Buffer.from('BCJNGGRApw4AAIBvbmUKdHdvCnRocmVlCgAAAABDJZij', 'base64'),
  bzip2: Buffer.from('QlpoOTFBWSZTWQh7fdcAAATBgAAQAkGUgCAAMQwIIaPUyIVHMjio8XckU4UJAIe33XA=', 'base64'),
  xz: Buffer.from(
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQANb25lCnR3bwp0aHJlZQoAAACUhJIr6JdbfQABJg4IG+AEH7bzfQEAAAAABFla',
    'base64',
  ),
};

/** Programs without which nothing of ours packs so. */
const PROGRAMS: readonly string[] = ['bzip2', 'lz4'];

/** Whether what packs so is there. */
export const canPack = (packing: string) => !PROGRAMS.includes(packing) || has(packing);

/** Packs a text, where that {@link canPack}. */
export async function packedBy(packing: string, text: string): Promise<Buffer> {
  if (packing === 'gzip') return gzipSync(text);
  if (packing === 'zstd') return Buffer.from(await packedAs('.zst')!.pack(Buffer.from(text)));
  if (PROGRAMS.includes(packing)) return execFileSync(packing, ['-c'], { input: text, maxBuffer: 2 ** 26 });
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
