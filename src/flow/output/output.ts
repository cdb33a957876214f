import { Room } from '../../base/room.ts';
import type { Output } from '../define/context.ts';

/** Text is collected to this many characters before it becomes a write. */
const WRITE_SIZE = 64 * 1024;
/** More than this many bytes waiting, and `blocked` asks the run to stop reading. */
const BOUND = 1024 * 1024;
/** What an action counts for in the bound, bytes, so that a thousand waiting files are too many as well. */
const ACTION_WEIGHT = 4096;

type Job = Uint8Array | (() => Promise<void>);

/**
 * A bounded queue in front of anything that takes bytes slowly: a file, a socket, a process. It puts everything out in order, one
 * large write at a time.
 *
 *     write ─▶ text, to 64 KB ─▶ ┐
 *     after ──────── an action ─▶ jobs ─▶ one after the other
 */
export class QueuedOutput implements Output {
  private readonly put: (bytes: Uint8Array) => Promise<void>;
  private readonly failed: (error: unknown) => void;
  /** What is not queued yet: text, or the first bytes of a block, never both. */
  private text = '';
  private block = Buffer.alloc(0);
  private filled = 0;
  private jobs: Job[] = [];
  /** The weight of the jobs that are not done yet. */
  private waiting = 0;
  private running = false;
  private dead = false;
  private readonly room = new Room();
  private readonly flushes = new Set<() => void>();

  /**
   * @param put writes all of the bytes, or rejects; not called again before its promise has settled.
   * @param failed told the first error, once. Everything that waits is dropped then, and everything that comes later.
   */
  constructor(put: (bytes: Uint8Array) => Promise<void>, failed: (error: unknown) => void) {
    this.put = put;
    this.failed = failed;
  }

  write(piece: string | Uint8Array): void {
    if (this.dead) return;
    if (typeof piece === 'string') {
      if (this.filled > 0) this.queueBlock();
      this.text += piece;
      if (this.text.length >= WRITE_SIZE) this.queueText();
    } else {
      if (this.text !== '') this.queueText();
      this.copy(piece);
    }
  }

  /** Runs `action` when all that was written so far is out, before anything that is written later. Its rejection is a failure. */
  after(action: () => Promise<void>): void {
    if (this.dead) return;
    this.queueOpen();
    this.queue(action);
  }

  /** What `ask` gives when all that was written so far is out; undefined where the output has failed. */
  async behind<T>(ask: () => Promise<T>): Promise<T | undefined> {
    let given: T | undefined;
    this.after(async () => {
      given = await ask();
    });
    await this.flush();
    return given;
  }

  get isWriting(): boolean {
    return this.running;
  }

  blocked(): Promise<void> | undefined {
    return this.waiting <= BOUND ? undefined : this.room.wait();
  }

  /** Resolves when all that was written so far is out, or never can be, since the output has failed. */
  flush(): Promise<void> {
    this.queueOpen();
    if (this.dead || !this.running) return Promise.resolve();
    return new Promise((resolve) => {
      this.flushes.add(resolve);
      this.queue(async () => {
        this.flushes.delete(resolve);
        resolve();
      });
    });
  }

  /** Ends the output with an error that came from elsewhere than a write: a peer that has gone. Only the first one counts. */
  fail(error: unknown): void {
    if (this.dead) return;
    this.dead = true;
    this.text = '';
    this.filled = 0;
    this.jobs = [];
    this.waiting = 0;
    this.room.make();
    for (const resolve of this.flushes) resolve();
    this.flushes.clear();
    this.failed(error);
  }

  /** Many small pieces of bytes become one block. */
  private copy(piece: Uint8Array): void {
    if (this.filled + piece.length > this.block.length) {
      this.queueBlock();
      this.block = Buffer.allocUnsafeSlow(Math.max(WRITE_SIZE, piece.length));
    }
    this.block.set(piece, this.filled);
    this.filled += piece.length;
  }

  private queueOpen(): void {
    this.queueText();
    this.queueBlock();
  }

  private queueText(): void {
    if (this.text === '') return;
    const bytes = Buffer.from(this.text);
    this.text = '';
    this.queue(bytes);
  }

  private queueBlock(): void {
    if (this.filled === 0) return;
    const bytes = this.block.subarray(0, this.filled);
    this.block = this.block.subarray(this.filled);
    this.filled = 0;
    this.queue(bytes);
  }

  private queue(job: Job): void {
    this.jobs.push(job);
    this.waiting += weight(job);
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.jobs.length > 0) {
        const jobs = this.jobs;
        this.jobs = [];
        for (const job of jobs) {
          await (job instanceof Uint8Array ? this.put(job) : job());
          if (this.dead) break;
          this.waiting -= weight(job);
          if (this.waiting <= BOUND) this.room.make();
        }
      }
    } catch (error) {
      this.fail(error);
    }
    this.running = false;
  }
}

function weight(job: Job): number {
  return job instanceof Uint8Array ? job.length : ACTION_WEIGHT;
}
