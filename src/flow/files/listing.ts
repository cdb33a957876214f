import { closeSync, openSync } from 'node:fs';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import { codeOf, reasonOf, sourceFailure } from '../input/fault.ts';
import { isAtEnd } from '../input/reading.ts';
import { isPacked } from './packed.ts';
import type { PathPattern } from './path-pattern.ts';
import { filesOf, pathPattern, statOf, whatIs } from './paths.ts';

/** A file that is to be read. */
export interface Listed {
  readonly path: string;
  /** Whether it was named by itself. One that a glob matches may be left out, with a note. */
  readonly isNamed: boolean;
  readonly isPacked: boolean;
  /** Bytes; undefined where that says nothing of how much can be read: of a pipe, or of what the system makes when it is read. */
  readonly size: number | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The files that the arguments name, each once: by argument, then by name. Rejects with exit 3 where one is missing, or none of a glob can be read.
 *
 * @param done those that need not be read any more: they are left out, whatever has become of them.
 */
export async function listFiles(
  paths: readonly string[],
  context: SourceContext,
  done: ReadonlySet<string> = NONE,
): Promise<readonly Listed[]> {
  const listed = new Map<string, Listed>();
  for (const path of paths) {
    const pattern = pathPattern(path);
    if (!pattern.isGlob && done.has(pattern.base)) continue;
    for (const file of pattern.isGlob ? await matching(pattern, context, done) : [await named(path, pattern.base)]) {
      if (listed.get(file.path)?.isNamed !== true) listed.set(file.path, file);
    }
  }
  return [...listed.values()];
}

/** Says that a file is left out, or the rest of it. */
export function leaveOut(path: string, error: unknown, context: SourceContext): void {
  context.note(
    codeOf(error) === 'ENOENT'
      ? `${path} was gone before it could be read`
      : `left out: cannot read ${path}: ${reasonOf(error)}`,
  );
}

async function named(text: string, path: string): Promise<Listed> {
  try {
    return await inspect(path, true);
  } catch (error) {
    if (error instanceof RunFailure) throw error;
    if (codeOf(error) !== 'ENOENT') throw sourceFailure('cannot-read', `cannot read ${text}`, error);
    const what = await whatIs(path);
    const help = 'to wait for files that come later, use `watch` or `tail`';
    throw new RunFailure('no-such-file', 3, what === undefined ? `${text} does not exist` : `${text} is ${what}`, help);
  }
}

async function matching(
  { text, ...pattern }: PathPattern,
  context: SourceContext,
  done: ReadonlySet<string>,
): Promise<readonly Listed[]> {
  const left: { readonly path: string; readonly error: unknown }[] = [];
  const found = await filesOf({ text, ...pattern }, (path, error) => left.push({ path, error }));
  const readable: Listed[] = [];
  for (const path of found) {
    if (done.has(path)) continue;
    try {
      readable.push(await inspect(path, false));
    } catch (error) {
      // What is gone again is none of its matches.
      if (codeOf(error) !== 'ENOENT') left.push({ path, error });
    }
  }
  const [first] = left;
  if (readable.length === 0 && ![...done].some(pattern.matches)) {
    if (first !== undefined) throw sourceFailure('cannot-read', `cannot read ${first.path}`, first.error);
    const help = 'to wait for files that come later, use `watch` or `tail`';
    throw new RunFailure('no-such-file', 3, `no file matches ${text}`, help);
  }
  if (first !== undefined) {
    const others = left.length === 1 ? '' : `, and ${left.length - 1} more of ${text}`;
    context.note(`left out: cannot read ${first.path}: ${reasonOf(first.error)}${others}`);
  }
  return readable;
}

/** Rejects with the system's error. */
async function inspect(path: string, isNamed: boolean): Promise<Listed> {
  const found = await statOf(path);
  if (found === undefined) throw Object.assign(new Error('it does not exist'), { code: 'ENOENT' });
  if (found.isDirectory()) throw directoryFailure(path);
  if (found.isSocket()) throw new RunFailure('not-a-file', 3, `${path} is a socket`);
  // Nothing can be looked at in a pipe without taking it away.
  if (!found.isFile()) return { path, isNamed, isPacked: false, size: undefined };
  const fd = openSync(path, 'r');
  try {
    // Of some files the system tells no size, though they have something in them.
    const size = found.size === 0n && !isAtEnd(fd, 0) ? undefined : Number(found.size);
    return { path, isNamed, isPacked: isPacked(fd, 0), size };
  } finally {
    closeSync(fd);
  }
}

function directoryFailure(path: string): RunFailure {
  const inside = `${path.replace(/\/+$/, '')}/*`;
  const help = `\`files("${inside}")\` reads the files in it, \`watch("${path}")\` those that come`;
  return new RunFailure('is-directory', 3, `${path} is a directory`, help);
}
