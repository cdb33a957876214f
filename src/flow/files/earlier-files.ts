import { type BigIntStats, closeSync } from 'node:fs';
import type { SourceContext } from '../define/context.ts';
import type { Split } from '../define/position.ts';
import type { TextArguments } from '../framing/text.ts';
import { isPackedFrom } from './copies.ts';
import { identityOf } from './done-files.ts';
import type { FollowedAt } from './followed-at.ts';
import { FollowedFile } from './followed-file.ts';
import type { PassedFiles } from './passed-files.ts';
import { bytesAt, ReadMark } from './read-mark.ts';
import type { Siblings } from './siblings.ts';
import { tell } from './telling.ts';

/**
 * Finds the files that an earlier run followed, wherever they are now: by their numbers in the directory that they were in, or, where a file is
 * gone, by what was read of it in a copy, maybe a packed one.
 */
export class EarlierFiles {
  private readonly siblings: Siblings;
  private readonly passed: PassedFiles;
  private readonly args: TextArguments;
  private readonly context: SourceContext;
  private splits: Split[] = [];
  /** What of the position changes for the files that could not be found, once it is known what is there instead. */
  readonly gone: Split[] = [];

  /** @param passed knows of which devices it is known when files were made. */
  constructor(siblings: Siblings, passed: PassedFiles, args: TextArguments, context: SourceContext) {
    this.siblings = siblings;
    this.passed = passed;
    this.args = args;
    this.context = context;
  }

  /** @param split at a `FollowedAt`. */
  add(split: Split): void {
    this.splits.push(split);
  }

  /** They as they were read. */
  get inOrder(): readonly Split[] {
    return [...this.splits].sort((a, b) => (a.at as FollowedAt).rank - (b.at as FollowedAt).rank);
  }

  /**
   * Opens them, once. What cannot be found is told of as lost, and is among those `gone`.
   *
   * @param paths those of the pattern.
   * @param isTaken whether a file is followed already, or not to be read; asked when those before have been taken.
   */
  *open(paths: readonly string[], isTaken: (found: BigIntStats) => boolean): Generator<FollowedFile, void, undefined> {
    const splits = this.inOrder;
    this.splits = [];
    for (const split of splits) {
      const file = this.openItself(split, paths) ?? this.openCopy(split, paths, isTaken);
      if (file !== undefined) yield file;
      if (file?.identity === split.key) continue;
      const gone: Split = { key: split.key, at: null };
      if (file === undefined) this.gone.push(gone);
      else tell(this.context, file.split(), gone);
    }
  }

  private openItself(split: Split, paths: readonly string[]): FollowedFile | undefined {
    const at = split.at as FollowedAt;
    const places = [at.path, ...this.siblings.beside(at.real), ...paths].map((place) => ({
      place,
      found: this.siblings.stat(place),
    }));
    // A file that nothing was done to since it was made does not show whether its device knows when that was: another one may.
    for (const { found } of places) if (found !== undefined) this.passed.learn(found);
    const itself = places.find(
      ({ place, found }) => found?.isFile() && identityOf(found) === split.key && this.isItself(place, found, at),
    );
    return itself === undefined ? undefined : this.goOn(itself.place, split, false);
  }

  /** Whether a file is the one that was followed, or the copy in which it was: another one may have got its number. */
  private isItself(
    path: string,
    found: BigIntStats,
    { made, mark, start = 0, offset, first = '' }: FollowedAt,
  ): boolean {
    if (`${found.birthtimeNs}` === made) return true;
    const known = ReadMark.of(mark);
    const begin = Buffer.from(first, 'base64');
    // What nothing was read of is as good as any file; a copy was made later than what it is of, and is known by how it begins.
    const isAny = known.position === 0 && start + offset === 0 && this.passed.isDated(found);
    if (isAny && begin.length === 0) return false;
    return this.look(path, (fd) => known.isOf(fd) && (!isAny || begin.equals(bytesAt(fd, 0, begin.length)))) === true;
  }

  private openCopy(
    split: Split,
    paths: readonly string[],
    isTaken: (found: BigIntStats) => boolean,
  ): FollowedFile | undefined {
    const { path, real, start = 0, offset, mark, first = '' } = split.at as FollowedAt;
    const known = ReadMark.of(mark);
    const begin = known.position > 0 ? known.begin : Buffer.from(first, 'base64');
    for (const place of [...this.siblings.of(real), ...paths]) {
      const found = this.siblings.stat(place);
      if (!found?.isFile() || isTaken(found)) continue;
      const kind = this.look(place, (fd) => {
        if (begin.length > 0 && known.isOf(fd) && begin.equals(bytesAt(fd, 0, begin.length))) return 'plain';
        return isPackedFrom(fd, Number(found.size), start + offset, begin) ? 'packed' : undefined;
      });
      if (kind !== undefined) return this.goOn(place, split, kind === 'packed');
    }
    // Of a file that had nothing in it, a copy is as good as another file.
    if (known.position > 0 || begin.length > 0) {
      this.context.note(
        `${path} was read up to byte ${known.position} before, and is gone: what is behind that is lost`,
      );
    }
    return undefined;
  }

  private goOn(path: string, split: Split, isPacking: boolean): FollowedFile | undefined {
    try {
      return FollowedFile.goOn(path, split, isPacking, this.args, this.context);
    } catch (error) {
      return this.siblings.complain(path, error);
    }
  }

  /** Asks something of a file; undefined where it cannot be opened. */
  private look<T>(path: string, ask: (fd: number) => T): T | undefined {
    const fd = this.siblings.open(path);
    if (fd === undefined) return undefined;
    try {
      return ask(fd);
    } finally {
      closeSync(fd);
    }
  }
}
