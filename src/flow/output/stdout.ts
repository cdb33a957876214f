import { constants, fstatSync, openSync, write } from 'node:fs';
import { Socket } from 'node:net';
import type { RunFailure } from '../../base/problem.ts';
import type { Output } from '../define/context.ts';
import { sinkFailure } from './failure.ts';
import { QueuedOutput } from './output.ts';

/** Bytes that every pipe takes whole or not at all (POSIX, PIPE_BUF). */
const WHOLE = 512;
/** How long to wait, ms, where a descriptor says that it cannot take anything at the moment and cannot be waited for. */
const AGAIN = 5;

export interface FileOutputOptions {
  /** What the user calls it; `standard output` unless said. */
  readonly name?: string;
  /**
   * The reader has closed its end (`| head`): nothing more is wanted, which is no failure. Called at most once.
   *
   * @param hasTaken whether anything was written before.
   */
  readonly onClosed: (hasTaken: boolean) => void;
  /** It cannot be written any more (disk full). Exit 4. Called at most once. */
  readonly onFailure: (failure: RunFailure) => void;
}

/** Standard output, or any other descriptor that is open for writing: a pipe, a socket, a file, a terminal. */
export class FileOutput implements Output {
  private readonly queued: QueuedOutput;
  private readonly channel: Channel;

  constructor(fd: number, options: FileOutputOptions) {
    this.channel = openChannel(fd);
    let hasTaken = false;
    const put = async (bytes: Uint8Array) => {
      // The system takes so few bytes whole or not at all, so what was taken of the first ones is known.
      const first = hasTaken ? 0 : Math.min(bytes.length, WHOLE);
      if (first > 0) await this.channel.put(bytes.subarray(0, first));
      hasTaken = true;
      if (first < bytes.length) await this.channel.put(bytes.subarray(first));
    };
    this.queued = new QueuedOutput(put, (error) => {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EPIPE' || code === 'ECONNRESET') options.onClosed(hasTaken);
      else options.onFailure(sinkFailure(options.name ?? 'standard output', error));
    });
  }

  write(piece: string | Uint8Array): void {
    this.queued.write(piece);
  }

  get isWriting(): boolean {
    return this.queued.isWriting;
  }

  blocked(): Promise<void> | undefined {
    return this.queued.blocked();
  }

  flush(): Promise<void> {
    return this.queued.flush();
  }

  /** Flushes, and gives back what was opened beside the descriptor; the descriptor itself stays open. */
  async close(): Promise<void> {
    await this.queued.flush();
    await this.channel.close();
  }
}

/** Collects what is written, for tests and for callers that want the text. */
export class TextOutput implements Output {
  private pieces: string[] = [];

  get text(): string {
    this.pieces = [this.pieces.join('')];
    return this.pieces[0]!;
  }

  write(piece: string | Uint8Array): void {
    this.pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString());
  }

  blocked(): undefined {
    return undefined;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

interface Channel {
  put(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * A pipe or socket is written through the event loop: a thread that hangs in a write to a reader that does not read would
 * keep the process from ending. Files and terminals cannot be waited for, so they are written by a thread.
 */
function openChannel(fd: number): Channel {
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
export async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
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
