import { readSync } from 'node:fs';

/** How many bytes at each end of what was read a file is known by. */
const SIZE = 256;

const NOTHING: Buffer = Buffer.alloc(0);

/** So many bytes of an open file, fewer where it ends before. @throws the system's error. */
export function bytesAt(fd: number, start: number, count: number): Buffer {
  if (count <= 0) return NOTHING;
  const buffer = Buffer.allocUnsafe(count);
  return buffer.subarray(0, readSync(fd, buffer, 0, count, start));
}

/**
 * How far a file was read, and by what to know that it still is the one: its first bytes, and the last ones before that place. A file that was
 * truncated and written anew has others, as a rule the latter, even where it begins with the same banner.
 */
export class ReadMark {
  /** Up to where it was read, bytes. */
  position = 0;
  private first = NOTHING;
  private last = NOTHING;

  /** The mark of a file that is taken for read up to a place. */
  static at(fd: number, position: number): ReadMark {
    const mark = new ReadMark();
    mark.position = position;
    mark.first = bytesAt(fd, 0, Math.min(SIZE, position));
    mark.last = bytesAt(fd, Math.max(0, position - SIZE), Math.min(SIZE, position));
    return mark;
  }

  /** How many bytes in front of the place `isLast` wants to see. */
  get overlap(): number {
    return this.last.length;
  }

  /** So much more was read. */
  take(bytes: Buffer): void {
    if (this.first.length < SIZE) this.first = Buffer.concat([this.first, bytes.subarray(0, SIZE - this.first.length)]);
    this.last = Buffer.from(
      bytes.length >= SIZE ? bytes.subarray(bytes.length - SIZE) : Buffer.concat([this.last, bytes]).subarray(-SIZE),
    );
    this.position += bytes.length;
  }

  /** Whether these are the last bytes before the place. */
  isLast(bytes: Buffer): boolean {
    return bytes.equals(this.last);
  }

  /** The first bytes that were read. */
  get begin(): Buffer {
    return this.first;
  }

  /** Whether these bytes begin as what was read, as far as both go. */
  begins(bytes: Buffer): boolean {
    const count = Math.min(bytes.length, this.first.length);
    return count > 0 && bytes.subarray(0, count).equals(this.first.subarray(0, count));
  }

  /** Whether a file has in it, up to the place, what was read: it is the file, or a copy. */
  isOf(fd: number): boolean {
    const first = bytesAt(fd, 0, this.first.length);
    return first.equals(this.first) && this.isLast(bytesAt(fd, this.position - this.overlap, this.overlap));
  }
}
