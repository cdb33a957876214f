import type { BigIntStats } from 'node:fs';

/** What tells the order of files. */
interface Aged {
  readonly path: string;
  /** The path that it is, or was, at. */
  readonly name?: string;
  readonly found: BigIntStats;
}

/** For sorting: what is not at its path any more comes first, then what was written to first. Packing and copying keep that time, or set a later one. */
export function byAge(a: Aged, b: Aged): number {
  const isAtPath = Number(a.path === a.name) - Number(b.path === b.name);
  if (isAtPath !== 0) return isAtPath;
  if (a.found.mtimeNs !== b.found.mtimeNs) return a.found.mtimeNs < b.found.mtimeNs ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}
