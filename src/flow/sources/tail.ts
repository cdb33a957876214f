import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../batch/context.ts';
import type { Framer } from '../batch/framer.ts';
import { defineSource } from '../define.ts';
import { text } from '../parameters.ts';
import { identityOf } from './done-files.ts';
import { codeOf, sourceFailure } from './fault.ts';
import { Observer } from './observer.ts';
import { filesOf, type PathPattern, pathPattern, statOf } from './paths.ts';
import { readFile } from './reading.ts';
import { openFramer, type TextArguments, textParameters, textType } from './text.ts';
import { Wake } from './wake.ts';

/** ms between two looks if no event comes. */
const LOOK = 1000;

/** ms that a file that was renamed or removed is still read: its writer may not have noticed. */
const FAREWELL = 5000;

/** How many of its first bytes a file is known by. */
const FINGERPRINT = 256;

/** One read when looking for the start of the last line, in bytes. */
const BACKWARDS = 64 * 1024;

/** A file that is being read. It is held open, so that a file that is renamed is read to its end and its number stays its own. */
interface Followed {
  readonly identity: string;
  readonly path: string;
  readonly handle: FileHandle;
  framer: Framer;
  /** Up to where it has been read, in bytes. */
  position: number;
  /** Its size when last looked at. */
  size: number;
  /** Its time of change when last looked at, ns. */
  changed: bigint;
  /** Its first bytes, which change only if it is written anew. */
  fingerprint: Buffer;
  /** Since when no path leads to it and it has not grown, ms. */
  lostSince: number | undefined;
}

class Tailing {
  private readonly pattern: PathPattern;
  private readonly fromStart: boolean;
  private readonly args: TextArguments;
  private readonly context: SourceContext;
  private readonly followed = new Map<string, Followed>();
  private isFirst = true;

  constructor(path: string, fromStart: boolean, args: TextArguments, context: SourceContext) {
    this.pattern = pathPattern(path);
    this.fromStart = fromStart || context.once;
    this.args = args;
    this.context = context;
  }

  async run(): Promise<void> {
    const { clock, signal, once } = this.context;
    const { isGlob, base, depth, text, matches } = this.pattern;
    const wake = new Wake(this.context);
    const observer = new Observer(isGlob ? base : dirname(base), depth, matches, this.context, () => wake.ring());
    try {
      while (!signal.aborted) {
        if (!once) await observer.renew();
        await this.look(clock.now());
        if (once) return;
        await wake.wait(clock.now() + LOOK);
      }
    } catch (error) {
      throw error instanceof RunFailure ? error : sourceFailure('cannot-follow', `cannot follow ${text}`, error);
    } finally {
      await observer.close();
      for (const file of this.followed.values()) await this.leave(file);
    }
  }

  private async look(now: number): Promise<void> {
    const present = new Set<string>();
    for (const path of await filesOf(this.pattern, () => {})) {
      const found = await statOf(path);
      if (found?.isDirectory() && !this.pattern.isGlob) {
        throw new RunFailure(
          'is-directory',
          3,
          `${path} is a directory`,
          `\`tail("${path}/*")\` follows the files in it`,
        );
      }
      if (!found?.isFile()) continue;
      const identity = identityOf(found);
      present.add(this.followed.has(identity) ? identity : ((await this.follow(path)) ?? identity));
    }
    if (this.isFirst) this.announce();
    this.isFirst = false;
    for (const file of this.followed.values()) {
      if (this.context.signal.aborted) return;
      const hasGrown = await this.catchUp(file);
      if (present.has(file.identity)) file.lostSince = undefined;
      else if (hasGrown || file.lostSince === undefined) file.lostSince = now;
      else if (now - file.lostSince >= FAREWELL) await this.leave(file);
    }
  }

  private announce(): void {
    const { text } = this.pattern;
    const { size } = this.followed;
    if (this.context.once) {
      if (size === 0) throw new RunFailure('no-such-file', 3, `there is no ${text}`);
    } else if (size === 0) {
      this.context.note(`waiting for ${text}, which does not exist yet`);
    } else {
      this.context.note(size === 1 ? `following ${text}` : `following ${text}, ${size} files so far`);
    }
  }

  /** Opens a file that was not known; gives its identity, which may not be the one that led to it. Undefined if it is gone again. */
  private async follow(path: string): Promise<string | undefined> {
    const handle = await open(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      if (this.isFirst || codeOf(error) !== 'EACCES') throw sourceFailure('cannot-read', `cannot read ${path}`, error);
      this.context.note(`cannot read ${path}: permission denied`);
      return undefined;
    });
    if (handle === undefined) return undefined;
    const found = await handle.stat({ bigint: true });
    const identity = identityOf(found);
    if (this.followed.has(identity)) {
      await handle.close();
      return identity;
    }
    const size = this.isFirst && !this.fromStart ? Number(found.size) : 0;
    this.followed.set(identity, {
      identity,
      path,
      handle,
      framer: this.openFramer(path),
      position: await lastBorder(handle, size, this.args),
      size,
      changed: -1n,
      fingerprint: await firstBytes(handle, Math.min(size, FINGERPRINT)),
      lostSince: undefined,
    });
    return identity;
  }

  /** Reads what was appended; all of it where the file was written anew. Gives whether there was anything. */
  private async catchUp(file: Followed): Promise<boolean> {
    const found = await file.handle.stat({ bigint: true });
    const size = Number(found.size);
    if (size === file.size && found.mtimeNs === file.changed) return false;
    file.changed = found.mtimeNs;
    // Taken before reading: if the file is written anew meanwhile, the next look sees it by this.
    const first = await firstBytes(file.handle, Math.min(size, FINGERPRINT));
    if (size < file.size || !first.subarray(0, file.fingerprint.length).equals(file.fingerprint)) {
      this.context.note(`${file.path} was truncated or written anew; reading it from its start`);
      file.framer.end();
      file.framer = this.openFramer(file.path);
      file.position = 0;
      file.size = 0;
    }
    file.fingerprint = first;
    if (size <= file.size) return false;
    const count = await readFile(file.handle.fd, file.framer, this.context, { start: file.position, end: size });
    file.position += count;
    file.size = file.position;
    return true;
  }

  private openFramer(path: string): Framer {
    return openFramer(this.args, this.context.origin(path), this.context);
  }

  /** A half line is given out: nothing will come to it. */
  private async leave(file: Followed): Promise<void> {
    this.followed.delete(file.identity);
    file.framer.end();
    await file.handle.close();
  }
}

async function firstBytes(handle: FileHandle, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(count), 0, count, 0);
  return buffer.subarray(0, bytesRead);
}

/**
 * The start of the record that a file's first `size` bytes end in, so that one that is being written is read whole when it is done;
 * `size` itself where they end with a record, or where a pattern ends it, which cannot be told backwards.
 */
async function lastBorder(handle: FileHandle, size: number, { delimiter, maxLine }: TextArguments): Promise<number> {
  if (typeof delimiter !== 'string') return size;
  const wanted = Buffer.from(delimiter);
  // From here on it is too long, and the framer will say so.
  const least = Math.max(0, size - maxLine - wanted.length - 1);
  for (let end = size; end > least; ) {
    const start = Math.max(least, end - BACKWARDS);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(wanted);
    if (at >= 0) return start + at + wanted.length;
    if (start === least) break;
    end = start + wanted.length - 1;
  }
  return least;
}

export const tail = defineSource({
  name: 'tail',
  summary: 'The lines that are appended to files, across rotation and truncation',
  synonyms: ['follow'],
  docs:
    'A path, or a glob. Reads from the end of what is there (a line that is half written comes whole), or with `from: "start"` all of it; ' +
    'files that appear later are read whole. A file that is renamed or removed is read until it has not grown for 5 s. One that is ' +
    'truncated, or written anew with another start, is read from its start. Files are told by device, inode and first bytes, not by ' +
    'name or time; a glob should not match the copies that a rotation by copying makes, for they are files of their own. A half line ' +
    'waits for its end, and comes at the end of the run. With `--once` it takes what is there, from the start, and ends.',
  examples: [
    {
      program: 'tail("app.log", from: "start") | filter(_.includes("error"))',
      notRun: 'it waits for more',
      files: { 'app.log': 'error 1\nfine\n' },
      out: 'error 1',
    },
  ],
  parameters: {
    path: text('a path or a glob'),
    from: text('where to begin in files that are there at the start', { named: true, choices: ['end', 'start'] }).or(
      'end',
    ),
    ...textParameters,
  },
  gives: textType,
  origins: 'file',
  behaviour: () => ({
    kind: 'live',
    open: ({ path, from, ...args }, context) => new Tailing(path, from === 'start', args, context),
  }),
  spark: { unsupported: 'Spark reads whole files of a directory only: use `watch`' },
});
