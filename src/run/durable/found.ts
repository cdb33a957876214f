import type { FileSystem } from '../../flow/define/file-system.ts';
import type { Position, Split } from '../../flow/define/position.ts';
import type { State } from '../../flow/define/snapshot.ts';
import { StateError } from '../../flow/state/encoding/state-error.ts';
import { readFrames } from './frames.ts';
import { type FoundInput, NO_INPUT, readInput, readSegment } from './input-found.ts';
import { LOG } from './log.ts';
import {
  damaged,
  type FileKind,
  headOf,
  isOfInput,
  isOfRun,
  type Named,
  pathOf,
  readName,
  resultsIn,
  wrongHead,
} from './names.ts';
import {
  type Base,
  type BaseRecord,
  type Batch,
  type Begun,
  type Change,
  type Frozen,
  type LogRecord,
  type Moves,
  type Part,
  readRecord,
} from './records.ts';
import { readSyncedFile } from './synced-file.ts';

/** What a directory holds of a run. */
export interface Found {
  readonly base: Base;
  /** What the run was in at last. */
  readonly frozen: Frozen;
  /** What its steps remembered: all, then what had changed, in order. */
  readonly steps: readonly Uint8Array[];
  /** Of each source. */
  readonly positions: readonly Position[];
  /** Batches that came out, or were about to, behind that. */
  readonly batches: readonly Batch[];
  /** The batch behind these, of which something came out though it was open; undefined where nothing did. */
  readonly begun: Begun | undefined;
  /** It was stopped, and nothing came out behind that. */
  readonly isLeft: boolean;
  /** What each output was about to do since it was asked for its mark, in order. */
  readonly intents: ReadonlyMap<string, readonly State[]>;
}

/** What is in a directory. */
export interface Contents {
  /** Undefined where nothing was kept yet. */
  readonly found: Found | undefined;
  /** The log that is gone on with, and where it ends, bytes; the number of the next one where there is none. */
  readonly log: number;
  readonly end: number;
  /** What came from outside. */
  readonly input: FoundInput;
  /** Bytes of the base, and of the logs behind it but the last. */
  readonly baseSize: number;
  readonly before: number;
  /** Files that nobody needs any more. */
  readonly left: readonly string[];
}

/** What was read of the files that the run itself has written. */
interface ReadLogs {
  readonly names: readonly Named[];
  readonly found: Found | undefined;
  readonly log: number;
  readonly end: number;
  readonly baseSize: number;
  readonly before: number;
}

/** What a directory holds of a run, but for what came from outside and was not worked on. @throws as {@link readContents}. */
export function readFound(files: FileSystem, directory: string): Found | undefined {
  return readLogs(files, directory).found;
}

/** Reads all that counts of a directory. @throws RunFailure that names a file which is damaged, or gone. */
export function readContents(files: FileSystem, directory: string): Contents {
  const { names, found, ...read } = readLogs(files, directory);
  const newest = numbersOf(names, 'base').at(-1) ?? 0;
  const shown = new Set([...(found?.frozen.marks.values() ?? [])].flatMap(resultsIn).map(([number]) => number));
  const isLeft = (name: Named) =>
    name.kind === 'results' ? !shown.has(name.number) : isOfRun(name) && name.number < newest;
  const left = names
    .filter((name) => name.isTemporary || isLeft(name))
    .map(({ kind, number, isTemporary }) => `${pathOf(directory, kind, number)}${isTemporary ? '.tmp' : ''}`);
  const received = numbersOf(names, 'input');
  let input = NO_INPUT;
  if (found === undefined) {
    for (const number of received) holdToNothing(files, directory, number, number === received.at(-1));
  } else {
    input = inputOf(files, directory, found, [...received, ...numbersOf(names, 'input-synced')]);
  }
  return { ...read, found, input, left: [...left, ...pathsOf(directory, names, input)] };
}

function numbersOf(names: readonly Named[], kind: FileKind): readonly number[] {
  return names.flatMap((name) => (name.kind === kind && !name.isTemporary ? [name.number] : [])).sort((a, b) => a - b);
}

function readLogs(files: FileSystem, directory: string): ReadLogs {
  const names = files.list(directory).flatMap((name) => readName(name) ?? []);
  const newest = numbersOf(names, 'base').at(-1);
  const logs = [...new Set([...numbersOf(names, 'log'), ...numbersOf(names, 'synced')])].filter(
    (number) => number >= (newest ?? 0),
  );
  const last = Math.max(newest ?? 1, ...logs);
  const read: LogRecord[] = [];
  let end = 0;
  let before = 0;
  for (let number = newest ?? Math.min(last, ...logs); number <= last; number++) {
    const log = readSyncedFile(files, directory, LOG, number, number === last);
    read.push(...(decoded(pathOf(directory, 'log', number), log.records) as LogRecord[]));
    before += end;
    end = log.end;
  }
  if (newest === undefined) {
    // Outputs may have begun; nothing that they were given came from a source.
    const isLost = logs.some((number) => number > 1) || read.some(({ kind }) => kind !== 'intent');
    if (isLost) throw damaged(pathOf(directory, 'base', Math.min(...logs)), 'it is not there any more');
    return { names, found: undefined, log: last, end: 0, baseSize: 0, before: 0 };
  }
  const path = pathOf(directory, 'base', newest);
  const { base, parts } = readBase(files, path);
  const changes = read.filter(({ kind }) => kind === 'change').length;
  // It was given its name behind a change that follows the last part.
  if (parts.length > 0 && changes <= parts.at(-1)!.behind) {
    throw damaged(pathOf(directory, 'log', newest), 'what was written behind the base is not there any more');
  }
  return { names, found: collect(base, parts, read), log: last, end, baseSize: files.status(path)!.size, before };
}

/** Where nothing was kept yet, nothing was received. @throws RunFailure where something was. */
function holdToNothing(files: FileSystem, directory: string, number: number, isLast: boolean): void {
  const { entries } = readSegment(files, directory, number, isLast);
  if (entries.some(({ kind }) => kind !== 'begin'))
    throw damaged(pathOf(directory, 'base', 1), 'it is not there any more');
}

function inputOf(
  files: FileSystem,
  directory: string,
  { base, frozen, positions, batches, begun }: Found,
  numbers: readonly number[],
) {
  const { input } = frozen;
  if (input === undefined) return NO_INPUT;
  const came = begun === undefined ? batches : [...batches, begun];
  return readInput(files, directory, { input, sources: base.sources, positions, batches: came }, numbers);
}

/** Files of input that nobody needs any more. */
function pathsOf(directory: string, names: readonly Named[], { segments }: FoundInput): readonly string[] {
  return names
    .filter((name) => isOfInput(name) && !name.isTemporary && !segments.some(({ number }) => number === name.number))
    .map(({ kind, number }) => pathOf(directory, kind, number));
}

/** @throws RunFailure where it is not what was written. */
export function readBase(files: FileSystem, path: string): { readonly base: Base; readonly parts: readonly Part[] } {
  const bytes = files.read(path, 0, files.status(path)!.size);
  const wrong = wrongHead(bytes, 'base');
  if (wrong !== undefined) throw damaged(path, wrong.how, wrong.help);
  const { records, end } = readFrames(bytes, headOf('base').length);
  const read = end < bytes.length ? [] : decoded(path, records);
  const [base, ...behind] = read as readonly BaseRecord[];
  const last = behind.pop();
  if (base?.kind !== 'base' || last?.kind !== 'end' || last.parts !== behind.length) {
    throw damaged(path, 'it is not what was written');
  }
  return { base, parts: behind as readonly Part[] };
}

function decoded(path: string, records: readonly Buffer[]): readonly (BaseRecord | LogRecord)[] {
  try {
    return records.map(readRecord);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw damaged(path, error.message);
  }
}

/**
 * Puts together what a run goes on from.
 *
 *     base  batch 5  asked  intent  change 5  batch 6  intent  batch 7 │ the end
 *                    └── what is behind the marks ──┼─ come a second time
 */
function collect(base: Base, parts: readonly Part[], records: readonly LogRecord[]): Found {
  const changes = records.filter((record): record is Change => record.kind === 'change');
  const batches = records.filter((record): record is Batch => record.kind === 'batch');
  const frozen = changes.at(-1)?.frozen ?? base.frozen;
  const tables = base.sources.map(() => new Map<string, Split>());
  move(tables, base.positions);
  const before = batches.filter(({ number }) => number <= frozen.batch);
  // What changed within a batch that was not over comes before its tick.
  const moved = [
    ...before.map(({ number, moves }) => ({ number, isInside: false, moves })),
    ...changes.map(({ frozen: { batch, isInside }, moves }) => ({ number: batch, isInside, moves })),
  ].sort((a, b) => a.number - b.number || Number(a.isInside) - Number(b.isInside));
  for (const { moves } of moved) move(tables, moves);
  // Before its marks were asked for, there may be some of a run that went back.
  const since = records
    .slice(0, records.lastIndexOf(changes.at(-1)!) + 1)
    .findLastIndex(({ kind }) => kind === 'asked');
  const intents = new Map<string, State[]>();
  const behind = records.slice(since + 1);
  for (const record of behind) {
    if (record.kind !== 'intent') continue;
    const own = intents.get(record.output) ?? [];
    own.push(record.intent);
    intents.set(record.output, own);
  }
  const repeated = batches.filter(({ number }) => number > frozen.batch);
  const last = repeated.at(-1)?.number ?? frozen.batch;
  const begun = behind.findLast((record): record is Begun => record.kind === 'begun');
  return {
    base,
    frozen,
    steps: [base.frozen.steps, ...amongChanges(parts, changes)],
    positions: tables.map((table) => [...table.values()]),
    batches: repeated,
    begun: begun !== undefined && begun.number > last ? begun : undefined,
    isLeft: records.at(-1)?.kind === 'left',
    intents,
  };
}

/** What steps remembered, in the order in which it was known. */
function amongChanges(parts: readonly Part[], changes: readonly Change[]): readonly Uint8Array[] {
  const steps: Uint8Array[] = [];
  let next = 0;
  for (const [i, { frozen }] of changes.entries()) {
    steps.push(frozen.steps);
    while (next < parts.length && parts[next]!.behind === i + 1) steps.push(parts[next++]!.steps);
  }
  return steps;
}

function move(tables: readonly Map<string, Split>[], moves: Moves): void {
  for (const [source, splits] of moves) {
    for (const split of splits) {
      if (split.at === null) tables[source]!.delete(split.key);
      else tables[source]!.set(split.key, split);
    }
  }
}
