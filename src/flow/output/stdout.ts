import type { RunFailure } from '../../base/problem.ts';
import type { Output } from '../define/context.ts';
import { type Channel, channelOf } from './channel.ts';
import { sinkFailure } from './failure.ts';
import { QueuedOutput } from './output.ts';

/** Bytes that every pipe takes whole or not at all (POSIX, PIPE_BUF). */
const WHOLE = 512;

interface FileOutputOptions {
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
export class FileOutput extends QueuedOutput {
  private readonly channel: Channel;

  constructor(fd: number, options: FileOutputOptions) {
    const channel = channelOf(fd);
    let hasTaken = false;
    const put = async (bytes: Uint8Array) => {
      // The system takes so few bytes whole or not at all, so what was taken of the first ones is known.
      const first = hasTaken ? 0 : Math.min(bytes.length, WHOLE);
      if (first > 0) await channel.put(bytes.subarray(0, first));
      hasTaken = true;
      if (first < bytes.length) await channel.put(bytes.subarray(first));
    };
    super(put, (error) => {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EPIPE' || code === 'ECONNRESET') options.onClosed(hasTaken);
      else options.onFailure(sinkFailure('standard output', error));
    });
    this.channel = channel;
  }

  /** Flushes, and gives back what was opened beside the descriptor; the descriptor itself stays open. */
  async close(): Promise<void> {
    await this.flush();
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
