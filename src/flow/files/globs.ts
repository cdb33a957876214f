import { normalize } from 'node:path';
import picomatch from 'picomatch';
import { type PathPattern, pathAsItIs } from './path-pattern.ts';

const always = () => true;

/** What a text stands for where nobody asks the file system of this machine: a path where it has no sign of a glob. */
export function patternOf(text: string): PathPattern {
  const scanned = picomatch.scan(text);
  if (!scanned.isGlob) return pathAsItIs(text);
  const matches = picomatch(normalize(text));
  return {
    text,
    isGlob: true,
    base: normalize(scanned.base === '' ? '.' : scanned.base),
    depth: scanned.glob.includes('**') ? Number.POSITIVE_INFINITY : scanned.glob.split('/').length - 1,
    matches: (path) => matches(path),
    mayHold: holding(normalize(text)),
  };
}

/** Compares a directory with as many parts of a glob as it has itself, where these can be told apart. */
function holding(glob: string): (directory: string) => boolean {
  // A slash within braces or brackets is none between parts.
  if (/[{([][^/]*\//.test(glob.replace(/\[[^/[\]]*\]|\{[^/{}]*\}|\([^/()]*\)/g, ''))) return always;
  const parts = glob.split('/');
  const deepest = parts.indexOf('**');
  const known = new Map<number, (directory: string) => boolean>();
  return (directory) => {
    const count = directory.split('/').length;
    if (deepest >= 0 && count > deepest) return true;
    const matches = known.get(count) ?? picomatch(parts.slice(0, count).join('/'));
    known.set(count, matches);
    return matches(directory);
  };
}
