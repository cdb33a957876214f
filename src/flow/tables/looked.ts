import { statSync } from 'node:fs';
import { codeOf, reasonOf } from '../input/fault.ts';
import { UnpackFault } from '../packings/stepped.ts';
import { type Table, TableError } from '../parsing/table.ts';

/** What rows are looked up in, batch by batch. */
export interface Looked {
  /** What it is called in messages. */
  readonly called: string;
  /** The table as of this batch; undefined where there is none. */
  current(): Table | undefined;
}

/** What tells a file from the one that was there before. @throws the system's error. */
export function versionOf(path: string): string {
  const { mtimeNs, size, ino } = statSync(path, { bigint: true });
  return `${mtimeNs} ${size} ${ino}`;
}

/** Why a table cannot be read, in words. @throws what is no such reason. */
export function tableReason(error: unknown): string {
  if (error instanceof UnpackFault && error.kind !== 'other')
    return error.kind === 'torn' ? 'what is packed in it ends too early' : 'what is packed in it is damaged';
  if (error instanceof TableError || error instanceof UnpackFault) return error.message;
  if (codeOf(error) === '') throw error;
  return reasonOf(error);
}
