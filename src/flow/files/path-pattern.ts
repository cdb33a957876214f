import { normalize } from 'node:path';

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
  /** Whether a directory below `base` may hold matches, at any depth. */
  readonly mayHold: (directory: string) => boolean;
}

/** A path that is meant as it is, whatever signs are in it. */
export function pathAsItIs(text: string): PathPattern {
  const path = normalize(text);
  return {
    text,
    isGlob: false,
    base: path,
    depth: 0,
    matches: (other) => normalize(other) === path,
    mayHold: () => true,
  };
}
