import type { FileSystem, OpenFile } from '../../flow/define/file-system.ts';
import { frame, readFrames } from './frames.ts';
import { damaged, type FileKind, headOf, pathOf, wrongHead } from './names.ts';

/** A kind of file that is written at its end, and of what says how much of each was synced. */
export interface SyncedKind {
  readonly kind: FileKind;
  readonly synced: FileKind;
}

/** What stands in such a file, as far as it is whole. */
interface ReadRecords {
  readonly records: readonly Buffer[];
  /** Where the next record goes, bytes; 0 where not even the head is there. */
  readonly end: number;
}

/**
 * Reads a file of records. What a crash has torn at its end is left out.
 *
 * @param isLast whether it was written to until the end of the run.
 * @throws RunFailure where something is missing that was synced.
 */
export function readSyncedFile(
  files: FileSystem,
  directory: string,
  { kind, synced: companion }: SyncedKind,
  number: number,
  isLast: boolean,
): ReadRecords {
  const path = pathOf(directory, kind, number);
  const synced = readSynced(files, directory, companion, number);
  const status = files.status(path);
  if (status === undefined) {
    if (synced === 0 && isLast) return { records: [], end: 0 };
    throw damaged(path, 'it is not there any more');
  }
  const bytes = files.read(path, 0, status.size);
  const head = headOf(kind);
  const wrong = wrongHead(bytes, kind);
  if (bytes.length < head.length || wrong !== undefined) {
    // Another version of leat may have begun it.
    if (isLast && synced === 0 && wrong?.help === undefined) return { records: [], end: 0 };
    throw damaged(path, wrong?.how ?? 'it has lost its end', wrong?.help);
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

/** How many bytes of a file were synced for certain. */
function readSynced(files: FileSystem, directory: string, kind: FileKind, number: number): number {
  const path = pathOf(directory, kind, number);
  const status = files.status(path);
  if (status === undefined) return 0;
  const bytes = files.read(path, 0, status.size);
  const head = headOf(kind);
  // It is not synced by itself: a power cut may leave any part of it, and zeros before others.
  if (bytes.length < head.length || bytes.subarray(0, head.length).every((byte) => byte === 0)) return 0;
  const wrong = wrongHead(bytes, kind);
  if (wrong !== undefined) throw damaged(path, wrong.how, wrong.help);
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

/** A file of records that is written at its end, with another beside it that says how much of it was synced. */
export class SyncedFile {
  private readonly file: OpenFile;
  private readonly synced: OpenFile;
  private end: number;

  private constructor(file: OpenFile, synced: OpenFile, end: number) {
    this.file = file;
    this.synced = synced;
    this.end = end;
  }

  /**
   * Opens it; resolves when it has its name for certain.
   *
   * @param end where it goes on, bytes; what stands behind that is torn, and cut off.
   */
  static async open(
    files: FileSystem,
    directory: string,
    { kind, synced: companion }: SyncedKind,
    number: number,
    end: number,
  ): Promise<SyncedFile> {
    const file = await files.open(pathOf(directory, kind, number), 'append');
    const path = pathOf(directory, companion, number);
    const { size } = file.status();
    if (size > end) {
      // What was synced and is not gone on with counts no more from before it is cut off.
      if (end === 0) {
        await (await openSynced(files, path, companion, end)).close();
        await files.syncDirectory(directory);
      }
      await file.cut(end);
    }
    if (end === 0) await file.write(headOf(kind));
    await file.sync();
    const begin = end === 0 ? headOf(kind).length : end;
    const synced = await openSynced(files, path, companion, begin);
    await files.syncDirectory(directory);
    return new SyncedFile(file, synced, begin);
  }

  /** Bytes in it. */
  get size(): number {
    return this.end;
  }

  /** Writes whole records. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.file.write(bytes);
    this.end += bytes.length;
  }

  /** Resolves when what was written before the call is safe from a power cut. It may be written to meanwhile. */
  async sync(): Promise<void> {
    const { end } = this;
    await this.file.sync();
    const entry = Buffer.alloc(8);
    entry.writeDoubleLE(end);
    await this.synced.write(frame(entry));
  }

  async close(): Promise<void> {
    await this.file.close();
    await this.synced.close();
  }
}

/** The file of what was synced, written anew: what a power cut has left of it need not be whole. */
async function openSynced(files: FileSystem, path: string, kind: FileKind, end: number): Promise<OpenFile> {
  const beside = `${path}.tmp`;
  const file = await files.open(beside, 'anew');
  const entry = Buffer.alloc(8);
  entry.writeDoubleLE(end);
  await file.write(Buffer.concat([headOf(kind), frame(entry)]));
  await file.sync();
  await files.rename(beside, path);
  return file;
}
