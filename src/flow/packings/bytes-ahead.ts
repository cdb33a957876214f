import { UnpackFault } from './stepped.ts';

const NOTHING = Buffer.alloc(0);

/** Bytes that have come and are not used yet, in order. */
export class BytesAhead {
  private bytes: Buffer = NOTHING;
  private at = 0;

  get length(): number {
    return this.bytes.length - this.at;
  }

  /** The bytes are kept as they are: nobody may change them. */
  append(more: Buffer): void {
    this.bytes = this.length === 0 ? more : Buffer.concat([this.bytes.subarray(this.at), more]);
    this.at = 0;
  }

  /** The next bytes, without using them; fewer where there are not so many. */
  peek(count = this.length): Buffer {
    return this.bytes.subarray(this.at, this.at + count);
  }

  /** Uses the next byte. @throws UnpackFault where there is none. */
  next(): number {
    if (this.at === this.bytes.length) throw new UnpackFault('torn');
    return this.bytes[this.at++]!;
  }

  /** Uses the next bytes. */
  take(count: number): Buffer {
    const taken = this.peek(count);
    this.at += taken.length;
    return taken;
  }
}
