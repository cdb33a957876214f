import type { Value } from '../../base/value.ts';
import type { FileSystem } from '../define/file-system.ts';
import type { Intents } from '../define/intents.ts';
import type { SinkStart } from '../define/sink.ts';
import type { PackedAs } from '../packings/pack.ts';
import { AppendedFile } from './appended-file.ts';
import { sinkFailure } from './failure.ts';
import type { KeyedTargets } from './keyed-sink.ts';
import { OpenFiles, type Pausable } from './open-files.ts';

interface AppendedFilesOptions {
  readonly files: FileSystem;
  /** Where the file of a name stands. */
  readonly pathOf: (name: string) => string;
  /** How they are packed, if they are. */
  readonly packed?: PackedAs | undefined;
  /** The columns that a file has, by its path; undefined where it has none. May throw. */
  readonly columnsOf: (path: string) => readonly string[] | undefined;
  /** The names of files that others have not followed yet, where it goes back; all unless given. */
  readonly current?: ReadonlySet<string> | undefined;
  /** Absent where nobody will go back. */
  readonly intents?: Intents | undefined;
  /** The mark that it goes back to, and what was to be written behind it. */
  readonly from?: SinkStart | undefined;
}

/** A file is written to for the first time: where it ended then, and its columns. Or it is about to be written. */
type Intent =
  | { readonly file: string; readonly begin: Value; readonly columns: readonly string[] | null }
  | { readonly file: string; readonly intent: Value };

/** The marks of all files that were written, by name, with the columns that they had before. */
type Mark = readonly (readonly [name: string, mark: Value, columns: readonly string[] | null])[];

/** Files that are written at their ends, by name; each keeps the promise of an {@link AppendedFile}, though few of them are open at a time. */
export class AppendedFiles implements KeyedTargets {
  private readonly options: AppendedFilesOptions;
  private readonly files = new Map<string, SplitFile>();
  private readonly open = new OpenFiles<SplitFile>();

  constructor(options: AppendedFilesOptions) {
    this.options = options;
    const { from } = options;
    if (from === undefined) return;
    // Both are what this class has given.
    for (const [name, mark, columns] of from.mark as unknown as Mark) this.fileOf(name).begun(mark, columns);
    for (const intent of from.intents as unknown as readonly Intent[]) {
      const file = this.fileOf(intent.file);
      if ('intent' in intent) file.behind.push(intent.intent);
      else if (file.mark === undefined) file.begun(intent.begin, intent.columns);
    }
    for (const [name, file] of this.files) file.isOver = options.current?.has(name) === false;
  }

  async goBack(): Promise<void> {
    for (const file of this.files.values()) await this.using(file, () => file.goBack());
  }

  columns(name: string): readonly string[] | undefined {
    return this.fileOf(name).columns;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const file = this.fileOf(name);
    await this.using(file, () => file.write(bytes));
  }

  async close(): Promise<void> {}

  async forget(name: string): Promise<void> {
    const file = this.fileOf(name);
    file.isOver = true;
    if (this.options.intents === undefined) await this.letGo(name, file);
  }

  private async letGo(name: string, file: SplitFile): Promise<void> {
    await file.pause();
    this.open.forget(file);
    this.files.delete(name);
  }

  async mark(): Promise<Value> {
    const marks: [string, Value, readonly string[] | null][] = [];
    for (const [name, file] of this.files) {
      if (file.isChanged) await this.using(file, () => file.keep());
      // What it was about to write before its last mark can be told of behind that, and has to be known as older.
      if (file.isInLastMark) await this.letGo(name, file);
      else if (file.mark !== undefined) marks.push([name, file.mark, file.columns ?? null]);
      file.isInLastMark = file.isOver;
    }
    return marks;
  }

  async finish(): Promise<void> {
    for (const file of this.files.values()) await file.pause();
  }

  async abandon(): Promise<void> {
    for (const file of this.files.values()) await file.pause().catch(() => {});
  }

  private fileOf(name: string): SplitFile {
    let file = this.files.get(name);
    if (file === undefined) {
      file = new SplitFile(name, this.options);
      this.files.set(name, file);
    }
    return file;
  }

  private async using(file: SplitFile, use: () => Promise<void>): Promise<void> {
    try {
      await this.open.use(file);
      await use();
    } catch (error) {
      throw sinkFailure(file.path, error);
    }
  }
}

/** One of the files. */
class SplitFile implements Pausable {
  readonly path: string;
  /** The last mark of it; undefined where it has not been written to yet. */
  mark: Value | undefined;
  /** Whether it was written to behind the mark. */
  isChanged = false;
  /** Nothing is written to it any more. */
  isOver = false;
  /** It is over, and was in a mark since. */
  isInLastMark = false;
  /** What was to be written behind the mark that it goes back to. */
  readonly behind: Value[] = [];
  private file: AppendedFile | undefined;
  private known: { readonly columns: readonly string[] | undefined } | undefined;
  private readonly name: string;
  private readonly options: AppendedFilesOptions;
  private readonly intents: Intents | undefined;

  constructor(name: string, options: AppendedFilesOptions) {
    const { intents } = options;
    this.name = name;
    this.options = options;
    this.path = options.pathOf(name);
    this.intents = intents && { write: (intent) => intents.write({ file: name, intent }) };
  }

  /** The columns that it had before it was first written to. Where it goes back, what stands there now may be taken back. */
  get columns(): readonly string[] | undefined {
    this.known ??= { columns: this.options.columnsOf(this.path) };
    return this.known.columns;
  }

  /** It has been written to, in a run before. */
  begun(mark: Value, columns: readonly string[] | null): void {
    this.mark = mark;
    this.known = { columns: columns ?? undefined };
  }

  /** Cuts it back to its mark. */
  async goBack(): Promise<void> {
    const { mark, behind, intents, path } = this;
    // What was written before there was a mark is the end of a line that was begun by another.
    if (mark === undefined) return;
    this.file = await AppendedFile.open({
      files: this.options.files,
      path,
      packed: this.options.packed,
      intents,
      from: { mark, intents: behind.splice(0) },
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    const file = await this.opened();
    this.isChanged = true;
    await file.write(bytes);
  }

  /** Takes its mark, when that is safe from a power cut. */
  async keep(): Promise<void> {
    this.mark = await (await this.opened()).mark();
    this.isChanged = false;
  }

  async pause(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }

  private async opened(): Promise<AppendedFile> {
    const { path, intents, options } = this;
    const { columns } = this;
    this.file ??= await AppendedFile.open({ files: options.files, path, packed: options.packed, intents });
    if (options.intents !== undefined && this.mark === undefined) {
      this.mark = await this.file.mark();
      await options.intents.write({ file: this.name, begin: this.mark, columns: columns ?? null });
    }
    return this.file;
  }
}
