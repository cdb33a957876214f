import { compareText } from '../../base/compare.ts';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import type { Position, Split } from '../define/position.ts';
import type { Source } from '../define/source.ts';
import { firstLineIn, MOST_FIRST, MOST_PACKED } from '../files/first-line.ts';
import { HALF_WRITTEN } from '../files/passed-names.ts';
import type { PathPattern } from '../files/path-pattern.ts';
import { BEGUN, hasBegun, tell } from '../files/telling.ts';
import { openFramer, type TextArguments } from '../framing/text.ts';
import { BEGIN_ANEW, DOES_NOT_FIT, reasonOf, sourceFailure } from '../input/fault.ts';
import { orAbort, sleep } from '../input/reading.ts';
import { startOfPacked } from '../packings/start.ts';
import { type FileAt, HdfsProgress } from './progress.ts';
import { type HdfsStatus, mayPass, type WebHdfs } from './web-hdfs.ts';

/** ms from a failure to the next try: doubled with each in a row, up to the last. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5000;

interface HdfsArguments extends TextArguments {
  /** Whether files that are there at the start are read, too. */
  readonly existing: boolean;
  /** Whether it ends with what is there. */
  readonly isBounded: boolean;
  /** ms between two looks. */
  readonly every: number;
  /** Whether to wait for nodes that do not answer. */
  readonly wait: boolean;
}

/** What the position has of a file: how far it was read, or that it need not be read. */
type At = FileAt | { readonly isDone: true; readonly id: number; readonly length: number };

interface Found {
  readonly path: string;
  readonly status: HdfsStatus;
}

/** Reads the files of HDFS that a path or glob stands for: those that are there, and those that come. A file is told by its number, which no other one gets. */
export class HdfsReading implements Source {
  private readonly hdfs: WebHdfs;
  private readonly pattern: PathPattern;
  private readonly args: HdfsArguments;
  private readonly context: SourceContext;
  /** By path. */
  private readonly known = new Map<string, Split>();
  /** How files were at the last look that are not known, by path. */
  private waiting = new Map<string, HdfsStatus>();
  private isFirst: boolean;

  constructor(hdfs: WebHdfs, pattern: PathPattern, args: HdfsArguments, context: SourceContext, from?: Position) {
    this.hdfs = hdfs;
    this.pattern = pattern;
    this.args = args;
    this.context = context;
    this.isFirst = !hasBegun(from);
    for (const split of from ?? []) if (split.key !== BEGUN.key) this.known.set(split.key, split);
  }

  async run(): Promise<void> {
    const { context, args, pattern } = this;
    while (!context.signal.aborted) {
      const found = await this.trying(`cannot list ${pattern.text}`, () => this.find());
      if (found === undefined) return;
      if (args.isBounded && found.length === 0 && this.known.size === 0) {
        throw new RunFailure('no-such-file', 3, `there is no file ${pattern.text} in HDFS`);
      }
      await this.look(found);
      if (args.isBounded) return;
      context.note(`watching ${pattern.text} in HDFS for new files`);
      await sleep(args.every, context);
    }
  }

  /** Does something until it does not fail for a reason that may pass. Undefined where the run ends before. @throws RunFailure of exit 3. */
  private async trying<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    const { context, args } = this;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await work();
      } catch (error) {
        if (context.signal.aborted) return undefined;
        if (error instanceof RunFailure) throw error;
        if (!args.wait || !mayPass(error)) throw sourceFailure('cannot-read', what, error);
        context.note(`${what}: ${reasonOf(error)}; trying again`);
        await sleep(pause, context);
        if (context.signal.aborted) return undefined;
      }
    }
  }

  /** The files that are meant, in order of name. */
  private async find(): Promise<readonly Found[]> {
    const { base, isGlob, depth } = this.pattern;
    const status = await this.hdfs.status(base);
    if (status === undefined) return [];
    if (!status.isDirectory) return isGlob ? [] : [{ path: base, status }];
    const found: Found[] = [];
    await this.walk(base.replace(/\/$/, ''), isGlob ? depth : 0, found);
    return found.sort((a, b) => compareText(a.path, b.path));
  }

  private async walk(directory: string, depth: number, found: Found[]): Promise<void> {
    for (const status of (await this.hdfs.list(directory === '' ? '/' : directory)) ?? []) {
      const path = `${directory}/${status.name}`;
      if (status.isDirectory) {
        if (depth > 0 && this.pattern.mayHold(path)) await this.walk(path, depth - 1, found);
      } else if (this.isWanted(path, status.name)) found.push({ path, status });
    }
  }

  /** Hidden files, as Hadoop has them, and those whose names say that they are being written are not meant. */
  private isWanted(path: string, name: string): boolean {
    const { isGlob, matches, text } = this.pattern;
    if (isGlob && !matches(path)) return false;
    return (isGlob && HALF_WRITTEN.test(text)) || !(/^[._]/.test(name) || HALF_WRITTEN.test(name));
  }

  private async look(found: readonly Found[]): Promise<void> {
    const { args, context } = this;
    const passesOver = this.isFirst && !args.existing && !args.isBounded;
    const before = this.waiting;
    this.waiting = new Map();
    this.forget(found);
    const ready: Found[] = [];
    for (const file of found) {
      const { path, status } = file;
      const at = this.atOf(path, status);
      if (at !== undefined && 'isDone' in at) {
        if (status.length > at.length) {
          context.note(`${path} was written to after it was read, and what came behind is not read`);
        }
      } else if (at !== undefined) ready.unshift(file);
      else if (passesOver) this.keep(path, doneWith(status));
      else if (args.isBounded || isSame(before.get(path), status)) ready.push(file);
      else this.waiting.set(path, status);
    }
    if (this.isFirst) tell(context, BEGUN);
    this.isFirst = false;
    for (const file of ready) {
      if (context.signal.aborted) return;
      await this.read(file);
    }
  }

  /** What is known of this very file. */
  private atOf(path: string, status: HdfsStatus): At | undefined {
    const at = this.known.get(path)?.at as At | undefined;
    if (at === undefined || at.id === status.id) return at;
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
  private forget(found: readonly Found[]): void {
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

  /** Reads a file to the end that it has now, however often a node goes away meanwhile. */
  private async read({ path, status }: Found): Promise<void> {
    const { context, args } = this;
    const split = this.known.get(path);
    const from = split?.at as FileAt | undefined;
    const progress = new HdfsProgress(path, status.id, () => doneWith(status), from);
    const what = `cannot read ${path} in HDFS`;
    const firstLine = from && (await this.trying(what, () => this.firstLine(path, from)));
    if (context.signal.aborted) return;
    const origin = context.origin(path, firstLine, split);
    const framer = openFramer(args, origin, context, progress);
    let at = progress.begin;
    const readOn = async () => {
      if (at >= status.length) return true;
      const stream = await this.hdfs.open(path, at, context.signal);
      for await (const piece of stream) {
        const bytes = (piece as Buffer).subarray(0, status.length - at);
        progress.see(bytes);
        at += bytes.length;
        await orAbort(framer.push(bytes), context.signal);
        if (context.signal.aborted || at >= status.length) break;
      }
      stream.destroy();
      if (at < status.length && !context.signal.aborted)
        throw Object.assign(new Error('it was cut off'), { code: 'ECONNRESET' });
      return true;
    };
    try {
      await this.trying(what, readOn);
    } catch (error) {
      await framer.end()?.catch(() => {});
      throw error;
    }
    // A run that ends before has read a part of a record at most, which is none of the file's.
    if (at < status.length) return;
    await framer.end();
    if (context.signal.aborted) return;
    this.known.set(path, { key: path, at: doneWith(status) });
  }

  /** The first line of a file in which an earlier run was, where a header may stand. */
  private async firstLine(path: string, { offset, isPacked }: FileAt): Promise<string | undefined> {
    const { delimiter } = this.args;
    if (typeof delimiter !== 'string' || offset === 0) return undefined;
    const stream = await this.hdfs.open(path, 0, this.context.signal);
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

function doneWith({ id, length }: HdfsStatus): At {
  return { isDone: true, id, length };
}

/** Whether a file is as it was at the last look, and something is in it: one that is being written has no length yet. */
function isSame(before: HdfsStatus | undefined, { id, length, changed }: HdfsStatus): boolean {
  return length > 0 && before?.id === id && before.length === length && before.changed === changed;
}
