import { type BigIntStats, closeSync, fstatSync } from 'node:fs';
import { basename } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import type { Position, Split } from '../define/position.ts';
import type { TextArguments } from '../framing/text.ts';
import { Appearances } from './appearances.ts';
import { byAge } from './by-age.ts';
import { isCopy, partOf } from './copies.ts';
import { identityOf } from './done-files.ts';
import { EarlierFiles } from './earlier-files.ts';
import type { FollowedAt } from './followed-at.ts';
import { type Copy, FollowedFile, type From } from './followed-file.ts';
import { type PassedAt, PassedFiles } from './passed-files.ts';
import type { PathPattern } from './path-pattern.ts';
import { filesOf, hasVanished, kindOf, realpathOf } from './paths.ts';
import { Places } from './places.ts';
import { namesBefore } from './rotation.ts';
import { Siblings } from './siblings.ts';
import { BEGUN, hasBegun, tell, tellBehind } from './telling.ts';

/** A file that is to be followed. */
interface Fresh {
  readonly path: string;
  /** The path that it is, or was, at. */
  readonly name: string;
  readonly found: BigIntStats;
  readonly from: From | number;
}

/** What the position has of a file: how far it is followed, or that it is not to be read (any more). */
type At = FollowedAt | PassedAt;

/** Those that are to be followed, by identity. */
type FreshFiles = Map<string, Fresh>;

/**
 * Finds the files that a pattern stands for, and those that were at one of its paths between two looks: a rotation has moved these to another
 * name, by which they are found, told by their numbers (device and inode) and by when they were made.
 *
 *     look     app.log = 7                                   7 is followed
 *              app.log.1 = 7, app.log = 8                    8 is not looked at
 *              app.log.2 = 7, app.log.1 = 8, app.log = 9
 *     look     app.log = 9; what else is new here?           8, made behind 7, and 9 are followed
 */
export class FollowedFiles {
  readonly appearances = new Appearances();
  private readonly pattern: PathPattern;
  private readonly from: From;
  private readonly args: TextArguments;
  private readonly context: SourceContext;
  /** By identity, in the order in which they are read. */
  private readonly files = new Map<string, FollowedFile>();
  private readonly places = new Places();
  private readonly passed = new PassedFiles();
  /** How many files were at a path and have not been found. */
  private readonly lost = new Map<string, number>();
  private readonly siblings: Siblings;
  private readonly earlier: EarlierFiles;
  private lastRank = 0;
  /** Nothing is known of what is there. */
  private isFirst: boolean;
  /** Files that an earlier run followed have not been opened yet. */
  private isTakenUp: boolean;
  private hasLooked = false;

  /** @param position where an earlier run was: all that it has not seen is read from its start. */
  constructor(pattern: PathPattern, from: From, args: TextArguments, context: SourceContext, position?: Position) {
    this.pattern = pattern;
    this.from = from;
    this.args = args;
    this.context = context;
    this.siblings = new Siblings(context);
    this.earlier = new EarlierFiles(this.siblings, this.passed, args, context);
    this.isFirst = !hasBegun(position);
    this.isTakenUp = !this.isFirst;
    if (position !== undefined && !this.isFirst) this.restore(position);
  }

  private restore(position: Position): void {
    for (const split of position) {
      if (split.key === BEGUN.key) continue;
      const at = split.at as At;
      if ('offset' in at) {
        this.earlier.add(split);
      } else {
        this.passed.restore(split.key, at);
      }
    }
    // Of several that were at a path, the last one is what it led to.
    for (const { key, at } of this.earlier.inOrder) {
      const { path, real, rank } = at as FollowedAt;
      this.lastRank = rank;
      this.places.lead(path, { identity: key, real });
    }
  }

  get size(): number {
    return this.files.size;
  }

  /** Bytes of all of them that were not read yet. */
  get behind(): number {
    let bytes = 0;
    for (const file of this) bytes += file.behind;
    return bytes;
  }

  [Symbol.iterator](): IterableIterator<FollowedFile> {
    return this.files.values();
  }

  /** Whether a path of the pattern leads to the file. */
  isPresent({ identity }: FollowedFile): boolean {
    return this.places.isAtAny(identity);
  }

  /** Looks at every path of the pattern, and opens what is new. */
  async discover(): Promise<void> {
    const paths = await filesOf(this.pattern, (where, error) => this.siblings.complain(where, error));
    const fresh: FreshFiles = new Map();
    this.siblings.remember();
    const isTaken = (found: BigIntStats) => this.files.has(identityOf(found)) || this.passed.has(found);
    const earlier = this.earlier.open(paths, isTaken);
    for (const file of earlier) this.files.set(file.identity, file);
    // In their order, and when all are known, so that none is taken for a copy of another one, nor a copy for a file that was at the path.
    if (this.isTakenUp) {
      for (const file of this) await file.catchUp((truncated) => this.findCopies(truncated));
      // What was packed before anything of it was read stands beside a file that may still be at its path.
      for (const [path, { identity, real }] of this.places) this.lookBehind(path, identity, real, fresh);
    }
    this.isTakenUp = false;
    const there = new Set(paths.filter((path) => this.visit(path, fresh)));
    for (const path of this.places.paths) if (!there.has(path)) this.visit(path, fresh);
    // It may come later.
    if (this.isFirst && !this.pattern.isGlob) this.visit(this.pattern.base, fresh);
    this.siblings.forget();
    this.follow(fresh, ...this.earlier.gone.splice(0), ...(this.isFirst ? [BEGUN] : []));
    this.isFirst = false;
    this.hasLooked = true;
  }

  private passOver(path: string, found: BigIntStats): void {
    const fd = this.siblings.open(path);
    try {
      tell(this.context, this.passed.passOver(fd, found));
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /** Something came to a path of the pattern, or left it: what is there now is opened at once, since it may be gone at the next look. */
  glance(path: string): void {
    if (!this.hasLooked) return;
    const fresh: FreshFiles = new Map();
    this.visit(path, fresh);
    this.follow(fresh);
  }

  /** Says which files have come and gone unseen, as far as the system tells. @returns whether it will be seen of all paths from now on. */
  async tellMissed(): Promise<boolean> {
    const { appearances, context } = this;
    const counted = [...this.places.paths].map((path) => ({
      path,
      isThere: this.siblings.stat(path) !== undefined,
      events: appearances.events(path),
    }));
    // What happened before the look is told of behind two turns of the event loop. Whatever else is told of by then is looked at the next time.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    for (const { path, isThere, events } of counted) {
      if (appearances.events(path) !== events) continue;
      const missed = appearances.missed(path, isThere, context.clock.now());
      if (missed === 0) continue;
      const all = (this.lost.get(path) ?? 0) + missed;
      this.lost.set(path, all);
      // How many in all makes it another note each time.
      const what = all === 1 ? '1 file' : `${all} files so far`;
      context.note(`lost: ${what}, at ${path} for a moment and then gone, or under a name that says nothing of it`);
    }
    return counted.every(({ path }) => appearances.isCounting(path));
  }

  /** Nothing more is read of a file, for good or until it grows again. */
  async leave(file: FollowedFile): Promise<void> {
    const found = fstatSync(file.fd, { bigint: true });
    this.files.delete(file.identity);
    await file.close();
    const split = this.passed.add(found, BigInt(file.mark.position), file.mark);
    // Who goes on after the end of the run goes on in it.
    if (!this.context.signal.aborted) tellBehind(this.context, file.origin, split);
  }

  /** For a file that was truncated: the copies that were made of it before, where they can be found. */
  findCopies(file: FollowedFile): readonly Copy[] {
    // What was written to later than a file that has left its path came to the path behind it. At its path it may just be being truncated, and is older for a moment.
    const latest = this.isAtPath(file) ? undefined : fstatSync(file.fd, { bigint: true }).mtimeNs;
    const copies: (Copy & Pick<Fresh, 'found'>)[] = [];
    for (const path of this.siblings.of(this.places.at(file.path)?.real ?? file.path)) {
      const found = this.siblings.stat(path);
      if (!found?.isFile() || this.files.has(identityOf(found)) || this.passed.has(found)) continue;
      if (latest !== undefined && found.mtimeNs > latest) continue;
      const fd = this.siblings.open(path);
      if (fd === undefined) continue;
      const part = partOf(fd, Number(found.size), file);
      // What the file has in it now will be truncated later, if at all.
      if (part === 'none' || (part === 'unknown' && this.isCopyAt(path, found))) {
        closeSync(fd);
        continue;
      }
      const split = this.passed.passOver(fd, found, found.size);
      if (part === 'read') {
        tell(this.context, split);
        closeSync(fd);
      } else copies.push({ path, fd, found, goesOn: part === 'more', split });
    }
    copies.sort((a, b) => Number(b.goesOn) - Number(a.goesOn) || byAge(a, b));
    // Of several that go on, the one that was made last has most; what is older than it has been read.
    const first = copies.findLast(({ goesOn }) => goesOn);
    return copies.filter((copy) => {
      const isLater = copy === first || (!copy.goesOn && (first === undefined || byAge(first, copy) < 0));
      if (!isLater) closeSync(copy.fd);
      return isLater;
    });
  }

  /** Whether the path that a file was found at leads to it now. */
  private isAtPath({ path, identity }: FollowedFile): boolean {
    const found = this.siblings.stat(path);
    return found !== undefined && identityOf(found) === identity;
  }

  /** Looks at a path of the pattern. @returns whether there is a file. */
  private visit(path: string, fresh: FreshFiles): boolean {
    const found = this.siblings.stat(path);
    if (found !== undefined && !found.isFile()) this.refuse(path, found);
    const isThere = found?.isFile() === true;
    const identity = isThere ? identityOf(found) : undefined;
    const before = this.places.at(path);
    if (before === undefined || before.identity !== identity) {
      const real = isThere ? realpathOf(path) : (before?.real ?? path);
      this.places.lead(path, { identity, real });
      if (this.isFirst || (before === undefined && this.pattern.isGlob)) this.learnOld(real);
      else this.lookBehind(path, before?.identity, before?.real ?? real, fresh);
    }
    if (isThere) this.arrive(path, found, fresh);
    return isThere;
  }

  /** A path of the pattern leads to a file. */
  private arrive(path: string, found: BigIntStats, fresh: FreshFiles): void {
    const identity = identityOf(found);
    if (this.files.has(identity) || fresh.has(identity)) return;
    const size = this.passed.sizeOf(found);
    if (size !== undefined && found.size <= size) return;
    // A copy that a rotation makes, while the pattern matches it too.
    if (!this.isFirst && size === undefined && this.isCopyAt(path, found)) return;
    const from = size === undefined ? (this.isFirst ? this.from : 'start') : Number(size);
    fresh.set(identity, { path, name: path, found, from });
  }

  /**
   * Looks for files that were at a path since the last look and have been moved on.
   *
   * @param previous the file that was there at the last look.
   * @param real the path without links.
   */
  private lookBehind(path: string, previous: string | undefined, real: string, fresh: FreshFiles): void {
    const made = previous === undefined ? undefined : this.files.get(previous)?.made;
    for (const other of this.siblings.of(real)) {
      if (this.pattern.matches(other)) continue;
      const found = this.siblings.stat(other);
      if (!found?.isFile()) continue;
      const identity = identityOf(found);
      if (this.files.has(identity) || fresh.has(identity) || this.passed.has(found)) continue;
      if (this.passed.isOlder(found, made)) this.passOver(other, found);
      else if (!this.isCopyAt(other, found)) fresh.set(identity, { path: other, name: path, found, from: 'start' });
    }
  }

  /** Whether a file is a copy of one that was read, or has yet to become what it will be. */
  private isCopyAt(path: string, found: BigIntStats): boolean {
    const originals = namesBefore(basename(path));
    if (![...this.places].some(([, { real }]) => originals.has(basename(real)))) return false;
    // While both are there, the one is still being packed.
    const plain = path.replace(/\.gz$/, '');
    if (plain !== path && this.siblings.stat(plain) !== undefined) return true;
    const fd = this.siblings.open(path);
    if (fd === undefined) return true;
    try {
      const isAny = [...this.files.values(), ...this.passed.originals].some((file) =>
        isCopy(fd, Number(found.size), file),
      );
      return isAny;
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Those that are older have the older lines; what is there at the start comes in order of name.
   *
   * @param also what else of the position changes with them: which file a path leads to is known by all that were at it.
   */
  private follow(fresh: FreshFiles, ...also: readonly Split[]): void {
    const files = [...fresh.values()];
    const splits: Split[] = [];
    for (const { path, name, found, from } of this.isFirst ? files : files.sort(byAge)) {
      try {
        const file = FollowedFile.open(path, name, found, from, this.args, this.context);
        if (this.files.has(file.identity)) {
          closeSync(file.fd);
          continue;
        }
        this.passed.learn(found);
        this.files.set(file.identity, file);
        file.isNew = !this.isFirst;
        if (this.hasLooked) this.appearances.found(name);
        file.rank = ++this.lastRank;
        splits.push(file.split());
      } catch (error) {
        if (!hasVanished(error)) this.siblings.complain(path, error);
      }
    }
    tell(this.context, ...splits, ...also);
  }

  /** What earlier rotations of a file have left is not to be taken for what comes between two looks. */
  private learnOld(real: string): void {
    for (const path of this.siblings.of(real)) {
      const found = this.pattern.matches(path) ? undefined : this.siblings.stat(path);
      if (found?.isFile()) this.passOver(path, found);
    }
  }

  /** What is at a path is no file. */
  private refuse(path: string, found: BigIntStats): void {
    if (this.pattern.isGlob) return;
    if (found.isDirectory()) {
      const help = `\`tail("${path}/*")\` follows the files in it`;
      throw new RunFailure('is-directory', 3, `${path} is a directory`, help);
    }
    const help = found.isFIFO() ? `\`files("${path}")\` reads it until its writers have left` : undefined;
    throw new RunFailure('not-a-file', 3, `${path} is ${kindOf(found) ?? 'no file'}, and cannot be followed`, help);
  }
}
