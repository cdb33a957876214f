import type { Output } from '../define/context.ts';
import type { Ground } from '../define/ground.ts';
import { JobQueue } from './job-queue.ts';

/** Text is collected to this many characters before it becomes a write; so many bytes at first. */
const WRITE_SIZE = 64 * 1024;
/** Bytes are collected to about so many once more came: to wake a thread for a write takes longer than to write 64 KB. */
const LARGE_SIZE = 256 * 1024;
/** So many blocks that were written are kept for what comes next: more never wait, but of one piece that is larger than the bound. */
const MOST_SPARE = 5;
const NOTHING = Buffer.alloc(0);
const NEWLINE = 10;

/**
 * A bounded queue in front of anything that takes bytes slowly: a file, a socket, a process. It puts everything out in order, one
 * large write at a time.
 *
 *     write ─▶ text, to 64 KB ─▶ ┐
 *     write ─▶ bytes, a block ─▶ ┤
 *     after ──────── an action ─▶ jobs ─▶ one after the other
 *              ▲ └────────── a block that was written ─┘
 *              └ used again: hundreds of megabytes a second in new memory would be half of the work
 */
export class QueuedOutput extends JobQueue implements Output {
  private readonly put: (bytes: Uint8Array) => Promise<void>;
  private readonly groundNow: (() => Ground) | undefined;
  /** Of what was written last, and so of all before. */
  private ground: Ground | undefined;
  /** What is not queued yet: text, or bytes of the block from `begun` to `filled`, never both. */
  private text = '';
  private block: Buffer = NOTHING;
  private begun = 0;
  private filled = 0;
  private readonly spare: Buffer[] = [];

  /**
   * @param put writes all of the bytes, or rejects; not called again before its promise has settled. From then on they are the caller's again.
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
      this.queueBlock();
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
    this.filled = this.begun;
  }

  /**
   * Many small pieces of bytes become one block, and large ones several. A block ends where a line does: others may write to the same file, between
   * two writes, and where the rest is dropped no half of a line is out.
   */
  private copy(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; ) {
      const end = fittingEnd(piece, from, this.block.length - this.filled);
      if (end === from) {
        this.nextBlock(lineEnd(piece, from) - from);
        continue;
      }
      this.block.set(end - from === piece.length ? piece : piece.subarray(from, end), this.filled);
      this.filled += end - from;
      from = end;
    }
  }

  /** @param size what it has room for at least, bytes. */
  private nextBlock(size: number): void {
    const before = this.block;
    this.queueBlock();
    // By then all that lies in it is written. One for a line that is longer is not kept.
    if (before.length === LARGE_SIZE) this.queue(async () => this.keep(before), 0);
    const isFirst = before === NOTHING && size <= WRITE_SIZE;
    const spare = size > LARGE_SIZE ? undefined : this.spare.pop();
    this.block = spare ?? Buffer.allocUnsafeSlow(isFirst ? WRITE_SIZE : Math.max(size, LARGE_SIZE));
    this.begun = 0;
    this.filled = 0;
  }

  private queueText(): void {
    if (this.text === '') return;
    const bytes = Buffer.from(this.text);
    this.text = '';
    this.queueBytes(bytes);
  }

  private queueBlock(): void {
    const { block, begun, filled } = this;
    if (begun === filled) return;
    this.begun = filled;
    this.queueBytes(block.subarray(begun, filled));
  }

  private keep(block: Buffer): void {
    if (this.spare.length < MOST_SPARE) this.spare.push(block);
  }

  private queueBytes(bytes: Uint8Array): void {
    const { ground } = this;
    const put = ground === undefined ? () => this.put(bytes) : () => ground.written().then(() => this.put(bytes));
    this.queue(put, bytes.length);
  }
}

/** How far a piece goes from `from` on into so much room: to its end, or to that of a line. */
function fittingEnd(piece: Uint8Array, from: number, room: number): number {
  if (piece.length - from <= room) return piece.length;
  return room === 0 ? from : Math.max(from, piece.lastIndexOf(NEWLINE, from + room - 1) + 1);
}

/** Where the line ends that begins there. */
function lineEnd(piece: Uint8Array, from: number): number {
  return piece.indexOf(NEWLINE, from) + 1 || piece.length;
}
