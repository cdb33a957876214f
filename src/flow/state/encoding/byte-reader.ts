import { StateError } from './state-error.ts';

/** Bytes that are read one behind the other. All methods throw StateError where there are not enough of them. */
export class ByteReader {
  position: number;
  private readonly bytes: Buffer;

  /** @param position where to begin. */
  constructor(bytes: Buffer, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  /** See `ByteWriter.whole`. */
  whole(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (value > Number.MAX_SAFE_INTEGER) throw new StateError('a number in it is too large');
      if (byte < 128) return value;
    }
  }

  /** Part of what is read, not a copy. */
  raw(count: number): Buffer {
    const start = this.take(count);
    return this.bytes.subarray(start, start + count);
  }

  /** A copy of so many bytes, in memory of its own. */
  memory(count: number): ArrayBuffer {
    const memory = new ArrayBuffer(this.raw(count).length);
    Buffer.from(memory).set(this.bytes.subarray(this.position - count, this.position));
    return memory;
  }

  private take(count: number): number {
    if (count > this.left) throw new StateError('it ends too early');
    const start = this.position;
    this.position += count;
    return start;
  }
}
