/** Paths and globs: which files a `path or glob` of a source stands for. */
import { existsSync, realpathSync, type Stats, statSync, stat as tellStat } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compareText } from '../../base/compare.ts';
import { codeOf } from '../input/fault.ts';
import { identityOf } from './done-files.ts';
import { patternOf } from './globs.ts';
import { type PathPattern, pathAsItIs } from './path-pattern.ts';

// Each run of a file comes to it, and to load the module of promises takes longer than to read a small file.
const stat = promisify(tellStat);

/** Reads `*`, `?`, `**`, `[…]`, `{a,b}` as a shell does; a name that starts with a dot is matched only by a dot. */
export function pathPattern(text: string): PathPattern {
  return existsSync(text) ? pathAsItIs(text) : patternOf(text);
}

/** Told of a file or directory that is passed over, since the system does not let us look at it. */
type PassOver = (path: string, error: unknown) => void;

/**
 * The wanted files in a directory, with the directory in front, and so many levels below it; in order of name. Links are followed. None
 * if there is no such directory (any more).
 */
export async function filesBelow(
  directory: string,
  depth: number,
  isWanted: Pick<PathPattern, 'matches' | 'mayHold'>,
  passOver: PassOver,
): Promise<string[]> {
  const found: string[] = [];
  await walk(directory, depth, [], { ...isWanted, passOver, found });
  return found.sort(compareText);
}

interface Walk extends Pick<PathPattern, 'matches' | 'mayHold'> {
  readonly passOver: PassOver;
  readonly found: string[];
}

async function walk(directory: string, depth: number, above: readonly string[], by: Walk): Promise<void> {
  const over = (path: string) => (error: unknown) => (hasVanished(error) ? undefined : void by.passOver(path, error));
  const entries = await readdir(directory, { withFileTypes: true }).catch(over(directory));
  for (const entry of entries ?? []) {
    const path = join(directory, entry.name);
    const isWanted = by.matches(path);
    if (entry.isFile()) {
      if (isWanted) by.found.push(path);
    } else if (entry.isDirectory() || entry.isSymbolicLink()) {
      const mayHold = depth > 0 && by.mayHold(path);
      if (!isWanted && !mayHold) continue;
      const target = await statOf(path).catch(over(path));
      if (isWanted && target?.isFile()) by.found.push(path);
      if (!target?.isDirectory() || !mayHold) continue;
      const identity = identityOf(target);
      // A link to a directory above would be followed for ever.
      if (above.includes(identity)) continue;
      await walk(path, depth - 1, [...above, identity], by);
    }
  }
}

/** The files that a pattern stands for now, in order of name; a path without a glob if it exists. */
export async function filesOf(pattern: PathPattern, passOver: PassOver): Promise<string[]> {
  if (!pattern.isGlob) return (await statOf(pattern.base)) === undefined ? [] : [pattern.base];
  return filesBelow(pattern.base, pattern.depth, pattern, passOver);
}

/** A path without links; as it is where it does not exist. */
export function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What the system knows of a path; undefined if there is nothing (any more). */
export async function statOf(path: string) {
  return stat(path, { bigint: true }).catch((error: unknown) => {
    if (hasVanished(error)) return undefined;
    throw error;
  });
}

/** Whether there is a file at a path. */
export function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** A name that a shell would have filled in: a program stands in single quotes, where it does not. */
const UNFILLED = /^(?:\$\w+|\$\{\w+\}|%\w+%)/;

/** What stands at a path, in words, where it is neither a file nor a directory: `a named pipe`. Undefined where it is, or where there is nothing. */
export async function whatIs(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(codeOf);
  if (found === 'ELOOP') return 'a link that leads in a circle';
  if (typeof found === 'string') {
    const link = await lstat(path).catch(() => undefined);
    if (link?.isSymbolicLink()) return `a link to ${await readlink(path)}, which does not exist`;
    const [variable] = UNFILLED.exec(path) ?? [];
    return (
      variable &&
      `a name in which ${variable} stays as it is: ~ is your home, and a shell fills in variables between double quotes only`
    );
  }
  return kindOf(found);
}

/** What something is, in words, that is neither a file nor a directory. */
export function kindOf(found: Pick<Stats, 'isFIFO' | 'isSocket' | 'isFile' | 'isDirectory'>): string | undefined {
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  return found.isFile() || found.isDirectory() ? undefined : 'a device';
}

/** Whether an error of the system says that there is nothing at a path (any more). */
export function hasVanished(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error));
}
