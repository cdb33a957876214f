import type { FileSystem, OpenFile } from '../../flow/define/file-system.ts';
import { frame, readFrames } from './frames.ts';
import { damaged, headOf, pathOf, wrongHead } from './names.ts';

interface Part {
  readonly bytes: Buffer;
  readonly kept: () => void;
  readonly failed: (error: unknown) => void;
}

/** What stands in a log, as far as it is whole. */
interface ReadLog {
  readonly records: readonly Buffer[];
  /** Where the next record goes, bytes; 0 where not even the head is there. */
  readonly end: number;
}

/**
 * Reads a log. What a crash has torn at its end is left out.
 *
 * @param isLast whether it was written to until the end of the run.
 * @throws RunFailure where something is missing that was synced.
 */
export function readLog(files: FileSystem, directory: string, number: number, isLast: boolean): ReadLog {
  const path = pathOf(directory, 'log', number);
  const synced = readSynced(files, directory, number);
  const status = files.status(path);
  if (status === undefined) {
    if (synced === 0 && isLast) return { records: [], end: 0 };
    throw damaged(path, 'it is not there any more');
  }
  const bytes = files.read(path, 0, status.size);
  const head = headOf('log');
  if (bytes.length < head.length || wrongHead(bytes, 'log') !== undefined) {
    if (isLast && synced === 0 && !isFromElsewhere(bytes)) return { records: [], end: 0 };
    throw damaged(path, wrongHead(bytes, 'log') ?? 'it has lost its end');
  }
  const { records, end } = readFrames(bytes, head.length);
  if (end < synced) {
    const how =
      bytes.length < synced ? 'it has lost its end' : `what stands behind byte ${end} is not what was written`;
    throw damaged(path, how);
  }
  if (!isLast && end < bytes.length) throw damaged(path, `what stands behind byte ${end} is not what was written`);
  return { records, end };
}

/** Whether another version of leat has begun the file. */
function isFromElsewhere(bytes: Buffer): boolean {
  return wrongHead(bytes, 'log')?.includes('format') === true;
}

/** How many bytes of a log were synced for certain. */
function readSynced(files: FileSystem, directory: string, number: number): number {
  const path = pathOf(directory, 'synced', number);
  const status = files.status(path);
  if (status === undefined) return 0;
  const bytes = files.read(path, 0, status.size);
  const head = headOf('synced');
  // It is not synced by itself: a power cut may leave any part of it, and zeros before others.
  if (bytes.length < head.length || bytes.subarray(0, head.length).every((byte) => byte === 0)) return 0;
  const wrong = wrongHead(bytes, 'synced');
  if (wrong !== undefined) throw damaged(path, wrong);
  let most = 0;
  for (let at = head.length; at + ENTRY <= bytes.length; at += ENTRY) {
    const entry = bytes.subarray(at, at + ENTRY);
    const [record] = readFrames(entry).records;
    if (record?.length === 8) most = Math.max(most, record.readDoubleLE(0));
    else if (entry.some((byte) => byte !== 0)) throw damaged(path, `byte ${at} and behind is not what was written`);
  }
  return most;
}

/** Of the file of what was synced, bytes: a number in a frame. */
const ENTRY = 16;

/**
 * A log that is written at its end. All that waits is written at once and synced at once, so that it costs the same however many wait; what is
 * kept of it for certain is what {@link append} has resolved for.
 */
export class Log {
  private readonly files: FileSystem;
  private readonly directory: string;
  private readonly onFailure: (error: unknown) => unknown;
  private waiting: Part[] = [];
  private isRunning = false;
  private failure: { readonly reason: unknown } | undefined;
  private log: OpenFile | undefined;
  private synced: OpenFile | undefined;
  private end = 0;
  private isClosed = false;
  /** Called one after the other, behind what waits: to go on in another file. */
  private readonly turns = new Map<Part, () => Promise<void>>();

  /** @param onFailure told the first error; what it returns is what those get who wait, and all who come later. */
  constructor(files: FileSystem, directory: string, onFailure: (error: unknown) => unknown) {
    this.files = files;
    this.directory = directory;
    this.onFailure = onFailure;
  }

  /** Keeps a record behind those before it; resolves when it is safe from a power cut, rejects where that cannot be. */
  append(record: Uint8Array): Promise<void> {
    return this.put(frame(record));
  }

  /** What is appended from now on goes to the log of that number; resolves when that has its name for certain. @param end where it goes on, if it is there. */
  open(number: number, end = 0): Promise<void> {
    return this.put(Buffer.alloc(0), () => this.turnTo(number, end));
  }

  /** Nothing more is appended. */
  async close(): Promise<void> {
    await this.put(Buffer.alloc(0)).catch(() => {});
    this.isClosed = true;
    // What counts is synced.
    await this.leave().catch(() => {});
  }

  /** Bytes in the log under way. */
  get size(): number {
    return this.end;
  }

  private put(bytes: Buffer, turn?: () => Promise<void>): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure.reason);
    if (this.isClosed) return Promise.resolve();
    return new Promise((kept, failed) => {
      const part = { bytes, kept, failed };
      if (turn !== undefined) this.turns.set(part, turn);
      this.waiting.push(part);
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    let parts: Part[] = [];
    try {
      // What is asked for in the same turn of the event loop is written together.
      await undefined;
      while (this.waiting.length > 0) {
        const next = this.waiting.findIndex((part, i) => i > 0 && this.turns.has(part));
        parts = this.waiting.splice(0, next < 0 ? this.waiting.length : next);
        await this.write(parts);
        for (const { kept } of parts) kept();
        parts = [];
      }
    } catch (error) {
      this.fail(error, parts);
    }
    this.isRunning = false;
  }

  private async write(parts: readonly Part[]): Promise<void> {
    const [first] = parts;
    const turn = this.turns.get(first!);
    this.turns.delete(first!);
    await turn?.();
    const bytes = Buffer.concat(parts.map((part) => part.bytes));
    if (bytes.length === 0) return;
    await this.log!.write(bytes);
    await this.log!.sync();
    this.end += bytes.length;
    const entry = Buffer.alloc(8);
    entry.writeDoubleLE(this.end);
    await this.synced!.write(frame(entry));
  }

  private async turnTo(number: number, end: number): Promise<void> {
    const { files, directory } = this;
    await this.leave();
    this.log = await files.open(pathOf(directory, 'log', number), 'append');
    const { size } = this.log.status();
    if (size > end) await this.log.cut(end);
    if (end === 0) await this.log.write(headOf('log'));
    await this.log.sync();
    this.end = end === 0 ? headOf('log').length : end;
    this.synced = await openSynced(files, pathOf(directory, 'synced', number), this.end);
    await files.syncDirectory(directory);
  }

  private async leave(): Promise<void> {
    const { log, synced } = this;
    this.log = undefined;
    this.synced = undefined;
    await log?.close();
    await synced?.close();
  }

  private fail(error: unknown, parts: readonly Part[]): void {
    const reason = this.onFailure(error);
    this.failure = { reason };
    for (const { failed } of [...parts, ...this.waiting]) failed(reason);
    this.waiting = [];
  }
}

/** The file of what was synced, written anew: what a power cut has left of it need not be whole. */
async function openSynced(files: FileSystem, path: string, end: number): Promise<OpenFile> {
  const beside = `${path}.tmp`;
  const file = await files.open(beside, 'anew');
  const entry = Buffer.alloc(8);
  entry.writeDoubleLE(end);
  await file.write(Buffer.concat([headOf('synced'), frame(entry)]));
  await file.sync();
  await files.rename(beside, path);
  return file;
}
