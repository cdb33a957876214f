/** Bytes that are written one behind the other. */
export class ByteWriter {
  position = 0;
  private bytes = Buffer.allocUnsafeSlow(1024);

  /** What has been written: the writer's own, which must not be written to any more. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.position);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }

  /** A whole number from 0 on, 7 bits a byte, the lowest first. */
  whole(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) + 128);
    this.byte(rest);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** The memory of numbers as it lies there. */
  memory({ buffer, byteOffset, byteLength }: ArrayBufferView): void {
    this.raw(new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** @param encoding one byte a character, or two. */
  characters(text: string, encoding: 'latin1' | 'utf16le'): void {
    this.reserve(encoding === 'latin1' ? text.length : 2 * text.length);
    this.position += this.bytes.write(text, this.position, encoding);
  }

  /** Makes room for so many bytes, all at once. */
  reserve(count: number): void {
    const needed = this.position + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.written);
    this.bytes = larger;
  }
}
