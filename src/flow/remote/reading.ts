import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import type { Position, Split } from '../define/position.ts';
import type { Source } from '../define/source.ts';
import { firstLineIn, MOST_FIRST, MOST_PACKED } from '../files/first-line.ts';
import { BEGUN, hasBegun, tell } from '../files/telling.ts';
import { openFramer, type TextArguments } from '../framing/text.ts';
import { Backlog } from '../input/backlog.ts';
import { BEGIN_ANEW, DOES_NOT_FIT, reasonOf, sourceFailure } from '../input/fault.ts';
import { orAbort, sleep } from '../input/reading.ts';
import { startOfPacked } from '../packings/start.ts';
import { GONE, type RemoteFile, type RemoteFiles } from './files.ts';
import { type FileAt, RemoteProgress } from './progress.ts';

/** ms from a failure to the next try: doubled with each in a row, up to the last. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5000;

/** So often it is looked again, where it ends with what is there, for files that were put anew before they were read. */
const MOST_LOOKS = 5;

interface RemoteArguments extends TextArguments {
  /** Whether files that are there at the start are read, too. */
  readonly existing: boolean;
  /** Whether it ends with what is there. */
  readonly isBounded: boolean;
  /** ms between two looks. */
  readonly every: number;
  /** Whether to wait for what does not answer. */
  readonly wait: boolean;
}

/** What the position has of a file: how far it was read, or that it need not be read. */
type At = FileAt | { readonly isDone: true; readonly id: number | string; readonly length: number };

/** Reads files that stand elsewhere: those that are there, and those that come. A file is told by its `id`, which no other one of its name has. */
export class RemoteReading implements Source {
  private readonly files: RemoteFiles;
  private readonly args: RemoteArguments;
  private readonly context: SourceContext;
  /** By path. */
  private readonly known = new Map<string, Split>();
  /** How files were at the last look that are not known, by path. */
  private waiting = new Map<string, RemoteFile>();
  private isFirst: boolean;
  private readonly backlog: Backlog;
  /** How often files were found to be others by the time they were to be read. */
  private looks = 0;

  constructor(files: RemoteFiles, args: RemoteArguments, context: SourceContext, from?: Position) {
    this.files = files;
    this.args = args;
    this.context = context;
    this.backlog = new Backlog(context);
    this.isFirst = !hasBegun(from);
    for (const split of from ?? []) if (split.key !== BEGUN.key) this.known.set(split.key, split);
  }

  async run(): Promise<void> {
    const { context, args, files } = this;
    while (!context.signal.aborted) {
      const found = await this.trying(`cannot list ${files.text}`, () => files.find());
      if (found === undefined) return;
      if (args.isBounded && found.length === 0 && this.known.size === 0) {
        throw new RunFailure('no-such-file', 3, `there is no file ${files.text} ${files.place}`);
      }
      const before = this.looks;
      await this.look(found);
      if (args.isBounded && this.looks > before) continue;
      if (args.isBounded) return;
      context.note(`watching ${files.text} ${files.place} for new files`);
      await sleep(args.every, context);
    }
  }

  /** Does something until it does not fail for a reason that may pass. Undefined where the run ends before. @throws RunFailure of exit 3. */
  private async trying<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    const { context, args, files } = this;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await work();
      } catch (error) {
        if (context.signal.aborted) return undefined;
        if (error instanceof RunFailure) throw error;
        if (!args.wait || !files.mayPass(error))
          throw sourceFailure('cannot-read', what, error, files.helpFor?.(error));
        context.note(`${what}: ${reasonOf(error)}; trying again`);
        await sleep(pause, context);
        if (context.signal.aborted) return undefined;
      }
    }
  }

  private async look(found: readonly RemoteFile[]): Promise<void> {
    const { args, context } = this;
    const passesOver = this.isFirst && !args.existing && !args.isBounded;
    const before = this.waiting;
    this.waiting = new Map();
    this.forget(found);
    const ready: RemoteFile[] = [];
    for (const file of found) {
      const { path } = file;
      const at = this.atOf(file);
      if (at !== undefined && 'isDone' in at) {
        if (file.length > at.length) {
          context.note(`${path} was written to after it was read, and what came behind is not read`);
        }
      } else if (at !== undefined) ready.unshift(file);
      else if (passesOver) this.keep(path, doneWith(file));
      else if (args.isBounded || this.files.isWhole(before.get(path), file)) ready.push(file);
      else this.waiting.set(path, file);
    }
    if (this.isFirst) tell(context, BEGUN);
    this.isFirst = false;
    this.backlog.clear();
    for (const { path, length } of this.waiting.values()) this.backlog.add(path, () => length);
    for (const file of ready) {
      // Of what is packed it is not known which of its bytes were read before.
      const { offset = 0, isPacked } = (this.known.get(file.path)?.at ?? {}) as Partial<FileAt>;
      this.backlog.add(file.path, () => file.length - (isPacked === true ? 0 : offset));
    }
    let isAnew = false;
    for (const file of ready) {
      if (context.signal.aborted) return;
      isAnew = !(await this.read(file)) || isAnew;
      this.backlog.remove(file.path);
    }
    if (isAnew) this.looks++;
  }

  /** What is known of this very file. */
  private atOf({ path, id }: RemoteFile): At | undefined {
    const at = this.known.get(path)?.at as At | undefined;
    if (at === undefined || at.id === id) return at;
    if ('isDone' in at) return undefined;
    throw new RunFailure(
      DOES_NOT_FIT,
      3,
      `${path} is another file than the one that was read up to byte ${at.offset}`,
      BEGIN_ANEW,
    );
  }

  private keep(path: string, at: At): void {
    const split = { key: path, at };
    this.known.set(path, split);
    tell(this.context, split);
  }

  /** Files that are gone need not be known. @throws RunFailure of exit 3 where one was being read. */
  private forget(found: readonly RemoteFile[]): void {
    const present = new Set(found.map(({ path }) => path));
    for (const [path, { at }] of this.known) {
      if (present.has(path)) continue;
      if (!('isDone' in (at as At))) {
        const what = `${path} was read up to byte ${(at as FileAt).offset}, and does not exist any more`;
        throw new RunFailure(DOES_NOT_FIT, 3, what, BEGIN_ANEW);
      }
      this.known.delete(path);
      tell(this.context, { key: path, at: null });
    }
  }

  /** Reads a file to the end that it has now, however often a node goes away meanwhile. Resolves with false where it was another one by then. */
  private async read(file: RemoteFile): Promise<boolean> {
    const { context, args, files } = this;
    const { path, id, length } = file;
    const split = this.known.get(path);
    const from = split?.at as FileAt | undefined;
    const progress = new RemoteProgress(path, id, () => doneWith(file), from);
    const what = `cannot read ${path} ${files.place}`;
    const firstLine = from && (await this.trying(what, () => this.firstLine(file, from)));
    if (context.signal.aborted) return true;
    const origin = context.origin(path, firstLine, split);
    const framer = openFramer(args, origin, context, progress);
    let at = progress.begin;
    this.backlog.add(path, () => length - at);
    let damage: RunFailure | undefined;
    const damaged = (error: unknown) => {
      damage = sourceFailure('cannot-read', what, error);
      throw damage;
    };
    const readOn = async () => {
      if (at >= length) return true;
      const stream = await files.open(file, at, context.signal);
      for await (const piece of stream) {
        const bytes = (piece as Buffer).subarray(0, length - at);
        progress.see(bytes);
        at += bytes.length;
        await orAbort(framer.push(bytes)?.catch(damaged), context.signal);
        if (context.signal.aborted || at >= length) break;
      }
      stream.destroy();
      if (at < length && !context.signal.aborted)
        throw Object.assign(new Error('it was cut off'), { code: 'ECONNRESET' });
      return true;
    };
    let isEnded = false;
    try {
      await this.trying(what, readOn);
      // Of a record under way a part is none of the file's: a run that goes on reads all of it. So also where it fails.
      if (at < length) return true;
      isEnded = true;
      await framer.end()?.catch(damaged);
    } catch (error) {
      const code = at === 0 && from === undefined && error instanceof RunFailure ? error.code : '';
      const isLeftOut = error === damage && files.leavesOut === true && !file.isNamed;
      const isAnew = code === DOES_NOT_FIT && (!args.isBounded || this.looks < MOST_LOOKS);
      if (!isLeftOut && !isAnew && !(code === GONE && !file.isNamed)) throw error;
      context.note(isAnew ? `${path} was put anew before it could be read` : leftOut(error as RunFailure, isLeftOut));
      if (!isEnded) await framer.end();
      if (isLeftOut) this.keep(path, doneWith(file));
      return !isAnew;
    }
    if (!context.signal.aborted) this.known.set(path, { key: path, at: doneWith(file) });
    return true;
  }

  /** The first line of a file in which an earlier run was, where a header may stand. */
  private async firstLine(file: RemoteFile, { offset, isPacked }: FileAt): Promise<string | undefined> {
    const { delimiter } = this.args;
    if (typeof delimiter !== 'string' || offset === 0) return undefined;
    const stream = await this.files.open(file, 0, this.context.signal);
    const most = isPacked === true ? MOST_PACKED : MOST_FIRST;
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of stream) {
      pieces.push(piece as Buffer);
      size += (piece as Buffer).length;
      if (size >= most) break;
    }
    stream.destroy();
    const bytes = Buffer.concat(pieces).subarray(0, most);
    return firstLineIn(isPacked === true ? await startOfPacked(bytes) : bytes, offset, delimiter);
  }
}

function leftOut({ message }: RunFailure, isDamaged: boolean): string {
  return isDamaged ? `left out: ${message}` : message;
}

function doneWith({ id, length }: RemoteFile): At {
  return { isDone: true, id, length };
}
