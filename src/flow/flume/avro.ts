/** The few types of Avro's binary form that Flume's protocol needs, see "Binary encoding" of Avro's specification. */
import { PeerFault } from '../sockets/peer-fault.ts';

/** Bytes of the longest whole number. */
const LONGEST = 10;

/** Reads values one after the other. Texts and bytes are views. @throws PeerFault where there are too few bytes. */
export class AvroReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** A whole number: seven bits a byte, the lowest first, the sign in the lowest bit. */
  long(): number {
    let zigzag = 0;
    let factor = 1;
    for (let count = 0; count < LONGEST; count++) {
      const byte = this.some(1)[0]!;
      zigzag += (byte & 0x7f) * factor;
      if (byte < 0x80) return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      factor *= 128;
    }
    throw new PeerFault('a number is too long');
  }

  some(length: number): Buffer {
    const end = this.at + length;
    if (!(length >= 0 && end <= this.bytes.length)) throw new PeerFault('a message is cut off');
    const some = this.bytes.subarray(this.at, end);
    this.at = end;
    return some;
  }

  data(): Buffer {
    return this.some(this.long());
  }

  text(): string {
    return this.data().toString('utf8');
  }

  /** A value that may be null, whose type stands behind null's. */
  optional<T>(read: () => T): T | undefined {
    return this.long() === 0 ? undefined : read();
  }

  /** What a list or a map holds, in blocks of so many. @param expect told of each how many that are. */
  each(read: () => void, expect: (count: number) => void = () => {}): void {
    for (let count = this.long(); count !== 0; count = this.long()) {
      // A negative count is followed by the size of the block.
      if (count < 0) this.long();
      expect(Math.abs(count));
      for (let i = Math.abs(count); i > 0; i--) {
        if (this.isAtEnd) throw new PeerFault('a message is cut off');
        read();
      }
    }
  }
}

/** Writes values one after the other. */
export class AvroWriter {
  private readonly parts: Buffer[] = [];

  long(value: number): this {
    const bytes: number[] = [];
    let zigzag = value < 0 ? -2 * value - 1 : 2 * value;
    for (; zigzag >= 0x80; zigzag = Math.floor(zigzag / 128)) bytes.push((zigzag % 128) | 0x80);
    bytes.push(zigzag);
    return this.some(Buffer.from(bytes));
  }

  some(bytes: Buffer): this {
    this.parts.push(bytes);
    return this;
  }

  data(bytes: Buffer): this {
    return this.long(bytes.length).some(bytes);
  }

  text(text: string): this {
    return this.data(Buffer.from(text));
  }

  optional(bytes: Buffer | undefined): this {
    return bytes === undefined ? this.long(0) : this.long(1).some(bytes);
  }

  take(): Buffer {
    return Buffer.concat(this.parts.splice(0));
  }
}
