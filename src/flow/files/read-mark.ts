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

/** A mark as plain data: the bytes in base64. */
export type WrittenMark = { readonly read: number; readonly first: string; readonly last: string };

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

  /** The mark that was written down. */
  static of({ read, first, last }: WrittenMark): ReadMark {
    const mark = new ReadMark();
    mark.position = read;
    mark.first = Buffer.from(first, 'base64');
    mark.last = Buffer.from(last, 'base64');
    return mark;
  }

  /** The mark so many bytes in front of this one, as far as its bytes are known. */
  back(count: number): ReadMark {
    const mark = new ReadMark();
    mark.position = this.position - count;
    mark.first = this.first.subarray(0, mark.position);
    mark.last = this.last.subarray(0, Math.max(0, this.last.length - count));
    return mark;
  }

  written(): WrittenMark {
    return { read: this.position, first: this.first.toString('base64'), last: this.last.toString('base64') };
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
