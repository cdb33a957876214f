import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { FileSystem, OpenFile } from '../define/file-system.ts';
import type { Intents } from '../define/intents.ts';
import type { SinkStart } from '../define/sink.ts';
import type { PackedAs } from '../packings/pack.ts';
import { PACKING_SIZE, packingOf } from '../packings/packing.ts';
import { makeDirectories, SafeNames } from './directory.ts';

const NEWLINE = 10;

/** So many bytes before a mark are looked at again by who goes back to it. */
const LOOKED_AT = 4096;

/** So many bytes are read at a time where what lies behind a mark is looked at. */
const PIECE = 64 * 1024;

export interface AppendedFileOptions {
  readonly files: FileSystem;
  readonly path: string;
  /** How it is packed, if it is: each write is a member of its own, so that a mark is always between two. */
  readonly packed?: PackedAs | undefined;
  /** Absent where nobody will go back. */
  readonly intents?: Intents | undefined;
  /** The mark that it goes back to, and what was to be written behind it. */
  readonly from?: SinkStart | undefined;
}

/** Where a file ends that is written at its end. All of it is plain data. */
interface Mark {
  readonly identity: string;
  readonly size: number;
  /** Of the last bytes before it. */
  readonly sum: string;
}

/** Bytes that are about to be written. */
interface Intent {
  readonly at: number;
  readonly size: number;
  readonly sum: string;
}

/**
 * A file that is written at its end, and cut back to a mark where a run that was killed has written more. Others may write to it too, as
 * long as nobody has to go back: what is not its own is never cut away.
 *
 *     ───────────── before the run ─────────────┬── a batch ──┬── a batch ──┬─ the batch under way ─
 *                                               mark          mark          │ what an intent named is its own
 *
 * An intent names bytes before they are written. Of bytes of which a part was written before the end, only the number is known.
 */
export class AppendedFile {
  private readonly file: OpenFile;
  private readonly options: AppendedFileOptions;
  /** Where the next bytes go, as far as nobody else writes. */
  private end = 0;
  /** Undefined once its name is safe from a power cut. */
  private names: SafeNames | undefined;

  private constructor(file: OpenFile, options: AppendedFileOptions) {
    this.file = file;
    this.options = options;
    this.names = new SafeNames(options.files, dirname(options.path));
  }

  /** Opens it, with the directories that are missing, ready to be written. */
  static async open(options: AppendedFileOptions): Promise<AppendedFile> {
    const { files, path, from } = options;
    if (from !== undefined) mustBeThere(options);
    await makeDirectories(files, dirname(path));
    const file = new AppendedFile(await files.open(path, 'append'), options);
    await file.begin();
    return file;
  }

  /** Opens it at once, in a directory that is there; {@link begin} makes it ready. @param mode what becomes of what is there, unless it goes back. */
  static openNow(options: AppendedFileOptions, mode: 'append' | 'anew'): AppendedFile {
    const { files, path, from } = options;
    if (from !== undefined) mustBeThere(options);
    return new AppendedFile(files.openNow(path, from === undefined ? mode : 'append'), options);
  }

  /** Makes it ready to be written: with a line of its own to begin, or as it was at the mark. Called once, before anything else. */
  async begin(): Promise<void> {
    const { from } = this.options;
    if (from === undefined) return this.beginLine();
    // Both are what this class has given.
    const mark = from.mark as unknown as Mark | null;
    if (mark !== null) await this.goBack(mark, from.intents as unknown as readonly Intent[]);
  }

  async write(plain: Uint8Array): Promise<void> {
    const { intents, packed } = this.options;
    const bytes = packed === undefined ? plain : await packed.pack(plain);
    if (intents !== undefined) await intents.write({ at: this.end, size: bytes.length, sum: sumOf(bytes) });
    await this.file.write(bytes);
    this.end += bytes.length;
  }

  /** Where it ends, when that is safe from a power cut: what {@link AppendedFileOptions.from} takes. Null where it is no regular file. */
  async mark(): Promise<Value> {
    const { files, path } = this.options;
    const { isRegular, identity, size } = this.file.status();
    if (!isRegular) return null;
    await this.file.sync();
    await this.names?.sync();
    this.names = undefined;
    // Others may have written too.
    this.end = size;
    const start = Math.max(0, size - LOOKED_AT);
    const isInPlace = files.status(path)?.identity === identity;
    return { identity, size, sum: isInPlace ? sumOf(files.read(path, start, size - start)) : '' };
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => {});
  }

  /** Whoever wrote half a line and died must not take our first record with it. */
  private async beginLine(): Promise<void> {
    const { isRegular, size } = this.file.status();
    this.end = size;
    if (this.options.packed !== undefined) {
      if (isRegular && size > 0) mustBePacked(this.options, this.options.packed);
      return;
    }
    if (!isRegular || size === 0 || byteAt(this.options, size - 1) === NEWLINE) return;
    await this.write(Buffer.from('\n'));
  }

  private async goBack(mark: Mark, intents: readonly Intent[]): Promise<void> {
    const { files, path } = this.options;
    const { identity, size } = this.file.status();
    if (identity !== mark.identity) throw changed(path, 'it is another file');
    if (size < mark.size) throw changed(path, `it has ${size} bytes, and had ${mark.size}`);
    const start = Math.max(0, mark.size - LOOKED_AT);
    if (sumOf(files.read(path, start, mark.size - start)) !== mark.sum)
      throw changed(path, 'what it holds has changed');
    const behind = standing(intents.filter((intent) => intent.at + intent.size > mark.size));
    if (!this.isOwn(mark.size, size, behind)) {
      throw changed(path, `behind byte ${mark.size} stands what the run has not written`);
    }
    if (size > mark.size) await this.file.cut(mark.size);
    // What is written next must not meet again what was cut, now or by a run that ended just then.
    await this.file.sync();
    this.end = mark.size;
  }

  /** Whether the bytes from a mark to the end are those that were to be written behind it, as far as they came. */
  private isOwn(mark: number, size: number, intents: readonly Intent[]): boolean {
    let end = mark;
    for (const intent of intents) {
      if (end >= size) return true;
      if (intent.at !== end) return false;
      end += intent.size;
      if (end <= size && !this.holds(intent)) return false;
    }
    return end >= size;
  }

  private holds({ at, size, sum }: Intent): boolean {
    const { files, path } = this.options;
    const hash = createHash('sha256');
    let hasHole = false;
    for (let read = 0; read < size; ) {
      const bytes = files.read(path, at + read, Math.min(PIECE, size - read));
      if (bytes.length === 0) return false;
      hash.update(bytes);
      // A power cut leaves zeros where later bytes were on the disk before earlier ones.
      hasHole ||= bytes.includes(0);
      read += bytes.length;
    }
    return hasHole || hash.digest('hex') === sum;
  }
}

/** Whether the file at a path is the one that a mark is of, whatever has become of it. */
export function isMarked({ files, path }: AppendedFileOptions, { mark }: SinkStart): boolean {
  return files.status(path)?.identity === (mark as unknown as Mark | null)?.identity;
}

/** The size of a file at its mark, bytes. */
export function sizeAt({ mark }: SinkStart): number {
  return (mark as unknown as Mark | null)?.size ?? 0;
}

/** What is there no more must not be made anew, as if it had been empty. */
function mustBeThere({ files, path }: AppendedFileOptions): void {
  if (files.status(path) === undefined) throw changed(path, 'it is not there any more');
}

/** What is there must be packed as what is added to it. */
function mustBePacked({ files, path }: AppendedFileOptions, { packing }: PackedAs): void {
  if (packingOf(files.read(path, 0, PACKING_SIZE)) === packing) return;
  throw new RunFailure(
    'sink-packing',
    4,
    `cannot append to ${path}: what is there is not packed by ${packing}`,
    'move the file away',
  );
}

function changed(path: string, how: string): RunFailure {
  return new RunFailure('sink-changed', 4, `cannot go on in ${path}: ${how}`, 'start anew, or put the file back');
}

/** The byte at an offset; a newline where the file may be written and not read. */
function byteAt({ files, path }: AppendedFileOptions, offset: number): number {
  try {
    return files.read(path, offset, 1)[0] ?? NEWLINE;
  } catch {
    return NEWLINE;
  }
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The intents that count: who went back before has written anew from there on. */
function standing(intents: readonly Intent[]): readonly Intent[] {
  const left: Intent[] = [];
  for (const intent of intents) {
    while (left.length > 0 && left.at(-1)!.at >= intent.at) left.pop();
    left.push(intent);
  }
  return left;
}
