import { RunFailure } from '../../base/problem.ts';
import type { FileSystem } from '../../flow/define/file-system.ts';
import { codeOf, reasonOf } from '../../flow/input/fault.ts';
import { StateError } from '../../flow/state/encoding/state-error.ts';
import { readBase, readContents, readFound } from './found.ts';
import { readFrames } from './frames.ts';
import { readSegment } from './input-found.ts';
import { LOG } from './log.ts';
import { headOf, pathOf, readName, resultsIn } from './names.ts';
import { readRecord } from './records.ts';
import { readResults } from './results-file.ts';
import { readSyncedFile } from './synced-file.ts';

/**
 * Reads all files of a directory. @returns what is wrong, a line a file, with what is lost by it.
 *
 * @throws the system's error where it cannot be read.
 */
export function faultsIn(files: FileSystem, directory: string): readonly string[] {
  const names = files.list(directory).flatMap((name) => readName(name) ?? []);
  const newest = Math.max(0, ...names.map(({ kind, number }) => (kind === 'base' ? number : 0)));
  const bases = names.filter(({ kind, number, isTemporary }) => kind === 'base' && number === newest && !isTemporary);
  const logs = new Set(
    names.flatMap(({ kind, number }) => ((kind === 'log' || kind === 'synced') && number >= newest ? [number] : [])),
  );
  const last = Math.max(0, ...logs);
  const faults = [
    ...bases.map(({ number }) => {
      const fault = faultOf(() => readBase(files, pathOf(directory, 'base', number)));
      return fault && `${fault}; nothing that was kept can be gone on from`;
    }),
    ...[...logs]
      .sort((a, b) => a - b)
      .map((number) => {
        const fault = faultOf(() => readSyncedFile(files, directory, LOG, number, number === last));
        return fault && `${fault}; ${whatIsLeft(files, pathOf(directory, 'log', number))}`;
      }),
  ].filter((fault) => fault !== undefined);
  // What is missing altogether shows only when it is put together.
  if (faults.length > 0) return faults;
  const together = faultOf(() => readContents(files, directory));
  if (together === undefined) return faultsInResults(files, directory);
  const segments = names.flatMap(({ kind, number, isTemporary }) => (kind === 'input' && !isTemporary ? [number] : []));
  const broken = segments
    .sort((a, b) => a - b)
    .flatMap((number) => faultOf(() => readSegment(files, directory, number, number === segments.at(-1))) ?? []);
  const isOfInput = together.includes(pathOf(directory, 'input', 0).slice(0, -'000000'.length));
  return [...new Set([together, ...broken])].map((fault) =>
    isOfInput ? `${fault}; what came and was not worked on is lost` : fault,
  );
}

/** What was served, without which a run goes on as well. */
function faultsInResults(files: FileSystem, directory: string): readonly string[] {
  const look = () => {
    const marks = readFound(files, directory)?.frozen.marks.values() ?? [];
    return [...marks].flatMap(resultsIn).flatMap(([number, end]) => resultsFault(files, directory, number, end) ?? []);
  };
  // Where a run is at work, a file may have gone that its next mark does not name any more.
  return look().length === 0 ? [] : look();
}

function resultsFault(files: FileSystem, directory: string, number: number, end: number): string | undefined {
  try {
    readResults(files, directory, number, end);
    return undefined;
  } catch (error) {
    const isGone = codeOf(error) === 'ENOENT';
    const fault = isGone ? `${pathOf(directory, 'results', number)}: it is not there any more` : reasonOf(error);
    return `${fault}; what was shown before is lost`;
  }
}

function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof RunFailure) return error.message.replace(/^cannot go on from /, '');
    throw error;
  }
}

/** How far a log is whole that is damaged. */
function whatIsLeft(files: FileSystem, path: string): string {
  const status = files.status(path);
  const bytes = status === undefined ? Buffer.alloc(0) : files.read(path, 0, status.size);
  let batch: number | undefined;
  for (const record of readFrames(bytes, headOf('log').length).records) {
    try {
      const read = readRecord(record);
      if (read.kind === 'change') batch = read.frozen.batch;
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
    }
  }
  return batch === undefined ? 'what was kept in it is lost' : `what was kept in it behind batch ${batch} is lost`;
}
