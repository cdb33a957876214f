/** Which files a source is about whose files come into a directory. */
import { normalize, relative } from 'node:path';
import type { SourceContext } from '../define/context.ts';
import type { Dealt } from '../define/dealt.ts';
import type { BoundArguments } from '../define/parameters.ts';
import type { SourceBehaviour, SourceDefinition, SourceEnvironment } from '../define/source.ts';
import { HALF_WRITTEN, isHidden } from './passed-names.ts';
import type { PathPattern } from './path-pattern.ts';
import { pathPattern } from './paths.ts';

/** Whether a path is one of them: hidden files and those whose names say that they are being written are not. */
export function isArriving({ base, isGlob, matches, text }: PathPattern, path: string): boolean {
  if (isGlob) return matches(path) && (HALF_WRITTEN.test(text) || !HALF_WRITTEN.test(path));
  return !isHidden(base, path) && !HALF_WRITTEN.test(path);
}

/** How many levels of directories below that of the pattern are meant. */
export function depthOf({ isGlob, depth }: PathPattern, recursive: boolean): number {
  return !isGlob && recursive ? Number.POSITIVE_INFINITY : depth;
}

interface Arriving {
  readonly path: string;
  readonly recursive: boolean;
  readonly existing: boolean;
}

/** What others need to know who find the files. */
export function dealtFiles({ path, recursive, existing }: Arriving): Dealt {
  const pattern = pathPattern(normalize(path));
  const depth = depthOf(pattern, recursive);
  const levels = (found: string) => relative(pattern.base, found).split('/').length - 1;
  return {
    kind: 'files',
    directory: pattern.base,
    isWanted: (found) => levels(found) <= depth && isArriving(pattern, found),
    existing,
  };
}

/** How files are read that somebody else has found, by what reads the files that it is told of. How far that is, whoever found them knows. */
export function readsGiven(
  { behaviour }: SourceDefinition,
  given: BoundArguments,
  environment: SourceEnvironment,
): SourceBehaviour<BoundArguments> {
  const reading = behaviour(given, environment);
  if (reading.kind !== 'bounded') throw new Error('what reads given files is bounded');
  return { ...reading, open: (_arguments: BoundArguments, context: SourceContext) => reading.open(given, context) };
}
