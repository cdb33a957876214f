import type { Transform } from 'node:stream';
import { type Give, UnpackFault, type Unpacking } from './stepped.ts';

/** What the codes and names of a library's errors mean. */
export type Kinds = { readonly [code: string]: UnpackFault['kind'] };

/** Unpacks by a stream of Node's, on a thread beside the run. */
export class StreamedUnpacking implements Unpacking {
  private readonly stream: Transform;
  private readonly slice: number;
  private fault: UnpackFault | undefined;
  /** Who waits for a piece, or for the end; told when it fails. */
  private readonly waiting = new Set<() => void>();

  /** @param slice so many bytes are given to the stream at a time: all if it does not hold what little of them unpacks to much. */
  constructor(stream: Transform, kinds: Kinds, give: Give, slice = Number.POSITIVE_INFINITY) {
    this.stream = stream;
    this.slice = slice;
    stream.on('data', (plain: Buffer) => {
      const full = give(plain);
      if (full === undefined) return;
      stream.pause();
      void full.then(() => stream.resume());
    });
    stream.on('error', ({ code = '', name, message }: NodeJS.ErrnoException) => {
      this.fault ??= new UnpackFault(kinds[code] ?? kinds[name] ?? 'other', message);
      for (const tell of this.waiting) tell();
    });
  }

  async take(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += this.slice) {
      await this.until((done) => this.stream.write(bytes.subarray(at, at + this.slice), done));
    }
  }

  end(): Promise<void> {
    return this.until((done) => this.stream.once('end', done).end());
  }

  close(): void {
    this.stream.removeAllListeners('data').removeAllListeners('end').destroy();
  }

  private until(begin: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.waiting.delete(done);
        if (this.fault === undefined) resolve();
        else reject(this.fault);
      };
      this.waiting.add(done);
      begin(done);
    });
  }
}
