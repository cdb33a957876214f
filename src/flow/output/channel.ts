import { constants, fstatSync, openSync, write } from 'node:fs';
import { Socket } from 'node:net';

/** How long to wait, ms, where a descriptor says that it cannot take anything at the moment and cannot be waited for. */
const AGAIN = 5;

/** A descriptor to write to. */
export interface Channel {
  /** Writes all of the bytes, or rejects with the system's error. */
  put(bytes: Uint8Array): Promise<void>;
  /** Gives back what was opened beside the descriptor, which itself stays open. */
  close(): Promise<void>;
  /** The event loop has the descriptor itself, so that it must not be closed. */
  readonly isHeld?: boolean;
}

/**
 * A pipe or socket is written through the event loop: a thread that hangs in a write to a reader that does not read would
 * keep the process from ending. Files and terminals cannot be waited for, so they are written by a thread.
 */
export function channelOf(fd: number): Channel {
  const kind = fstatSync(fd);
  if (kind.isFIFO()) return socketChannel(reopen(fd), fd);
  if (kind.isSocket()) return socketChannel(fd, fd);
  return { put: (bytes) => writeAll(fd, bytes), close: () => Promise.resolve() };
}

/**
 * The same pipe under a descriptor of its own. Waiting in the event loop makes a pipe non-blocking, and that mark is shared by
 * all who inherited it: `(leat … & other) | less` would give the other one errors that it does not expect.
 */
function reopen(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // No such file system here, not our pipe, or no reader left, which the first write will tell.
    return fd;
  }
}

function socketChannel(fd: number, original: number): Channel {
  const socket = new Socket({ fd, readable: false, writable: true });
  // The callback of the write is told the same error.
  socket.on('error', () => {});
  return {
    isHeld: fd === original,
    put: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: () =>
      new Promise((resolve) => {
        if (fd === original || socket.destroyed) return resolve();
        socket.once('close', () => resolve());
        socket.destroy();
      }),
  };
}

/** Writes all the bytes to a descriptor, however few it takes at a time. */
async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  let from = 0;
  while (from < bytes.length) from += await writeSome(fd, bytes, from);
}

function writeSome(fd: number, bytes: Uint8Array, from: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, from, bytes.length - from, null, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === 'EAGAIN') setTimeout(resolve, AGAIN, 0);
      else reject(error);
    });
  });
}
