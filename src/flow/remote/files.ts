import type { Readable } from 'node:stream';
import { RunFailure } from '../../base/problem.ts';
import { HALF_WRITTEN } from '../files/passed-names.ts';
import type { PathPattern } from '../files/path-pattern.ts';

/** A file that stands elsewhere than on this machine. */
export interface RemoteFile {
  /** What it is called in messages and in positions. */
  readonly path: string;
  /** Tells it from another one of the same name: whoever reads on in a file must not come into another. */
  readonly id: number | string;
  /** Bytes. */
  readonly length: number;
  /** When it was last changed, ms, where that says something. */
  readonly changed?: number;
  /** Whether it was named by itself. One that a glob matches may be gone before it is read, which is a note. */
  readonly isNamed?: boolean;
}

const HIDDEN = /\/[._]/;

/** The code of the failure where a file is not there any more. */
export const GONE = 'no-such-file';

/** @param path what it is called. */
export function goneFailure(path: string): RunFailure {
  return new RunFailure(GONE, 3, `${path} was gone before it could be read`);
}

/** Files that stand elsewhere, as far as {@link RemoteReading} needs to know. Whoever waits for one that is away tries again. */
export interface RemoteFiles {
  /** What is read, as the user wrote it. */
  readonly text: string;
  /** Where they are, in words: `in HDFS`. */
  readonly place: string;
  /** The files that are meant and are there now, in order of name. Rejects where they cannot be listed. */
  find(): Promise<readonly RemoteFile[]>;
  /** Whether a file that was so at the look before is whole now. */
  isWhole(before: RemoteFile | undefined, now: RemoteFile): boolean;
  /** The bytes of a file from one on, which it must have. Rejects with a RunFailure where it is gone, or another one by now. @param signal ends the reading. */
  open(file: RemoteFile, offset: number, signal: AbortSignal): Promise<Readable>;
  /** Whether a failure may pass by itself. */
  mayPass(error: unknown): boolean;
  /** Whether of what is not named by itself that is left out with a note which cannot be unpacked; it is a failure otherwise. */
  readonly leavesOut?: true;
  /** What the user can do about one that does not, where that can be said. */
  helpFor?(error: unknown): string | undefined;
}

/**
 * Whether a path is one that is meant: names that begin with a point or `_`, as Hadoop hides them, and those of files that are being written are not,
 * unless the glob has such names itself.
 *
 * @param path from the root on, as the pattern has it.
 */
export function isMeant({ base, isGlob, matches, text }: PathPattern, path: string): boolean {
  if (isGlob && !matches(path)) return false;
  const start = base.replace(/\/$/, '').length;
  const isHidden = HIDDEN.test(path.slice(start)) && !(isGlob && HIDDEN.test(text.slice(start)));
  return (isGlob && HALF_WRITTEN.test(text)) || !(isHidden || HALF_WRITTEN.test(path));
}
