import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../base/compare.ts';
import { pathPattern } from '../../flow/files/paths.ts';
import { isFile } from './shell-input.ts';

/** So much of a file is looked at, bytes: who presses a key does not wait. */
const SIZE = 64 * 1024;
/** So many names of directories are looked through for a glob. */
const MOST_NAMES = 2000;

/** The first whole lines of the first file that a path or glob stands for; undefined where there is none that can be read at once. */
export function sampleOf(pathOrGlob: string): Buffer | undefined {
  try {
    const path = firstFile(pathOrGlob);
    return path === undefined ? undefined : headOf(path);
  } catch {
    // Not ours to read, or gone in between: there is nothing to look at.
    return undefined;
  }
}

function headOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(SIZE);
    const length = readSync(file, bytes, 0, SIZE, 0);
    // A line that goes on behind what was read is no line yet.
    return bytes.subarray(0, length < SIZE ? length : bytes.lastIndexOf('\n') + 1);
  } finally {
    closeSync(file);
  }
}

function firstFile(pathOrGlob: string): string | undefined {
  if (isFile(pathOrGlob)) return pathOrGlob;
  const { isGlob, base, depth, matches } = pathPattern(pathOrGlob);
  const waiting = [{ folder: base, depth }];
  for (let names = 0; names < MOST_NAMES; ) {
    const next = waiting.shift();
    if (next === undefined) return undefined;
    const entries = readdirSync(next.folder, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
    names += entries.length;
    for (const entry of entries) {
      const path = join(next.folder, entry.name);
      if (entry.isDirectory() && next.depth > 0) waiting.push({ folder: path, depth: next.depth - 1 });
      else if (isFile(path) && (isGlob ? matches(path) : !entry.name.startsWith('.'))) return path;
    }
  }
  return undefined;
}
