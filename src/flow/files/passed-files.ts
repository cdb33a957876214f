import type { BigIntStats } from 'node:fs';
import type { Split } from '../define/position.ts';
import type { Original } from './copies.ts';
import { DoneFiles, type FileStats, identityOf, type WrittenDone, writtenDone } from './done-files.ts';
import { isGzip } from './packed.ts';
import { ReadMark, type WrittenMark } from './read-mark.ts';

/** How many of the files are known by what was in them as well. */
const MOST_MARKS = 256;

/** What the position has of a file that is not to be read (any more). */
export type PassedAt = WrittenDone & { readonly mark?: WrittenMark | undefined };

/**
 * The files that are not to be read (any more): what earlier rotations have left, copies, and with their sizes those that were followed. They are told
 * by themselves, and copies of them, packed or not, by what was in them.
 */
export class PassedFiles {
  private readonly files = new DoneFiles();
  private readonly marks: Original[] = [];

  /** What was in the files, those that came first no longer. */
  get originals(): readonly Original[] {
    return this.marks;
  }

  /** One that an earlier run knew. */
  restore(identity: string, at: PassedAt): void {
    this.files.restore(identity, at);
    if (at.mark !== undefined) this.keep(ReadMark.of(at.mark));
  }

  /** Learns from anything that is seen whether its device knows when files were made. */
  learn(found: FileStats): void {
    this.files.learn(found);
  }

  /** Whether the device of a file knows when it was made. */
  isDated(found: FileStats): boolean {
    return this.files.isDated(found);
  }

  /** Whether a file was made before another one, as far as its device knows. @param made when that one was, ns. */
  isOlder(found: FileStats, made: bigint | undefined): boolean {
    return made !== undefined && this.files.isDated(found) && found.birthtimeNs < made;
  }

  has(found: FileStats): boolean {
    return this.files.isSame(found);
  }

  /** How many bytes of a file were read; undefined if none were, or if it is not one of these. */
  sizeOf(found: FileStats): bigint | undefined {
    return this.files.sizeOf(found);
  }

  /**
   * A file is not to be read (any more).
   *
   * @param size how many bytes of it were.
   * @param mark what those were, of one that was followed.
   * @returns what of the position is different.
   */
  add(found: FileStats, size?: bigint, mark?: ReadMark): Split {
    this.files.add(found, size);
    if (mark !== undefined) this.keep(mark);
    const at: PassedAt = { ...writtenDone(found, size), mark: mark?.written() };
    return { key: identityOf(found), at };
  }

  /**
   * A file is not to be read (any more), nor what a later rotation packs of it.
   *
   * @param fd what it is open as; undefined where it cannot be opened.
   * @param size how many bytes of it were read.
   * @returns what of the position is different.
   */
  passOver(fd: number | undefined, found: BigIntStats, size?: bigint): Split {
    const isPlain = fd !== undefined && !isGzip(fd, 0);
    return this.add(found, size, isPlain ? ReadMark.at(fd, Number(found.size)) : undefined);
  }

  private keep(mark: ReadMark): void {
    this.marks.push({ mark });
    if (this.marks.length > MOST_MARKS) this.marks.shift();
  }
}
