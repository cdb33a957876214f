import type { Output } from '../define/context.ts';
import type { Ground } from '../define/ground.ts';
import { JobQueue } from './job-queue.ts';

/** Text is collected to this many characters before it becomes a write. */
const WRITE_SIZE = 64 * 1024;

/**
 * A bounded queue in front of anything that takes bytes slowly: a file, a socket, a process. It puts everything out in order, one
 * large write at a time.
 *
 *     write ─▶ text, to 64 KB ─▶ ┐
 *     after ──────── an action ─▶ jobs ─▶ one after the other
 */
export class QueuedOutput extends JobQueue implements Output {
  private readonly put: (bytes: Uint8Array) => Promise<void>;
  private readonly groundNow: (() => Ground) | undefined;
  /** Of what was written last, and so of all before. */
  private ground: Ground | undefined;
  /** What is not queued yet: text, or the first bytes of a block, never both. */
  private text = '';
  private block = Buffer.alloc(0);
  private filled = 0;

  /**
   * @param put writes all of the bytes, or rejects; not called again before its promise has settled.
   * @param failed told the first error, once. Everything that waits is dropped then, and everything that comes later.
   * @param groundNow what that follows from which is written now, where it has to be written down before.
   */
  constructor(put: (bytes: Uint8Array) => Promise<void>, failed: (error: unknown) => void, groundNow?: () => Ground) {
    super(failed);
    this.put = put;
    this.groundNow = groundNow;
  }

  write(piece: string | Uint8Array): void {
    if (this.isDead) return;
    this.ground = this.groundNow?.();
    if (typeof piece === 'string') {
      if (this.filled > 0) this.queueBlock();
      this.text += piece;
      if (this.text.length >= WRITE_SIZE) this.queueText();
    } else {
      if (this.text !== '') this.queueText();
      this.copy(piece);
    }
  }

  protected override queueOpen(): void {
    this.queueText();
    this.queueBlock();
  }

  override drop(): void {
    this.text = '';
    this.filled = 0;
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

  private queueText(): void {
    if (this.text === '') return;
    const bytes = Buffer.from(this.text);
    this.text = '';
    this.queueBytes(bytes);
  }

  private queueBlock(): void {
    if (this.filled === 0) return;
    const bytes = this.block.subarray(0, this.filled);
    this.block = this.block.subarray(this.filled);
    this.filled = 0;
    this.queueBytes(bytes);
  }

  private queueBytes(bytes: Uint8Array): void {
    const { ground } = this;
    const put = ground === undefined ? () => this.put(bytes) : () => ground.written().then(() => this.put(bytes));
    this.queue(put, bytes.length);
  }
}
