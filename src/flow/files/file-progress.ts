import { fstatSync } from 'node:fs';
import { RunFailure } from '../../base/problem.ts';
import type { Framer, Progress } from '../define/framer.ts';
import type { PlainData, Split } from '../define/position.ts';
import { asBuffer } from '../framing/framer.ts';
import { BEGIN_ANEW, DOES_NOT_FIT } from '../input/fault.ts';
import { isPacked } from './packed.ts';
import { ReadMark, type WrittenMark } from './read-mark.ts';

/** How far a file was read. */
export type FileAt = {
  /** Where its data begins, bytes; at its start where it is not said. */
  readonly start?: number | undefined;
  /** Bytes of whole records from there; of packed data, of what is unpacked; of a file of Parquet its rows. */
  readonly offset: number;
  /** The record that begins there was told of as bad, before its end had come. */
  readonly isPassing?: true | undefined;
  /** What the file is known by. */
  readonly mark: WrittenMark;
};

/** A file that was read to its end, and of which nothing else need be known. */
export const DONE = { isDone: true } as const;

/** The position in one file that is read from its start, or goes on in it. */
export class FileProgress implements Progress {
  from = 0;
  skip = 0;
  isPassing = false;
  private readonly key: string;
  private readonly about: { readonly [name: string]: PlainData };
  private readonly done: (read: number) => PlainData;
  private mark = new ReadMark();
  private start = 0;
  /** Of a file that is known by all of its bytes, how much of it was not read yet, from 1 to 0. */
  private ahead: number | undefined;
  private isBroken = false;

  /**
   * @param key the split's.
   * @param about what else of the file is in the position while it is read.
   * @param done what is, once it was read: so many bytes.
   */
  constructor(key: string, about: { readonly [name: string]: PlainData }, done: (read: number) => PlainData) {
    this.key = key;
    this.about = about;
    this.done = done;
  }

  /** The data begins at a place in an open file, bytes. @throws the system's error. */
  startAt(fd: number, start: number): void {
    this.start = start;
    this.mark = ReadMark.at(fd, start);
  }

  /** The file is known by all of its bytes, however much of it is read. @throws the system's error. */
  knowAll(fd: number, size: number): void {
    this.mark = ReadMark.at(fd, size);
    this.ahead = 1;
  }

  /** Of a file that is known by all of its bytes, so much was read, from 0 to 1. */
  reach(part: number): void {
    this.ahead = 1 - part;
  }

  /** How many bytes of a file of `size` bytes were not read yet. */
  left(size: number): number {
    return this.ahead === undefined ? size - this.mark.position : Math.round(size * this.ahead);
  }

  /**
   * Goes on in an open file where an earlier run was.
   *
   * @param name what it is called in messages.
   * @returns the place in the file to read from, bytes.
   * @throws RunFailure of exit 3 where it is not the file that was read; the system's error.
   */
  goOn(fd: number, name: string, { start = 0, offset, isPassing, mark }: FileAt): number {
    const known = ReadMark.of(mark);
    if (!known.isOf(fd)) throw notTheFile(name, known.position, Number(fstatSync(fd).size));
    this.from = offset;
    this.isPassing = isPassing === true;
    const isUnpacked = isPacked(fd, start);
    if (isUnpacked) this.skip = offset;
    const seek = isUnpacked ? start : start + offset;
    this.start = start;
    this.mark = ReadMark.at(fd, seek);
    return seek;
  }

  /** The same framer, with what it is given noted. */
  around(framer: Framer): Framer {
    return {
      push: (piece) => {
        this.mark.take(asBuffer(piece));
        return framer.push(piece);
      },
      end: () => framer.end(),
    };
  }

  /** Reading failed: there may be more. */
  breakOff(): void {
    this.isBroken = true;
  }

  behind(offset: number, isPassing: boolean): Split {
    const at: FileAt = {
      start: this.start || undefined,
      offset,
      isPassing: isPassing || undefined,
      mark: this.mark.written(),
    };
    return { key: this.key, at: { ...this.about, ...at } };
  }

  over(isWhole: boolean): Split | undefined {
    return this.isBroken || !isWhole ? undefined : { key: this.key, at: this.done(this.mark.position) };
  }
}

function notTheFile(name: string, read: number, size: number): RunFailure {
  const what =
    size < read
      ? `${name} has ${size} bytes, and was read up to byte ${read}`
      : `${name} is not what was read up to byte ${read}: other bytes stand there`;
  return new RunFailure(DOES_NOT_FIT, 3, what, BEGIN_ANEW);
}

/** A file that was being read, and is not there. */
export function fileIsGone(name: string, { mark }: FileAt): RunFailure {
  const what = `${name} was read up to byte ${mark.read}, and does not exist any more`;
  return new RunFailure(DOES_NOT_FIT, 3, what, BEGIN_ANEW);
}
