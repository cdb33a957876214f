import { join } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import { field, isFields, type Value } from '../../base/value.ts';

/** What stands in a directory of checkpoints: whole snapshots, what was written behind each, what came from outside, and how much of either was synced; and results that are served. */
export type FileKind = 'base' | 'log' | 'synced' | 'input' | 'input-synced' | 'results';

const NAME = /^(base|log|synced|input|input-synced|results)-(\d{6,})(\.tmp)?$/;

/** The name of the file that says which process uses the directory. */
export const LOCK = 'lock';

/** `state/log-000003`. */
export function pathOf(directory: string, kind: FileKind, number: number): string {
  return join(directory, `${kind}-${String(number).padStart(6, '0')}`);
}

/** A file of ours by its name. */
export interface Named {
  readonly kind: FileKind;
  readonly number: number;
  /** It was being written, and has not got its name. */
  readonly isTemporary: boolean;
}

/** What a name in the directory says; undefined where it is none of ours. */
export function readName(name: string): Named | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  return { kind: match[1] as FileKind, number: Number(match[2]), isTemporary: match[3] !== undefined };
}

/** Whether it holds what came from outside, so that its number is counted by itself. */
export function isOfInput({ kind }: Named): boolean {
  return kind === 'input' || kind === 'input-synced';
}

/** Whether it holds what the run was in, so that it goes with the base that is behind it. */
export function isOfRun({ kind }: Named): boolean {
  return kind === 'base' || kind === 'log' || kind === 'synced';
}

/** The files of results that the mark of an output names, with how many bytes of each count; none where it is of no view. */
export function resultsIn(mark: unknown): readonly (readonly [number: number, end: number])[] {
  return isFields(mark as Value) ? ((field(mark as Value, 'results') as never) ?? []) : [];
}

/** Of the format of all files in it. */
const VERSION = 5;

/** Each file begins with a line that says what it is. */
export function headOf(kind: FileKind): Buffer {
  return Buffer.from(`leat-${kind} ${VERSION}\n`);
}

/** What is wrong with how a file begins, and where another leat has written it the way out. */
interface WrongHead {
  readonly how: string;
  readonly help: string | undefined;
}

/** What is wrong with how a file begins, if anything is. */
export function wrongHead(file: Buffer, kind: FileKind): WrongHead | undefined {
  const head = headOf(kind);
  if (file.subarray(0, head.length).equals(head)) return undefined;
  const other = /^leat-[a-z-]+ (\d+)\n/.exec(file.toString('latin1', 0, 32))?.[1];
  if (other === undefined || Number(other) === VERSION)
    return { how: 'it does not begin as it should', help: undefined };
  return {
    how: `it has format ${other}, and this leat reads format ${VERSION}`,
    help: `go on with the version of leat that has written it, or ${ANEW}`,
  };
}

const ANEW = 'begin anew with another directory; what was written out so far stays as it is';

/** A directory that cannot be gone on from. */
export function damaged(path: string, how: string, help = `put the file back from a copy, or ${ANEW}`): RunFailure {
  return new RunFailure('checkpoint-damaged', 3, `cannot go on from ${path}: ${how}`, help);
}
