import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * Writes an answer to a client. Who serves it reads nothing more of it until this resolves, so that the answers of a client that does not read
 * them are held in no greater number.
 *
 * @param output what leads to the client: its connection, or what packs for it.
 * @returns a promise where it reads more slowly than it is answered: it resolves when it has read, or is gone.
 */
export function answering(client: Socket, output: Writable, bytes: Buffer): Promise<void> | undefined {
  if (output.write(bytes) || client.destroyed) return undefined;
  return new Promise((resolve) => {
    const over = () => {
      output.off('drain', over);
      client.off('close', over);
      resolve();
    };
    output.on('drain', over);
    client.on('close', over);
  });
}
