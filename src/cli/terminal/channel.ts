import { closeSync, constants, openSync, write, writeSync } from 'node:fs';

/** ms until a terminal that could not take more is asked again. */
const AGAIN = 5;

/** A terminal to write to. */
export interface Channel {
  /** Writes all of the bytes, however slowly they are taken. Rejects with the system's error. */
  put(bytes: Uint8Array): Promise<void>;
  /** Writes at once what can be written at once. Never throws. */
  putNow(text: string): void;
  close(): void;
}

/**
 * The terminal behind a descriptor, opened anew without blocking: a thread that hangs in a write to a terminal that is held (Ctrl-S)
 * would keep the process from ending, and the mark of not blocking would be shared by all who inherited the descriptor.
 */
export function openChannel(descriptor: number): Channel {
  const own = reopen(descriptor);
  const fd = own ?? descriptor;
  return {
    async put(bytes) {
      for (let from = 0; from < bytes.length; ) from += await some(fd, bytes, from);
    },
    putNow(text) {
      try {
        writeSync(fd, text);
      } catch {
        // The terminal is held or gone; there is nothing left to do for it.
      }
    },
    close() {
      if (own !== undefined) closeSync(own);
    },
  };
}

/** @returns how many bytes were written. */
function some(fd: number, bytes: Uint8Array, from: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, from, bytes.length - from, null, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === 'EAGAIN') setTimeout(resolve, AGAIN, 0);
      else reject(error);
    });
  });
}

function reopen(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}
