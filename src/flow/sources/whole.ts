import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { SourceContext } from '../batch/context.ts';
import { isAtEnd, readFile, readStream } from './reading.ts';
import { openFramer, type TextArguments } from './text.ts';

/**
 * Reads a whole file as an origin of its own, unpacked where its name ends in `.gz`; up to the end of the run if that comes first.
 * Rejects with the system's error; what had been read by then is delivered.
 */
export async function readWhole(path: string, args: TextArguments, context: SourceContext): Promise<void> {
  const file = await open(path);
  try {
    const framer = openFramer(args, context.origin(path), context);
    if (path.endsWith('.gz')) {
      const packed = file.createReadStream({ autoClose: false });
      const plain = createGunzip();
      packed.on('error', (error) => plain.destroy(error));
      const broken = await readStream(packed.pipe(plain), framer, context.signal);
      packed.destroy();
      if (broken !== undefined) throw broken;
    } else {
      let position: number | undefined;
      try {
        position = await readFile(file.fd, framer, context);
      } finally {
        const isCut = context.signal.aborted && position !== undefined && !isAtEnd(file.fd, position);
        if (!isCut) framer.end();
      }
    }
  } finally {
    await file.close();
  }
}
