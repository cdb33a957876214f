/** Paths and globs: which files a `path or glob` of a source stands for. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import picomatch from 'picomatch';
import { compareText } from '../../base/compare.ts';
import { identityOf } from './done-files.ts';

/** What stands in a source where files are named: `app.log`, `logs/*.log`, `logs/**`. */
export interface PathPattern {
  readonly text: string;
  /** False for a path that is meant as it is, also where it has a `*` in its name and exists. */
  readonly isGlob: boolean;
  /** The directory that all matches are in: `logs` of `logs/*.log`; the path itself without a glob. */
  readonly base: string;
  /** How many directories below `base` may hold matches; 0 for `base` alone. */
  readonly depth: number;
  readonly matches: (path: string) => boolean;
}

/** Reads `*`, `?`, `**`, `[…]`, `{a,b}` as a shell does; a name that starts with a dot is matched only by a dot. */
export function pathPattern(text: string): PathPattern {
  const scanned = picomatch.scan(text);
  if (!scanned.isGlob || existsSync(text)) {
    const path = normalize(text);
    return { text, isGlob: false, base: path, depth: 0, matches: (other) => normalize(other) === path };
  }
  const matches = picomatch(normalize(text));
  return {
    text,
    isGlob: true,
    base: normalize(scanned.base === '' ? '.' : scanned.base),
    depth: scanned.glob.includes('**') ? Number.POSITIVE_INFINITY : scanned.glob.split('/').length - 1,
    matches: (path) => matches(path),
  };
}

/**
 * All files in a directory, with the directory in front, and so many levels below it; in order of name. Links are followed. None
 * if there is no such directory (any more).
 */
export async function filesBelow(directory: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  await walk(directory, depth, [], found).catch(ignoreVanished);
  return found.sort(compareText);
}

async function walk(directory: string, depth: number, above: readonly string[], found: string[]): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isFile()) {
      found.push(path);
    } else if (entry.isDirectory() || entry.isSymbolicLink()) {
      const target = await statOf(path);
      if (target?.isFile()) found.push(path);
      if (!target?.isDirectory() || depth === 0) continue;
      const identity = identityOf(target);
      // A link to a directory above would be followed for ever.
      if (above.includes(identity)) continue;
      await walk(path, depth - 1, [...above, identity], found).catch(ignoreVanished);
    }
  }
}

/** The files that a pattern stands for now, in order of name; a path without a glob if it exists. */
export async function filesOf(pattern: PathPattern): Promise<string[]> {
  if (!pattern.isGlob) return (await statOf(pattern.base)) === undefined ? [] : [pattern.base];
  const all = await filesBelow(pattern.base, pattern.depth);
  return all.filter((path) => pattern.matches(path));
}

/** What the system knows of a path; undefined if there is nothing (any more). */
export async function statOf(path: string) {
  return stat(path, { bigint: true }).catch(ignoreVanished);
}

function ignoreVanished(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP') return undefined;
  throw error;
}
