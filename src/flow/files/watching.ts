import type { BigIntStats } from 'node:fs';
import { stopwatch } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Position, Split } from '../define/position.ts';
import type { Source } from '../define/source.ts';
import type { TextArguments } from '../framing/text.ts';
import { Backlog } from '../input/backlog.ts';
import { codeOf, reasonOf, sourceFailure } from '../input/fault.ts';
import { Wake } from '../input/wake.ts';
import { depthOf, isArriving } from './arriving.ts';
import { type Change, DoneFiles, identityOf, type WrittenDone, writtenDone } from './done-files.ts';
import { type FileAt, FileProgress } from './file-progress.ts';
import { Observer } from './observer.ts';
import { isHidden } from './passed-names.ts';
import type { PathPattern } from './path-pattern.ts';
import { filesBelow, kindOf, pathPattern, statOf, whatIs } from './paths.ts';
import { BEGUN, hasBegun, tell, tellBehind } from './telling.ts';
import { firstLineAt, readWhole } from './whole.ts';

/** ms between two looks if no event comes. */
const LOOK = 1000;

/** How much longer than a look it waits for the next one, if no event comes. */
const REST = 30;

export interface WatchArguments extends TextArguments {
  readonly existing: boolean;
  readonly recursive: boolean;
  readonly settle: number;
}

/** Reads a file to its end. @returns up to which byte. */
type ReadFile = (
  path: string,
  reading: Required<Omit<Parameters<typeof readWhole>[3], 'piece' | 'from'>> & { readonly from: Begun | undefined },
) => Promise<number>;

/** A file that has not been read yet. */
interface Waiting {
  readonly size: bigint;
  readonly changed: bigint;
  /** When it was first seen like this, ms. */
  readonly since: number;
}

/** A file that an earlier run had not read to its end. */
type Begun = FileAt & { readonly path: string } & Pick<WrittenDone, 'made'>;

/** What the position has of a file: how far it was read, or that it is done, or was passed over. */
type At = Begun | WrittenDone;

/** A file that is to be read. */
interface Ready {
  readonly path: string;
  readonly identity: string;
  readonly found: BigIntStats;
}

/** What is said of a file to which something happens that is not read. */
const CHANGES: { readonly [change in Change]: string } = {
  grown:
    'was written to after it was read, and what came behind is not read: settle: waits longer, tail follows files that grow',
  'written anew':
    'was written anew, or touched, after it was read, and is not read again: under another name it would be a new file',
  'written after it was passed over':
    'was there at the start and has been written to since, which is not read: existing: true takes such files, tail follows them',
};

/** Reads the files that come into a directory, or that a glob matches, each once. */
export class Watching implements Source {
  private readonly pattern: PathPattern;
  private readonly depth: number;
  private readonly args: WatchArguments;
  private readonly readFile: ReadFile;
  /** Whether a place in a file is a number of rows. */
  private readonly areRows: boolean;
  private readonly context: SourceContext;
  private readonly done = new DoneFiles();
  /** By identity. */
  private readonly waiting = new Map<string, Waiting>();
  /** Those in which an earlier run was, by identity, until they are found. */
  private readonly begun = new Map<string, Split>();
  private readonly complained = new Set<string>();
  /** Those that wait and those that are read, by identity. */
  private readonly backlog: Backlog;
  private isFirst: boolean;
  private isAnnounced = false;
  /** What has been told of the first file to which it happened: where it happens to one, it may happen to all. */
  private readonly told = new Set<Change>();

  /** @param readFile of files that are no text. */
  constructor(path: string, args: WatchArguments, context: SourceContext, from?: Position, readFile?: ReadFile) {
    this.isFirst = !hasBegun(from);
    for (const split of hasBegun(from) ? from : []) {
      if (split.key === BEGUN.key) continue;
      const at = split.at as At;
      if ('offset' in at) this.begun.set(split.key, split);
      else this.done.restore(split.key, at);
    }
    this.areRows = readFile !== undefined;
    this.pattern = pathPattern(path);
    this.depth = depthOf(this.pattern, args.recursive);
    this.readFile = readFile ?? ((found, reading) => readWhole(found, args, context, reading));
    this.args = args;
    this.context = context;
    this.backlog = new Backlog(context);
  }

  async run(): Promise<void> {
    const { clock, signal, once } = this.context;
    const wake = new Wake(this.context);
    const observer = new Observer(
      {
        directory: this.pattern.base,
        depth: this.depth,
        // A file that is written to is looked at again in any case, until it has kept its size for long enough.
        isWanted: () => false,
        ring: () => wake.ring(),
      },
      this.context,
    );
    try {
      while (!signal.aborted) {
        if (!once) await observer.renew();
        const begun = stopwatch();
        const due = await this.look(clock.now());
        if (once) return;
        // Where a look takes long, looking is not to be all that is done while nothing happens.
        const pause = Math.max(LOOK, (stopwatch() - begun) * REST);
        await wake.wait(Math.min(due ?? Number.POSITIVE_INFINITY, clock.now() + pause));
      }
    } catch (error) {
      throw error instanceof RunFailure
        ? error
        : sourceFailure('cannot-watch', `cannot watch ${this.pattern.text}`, error);
    } finally {
      await observer.close();
    }
  }

  /** Reads the files that have come and are whole. @returns when another one may be, ms; undefined if none waits. */
  private async look(now: number): Promise<number | undefined> {
    const { once } = this.context;
    const directory = await this.findDirectory();
    if (directory !== undefined) this.done.learn(directory);
    const ready: Ready[] = [];
    const present = new Set<string>();
    let hasMoved = false;
    let next: number | undefined;
    this.backlog.clear();
    for (const path of directory === undefined ? [] : await this.files()) {
      const found = await statOf(path).catch((error: unknown) => this.complain(path, error));
      hasMoved ||= found === undefined;
      if (!found?.isFile()) continue;
      const identity = identityOf(found);
      // Another name of a file that has just been seen.
      if (present.has(identity)) continue;
      present.add(identity);
      if (this.isBegun(identity, found)) {
        const { mark } = this.begun.get(identity)!.at as Begun;
        // Where places are rows, the mark is of all bytes, and how many rows there are is known when it is opened.
        const read = this.areRows ? 0 : mark.read;
        this.backlog.add(identity, () => Number(found.size) - read);
        ready.unshift({ path, identity, found });
        continue;
      }
      if (this.done.has(found)) {
        this.noteChange(path, this.done.changeOf(found));
        continue;
      }
      if (this.isFirst && !once && !this.args.existing) {
        this.know(found);
        continue;
      }
      this.backlog.add(identity, () => Number(found.size));
      const due = once ? now : this.settledAt(identity, found);
      if (due <= now) ready.push({ path, identity, found });
      else next = Math.min(next ?? due, due);
    }
    // A file that was renamed during the look was perhaps found under neither name.
    if (!hasMoved) for (const key of this.done.forgetMissing(present, now)) this.moveTo(key, null);
    for (const identity of this.waiting.keys()) if (!present.has(identity)) this.waiting.delete(identity);
    if (directory !== undefined && !once && !this.isAnnounced) {
      this.context.note(`watching ${this.pattern.text} for new files`);
      this.isAnnounced = true;
    }
    if (this.isFirst) tell(this.context, BEGUN);
    this.isFirst = false;
    if (directory !== undefined && !hasMoved) this.missBegun(present);
    for (const file of ready) {
      if (this.context.signal.aborted) return undefined;
      await this.read(file);
      this.waiting.delete(file.identity);
      this.backlog.remove(file.identity);
    }
    return next;
  }

  /** The directory that it is about; undefined, with a note, while it does not exist. */
  private async findDirectory(): Promise<BigIntStats | undefined> {
    const directory = await statOf(this.pattern.base);
    if (directory === undefined) {
      if (this.context.once) throw new RunFailure('no-such-directory', 3, `${this.pattern.base} does not exist`);
      const what = await whatIs(this.pattern.base);
      this.context.note(
        `waiting for ${this.pattern.base}, which ${what === undefined ? 'does not exist yet' : `is ${what}`}`,
      );
    } else if (!this.pattern.isGlob && !directory.isDirectory()) {
      const path = this.pattern.text;
      const what = kindOf(directory);
      const help = what === undefined ? `\`tail("${path}")\` follows a file that grows` : undefined;
      throw new RunFailure('not-a-directory', 3, `${path} is ${what ?? 'not a directory'}`, help);
    }
    return directory;
  }

  private files(): Promise<string[]> {
    const { base, isGlob, mayHold } = this.pattern;
    const isWanted = {
      matches: (path: string) => isArriving(this.pattern, path),
      mayHold: (path: string) => (isGlob ? mayHold(path) : !isHidden(base, path)),
    };
    return filesBelow(base, this.depth, isWanted, (path, error) => this.complain(path, error));
  }

  /** When the file will have been the same for long enough, ms. */
  private settledAt(identity: string, found: BigIntStats): number {
    const before = this.waiting.get(identity);
    if (before !== undefined && before.size === found.size && before.changed === found.mtimeNs) {
      return before.since + this.args.settle;
    }
    // The time behind the look at the file: how long that took is no part of how long it has been still.
    const since = this.context.clock.now();
    this.waiting.set(identity, { size: found.size, changed: found.mtimeNs, since });
    return since + this.args.settle;
  }

  private noteChange(path: string, change: Change | undefined): void {
    if (change === undefined || this.told.has(change)) return;
    this.told.add(change);
    this.context.note(`${path} ${CHANGES[change]}`);
  }

  /** Reads a file that is whole, or the rest of it, and knows it from then on, unless it was not there to be read. */
  private async read({ path, identity, found }: Ready): Promise<void> {
    const { args, context, done } = this;
    const split = this.begun.get(identity);
    const from = split && (split.at as Begun);
    let opened: Origin | undefined;
    try {
      // Others may have been read since it was looked at. What it is written from here on is told of, in doubt also what has been read.
      const latest = (await statOf(path)) ?? found;
      const now = identityOf(latest) === identity ? latest : found;
      const name = from?.path ?? path;
      const about = { path: name, made: `${now.birthtimeNs}` };
      const progress = new FileProgress(identity, about, (read) => writtenDone(now, BigInt(read)));
      this.backlog.add(identity, () => progress.left(Number(now.size)));
      const firstLine = from && (await firstLineAt(path, from, args));
      const origin = () => {
        opened = context.origin(name, firstLine, split);
        return opened;
      };
      done.add(now, BigInt(await this.readFile(path, { origin, progress, from })));
    } catch (error) {
      this.complain(path, error);
      // Opened and broken off: what it had has been given out, and is not to come twice.
      if (!['ENOENT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE'].includes(codeOf(error)))
        this.know(found, found.size, opened);
    }
    this.begun.delete(identity);
  }

  /** Whether an earlier run was in this very file. */
  private isBegun(identity: string, found: BigIntStats): boolean {
    const split = this.begun.get(identity);
    if (split === undefined) return false;
    this.done.learn(found);
    return !this.done.isDated(found) || (split.at as Begun).made === `${found.birthtimeNs}`;
  }

  /** The files in which an earlier run was, and which are not there any more. */
  private missBegun(present: ReadonlySet<string>): void {
    for (const [identity, { at }] of this.begun) {
      if (present.has(identity)) continue;
      const { path, mark } = at as Begun;
      this.context.note(`${path} was read up to byte ${mark.read} before, and is gone: what is behind that is lost`);
      this.begun.delete(identity);
      this.moveTo(identity, null);
    }
  }

  /** A file need not be read (any more). @param size how many bytes of it were; undefined if it is passed over. @param origin of what came of it. */
  private know(found: BigIntStats, size?: bigint, origin?: Origin): void {
    this.done.add(found, size);
    tellBehind(this.context, origin, { key: identityOf(found), at: writtenDone(found, size) });
  }

  private moveTo(key: string, at: At | null): void {
    tell(this.context, { key, at });
  }

  /** Says once of a path that it cannot be read. */
  private complain(path: string, error: unknown): undefined {
    if (this.complained.has(path)) return;
    this.complained.add(path);
    const isGone = codeOf(error) === 'ENOENT';
    this.context.note(
      error instanceof RunFailure
        ? `${error.message}; nothing more is read of it`
        : isGone
          ? `${path} was gone before it could be read`
          : `cannot read ${path}: ${reasonOf(error)}`,
    );
  }
}
