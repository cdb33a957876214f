import { BytesAhead } from './bytes-ahead.ts';
import { type Steps, UnpackFault } from './stepped.ts';

/** What lz4 and zstd both pass over: a frame of any other content, with its size in front (RFC 8878, 3.1.2). */
const SKIPPABLE = 0x184d2a5;
const SKIPPABLE_HEADER = 8;
/** What tells one frame from another. */
const MAGIC = 4;

/** Unpacks frames that stand one behind the other, each worked off as far as there are bytes for it. */
export abstract class Frames<F> implements Steps {
  protected readonly ahead = new BytesAhead();
  /** The one under way. */
  protected frame: F | undefined;
  /** So many bytes are passed over first. */
  private skipping = 0;

  *take(bytes: Buffer): Iterable<Buffer> {
    this.ahead.append(bytes);
    while (this.step()) yield* this.unpacked();
  }

  // biome-ignore lint/correctness/useYield: nothing is held back
  *end(): Iterable<Buffer> {
    if (this.ahead.length > 0 || this.frame !== undefined || this.skipping > 0) throw new UnpackFault('torn');
  }

  /** Does what the next bytes are for. @returns whether there were enough of them. */
  private step(): boolean {
    if (this.skipping > 0) {
      this.skipping -= this.ahead.take(this.skipping).length;
      return this.skipping === 0;
    }
    if (this.frame !== undefined) return this.goOn(this.frame);
    const head = this.ahead.peek(SKIPPABLE_HEADER);
    if (head.length < MAGIC) return false;
    if (head.readUInt32LE() >>> 4 !== SKIPPABLE) return this.begin();
    if (head.length < SKIPPABLE_HEADER) return false;
    this.ahead.take(SKIPPABLE_HEADER);
    this.skipping = head.readUInt32LE(4);
    return true;
  }

  /** Begins a frame, of which at least the magic number is there. @returns whether there were enough bytes. */
  protected abstract begin(): boolean;

  /** Does what the next bytes of the frame are for, which it lets go of at its end. @returns whether there were enough of them. */
  protected abstract goOn(frame: F): boolean;

  /** What the last step has unpacked: given once. */
  protected abstract unpacked(): Iterable<Buffer>;
}
