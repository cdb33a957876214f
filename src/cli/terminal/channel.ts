import { closeSync, constants, openSync, write, writeSync } from 'node:fs';

/** ms until a terminal that could not take more is asked again. */
const AGAIN = 5;

/**
 * A terminal to write to. It is opened anew, without blocking: a thread that hangs in a write to a terminal that is held (Ctrl-S) would
 * keep the process from ending, and the mark of not blocking would be shared by all who inherited the descriptor.
 */
export class Channel {
  private readonly fd: number;
  private readonly isOwn: boolean;

  constructor(fd: number) {
    const own = reopen(fd);
    this.fd = own ?? fd;
    this.isOwn = own !== undefined;
  }

  /** Writes all of the bytes, however slowly they are taken. Rejects with the system's error. */
  async put(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) from += await this.some(bytes, from);
  }

  /** Writes at once what can be written at once. Never throws. */
  putNow(text: string): void {
    try {
      writeSync(this.fd, text);
    } catch {
      // The terminal is held or gone; there is nothing left to do for it.
    }
  }

  close(): void {
    if (this.isOwn) closeSync(this.fd);
  }

  private some(bytes: Uint8Array, from: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.fd, bytes, from, bytes.length - from, null, (error, written) => {
        if (error === null) resolve(written);
        else if (error.code === 'EAGAIN') setTimeout(resolve, AGAIN, 0);
        else reject(error);
      });
    });
  }
}

function reopen(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}
