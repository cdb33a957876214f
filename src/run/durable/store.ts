import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { FileSystem, OpenFile } from '../../flow/define/file-system.ts';
import type { Intents } from '../../flow/define/intents.ts';
import type { SinkStart } from '../../flow/define/sink.ts';
import { makeDirectories, SafeNames } from '../../flow/output/directory.ts';
import { sinkFailure } from '../../flow/output/failure.ts';
import { type Contents, type Found, readContents } from './found.ts';
import { frame } from './frames.ts';
import { InputLog } from './input-log.ts';
import { type Holder, holdsLock, lostLock, readLock, releaseLock, takeLock } from './lock.ts';
import { Log } from './log.ts';
import { headOf, isOfRun, LOCK, pathOf, readName } from './names.ts';
import { type Base, type Frozen, type LogRecord, type Part, writeRecord } from './records.ts';

interface StoreSettings {
  readonly files: FileSystem;
  readonly directory: string;
  readonly holder: Holder;
  /** A log that is shorter is not worth to be written anew, bytes; 1 MB unless given. */
  readonly least?: number;
  /** See `InputLogSettings.segment`. */
  readonly segment?: number;
  /** How many items a part of a base has at most; 1,000 unless given. */
  readonly partSize?: number;
}

/** See {@link StoreSettings.least}. */
const LEAST = 1024 * 1024;
const PART_SIZE = 1000;

/**
 * A directory of checkpoints that one run has for itself.
 *
 *     base-000003   all that the run was in once        log-000003   what has changed behind that, record by record
 *     base-000004   written beside, part by part, when the log is longer than what it changes; then those of 3 are not needed any more
 *     log-000004    is begun together with it, and until it is there what stands behind log-000003
 */
export class Store {
  /** What an earlier run has left. */
  readonly found: Found | undefined;
  private readonly settings: StoreSettings;
  private readonly log: Log;
  /** What comes from outside; begun where the program receives something. */
  readonly input: InputLog;
  /** The names in the directory, and that of the directory. */
  private readonly names: SafeNames;
  /** The number of the log under way. */
  private number: number;
  private readonly end: number;
  private readonly left: readonly string[];
  /** Resolves when the log under way has its name for certain. */
  private opened: Promise<void> = Promise.resolve();
  /** Bytes of the newest base, and of the logs behind it but the one under way. */
  private baseSize: number;
  private before: number;
  /** The base that is being written, its bytes and parts so far. */
  private next:
    | { readonly file: OpenFile; readonly number: number; readonly frozen: Frozen; size: number; parts: number }
    | undefined;
  private onFailure: (failure: RunFailure) => void = () => {};

  private constructor(settings: StoreSettings, contents: Contents) {
    this.settings = settings;
    this.found = contents.found;
    this.number = contents.log;
    this.end = contents.end;
    this.baseSize = contents.baseSize;
    this.before = contents.before;
    this.left = contents.left;
    const { files, directory } = settings;
    this.names = new SafeNames(files, directory);
    const onFailure = (error: unknown) => {
      const failure = sinkFailure(directory, error);
      this.onFailure(failure);
      return failure;
    };
    this.input = new InputLog({ files, directory, segment: settings.segment, onFailure }, contents.input);
    // What is written down of how far the input was worked on is behind the input.
    this.log = new Log({ files, directory, onFailure, before: () => this.input.sync() });
  }

  /**
   * Takes a directory, which is made where it is missing.
   *
   * @throws RunFailure where it is in use, damaged, of another kind, or cannot be read or written.
   */
  static async open(settings: StoreSettings): Promise<Store> {
    const { files, directory, holder } = settings;
    try {
      await makeDirectories(files, directory);
      const foreign = files.list(directory).find((name) => name !== LOCK && readName(name) === undefined);
      if (foreign !== undefined) throw notOurs(directory, foreign);
      await takeLock(files, directory, holder);
    } catch (error) {
      throw sinkFailure(directory, error);
    }
    try {
      return new Store(settings, readContents(files, directory));
    } catch (error) {
      releaseLock(files, directory, holder);
      throw sinkFailure(directory, error);
    }
  }

  get directory(): string {
    return this.settings.directory;
  }

  /**
   * Begins to write. Called once, before anything is kept.
   *
   * @param onFailure told where that cannot be done.
   * @param receivesAt now (ms), where something is received from outside.
   */
  begin(onFailure: (failure: RunFailure) => void, receivesAt?: number): Promise<void> {
    this.onFailure = onFailure;
    try {
      this.remove(this.left);
    } catch (error) {
      onFailure(sinkFailure(this.directory, error));
    }
    const received = receivesAt === undefined ? undefined : this.input.begin(receivesAt);
    this.opened = Promise.all([this.log.open(this.number, this.end), received]).then(() => {});
    return this.opened;
  }

  /** Where an output goes on; undefined where nothing was kept of it. */
  startOf(output: string): SinkStart | undefined {
    const mark = this.found?.frozen.marks.get(output);
    if (mark === undefined) return undefined;
    return { mark: mark as Value, intents: (this.found?.intents.get(output) ?? []) as readonly Value[] };
  }

  /** Where an output writes down what it is about to do. */
  intentsOf(output: string): Intents {
    return { write: (intent) => this.append({ kind: 'intent', output, intent }) };
  }

  async append(record: LogRecord): Promise<void> {
    if (record.kind === 'change' && !holdsLock(this.settings.files, this.directory, this.settings.holder)) {
      const failure = lostLock(this.directory, readLock(this.settings.files, this.directory));
      this.onFailure(failure);
      throw failure;
    }
    await this.log.append(writeRecord(record));
    if (record.kind === 'change') this.forget(record.frozen);
  }

  /** Outputs are asked for the marks of the next change now. */
  noteAsked(): void {
    this.log.note(writeRecord({ kind: 'asked' }));
  }

  /** Whether it is time to write all anew: the log has become longer than what is changed by it. */
  get isLong(): boolean {
    return this.before + this.log.size > Math.max(this.least, this.baseSize);
  }

  /** See {@link StoreSettings.least}. */
  get least(): number {
    return this.settings.least ?? LEAST;
  }

  get partSize(): number {
    return this.settings.partSize ?? PART_SIZE;
  }

  /** What is appended from now on stands in another log, behind the base that is begun next. Called when that was put together. */
  turn(): void {
    this.before += this.log.size;
    this.opened = this.log.open(++this.number);
    this.opened.catch(() => {});
  }

  /** Begins a base, which takes the place of those before when it is whole. */
  beginBase(base: Base): Promise<void> {
    return this.orFail(async () => {
      const { number } = this;
      await this.opened;
      await this.input.sync();
      const file = await this.settings.files.open(this.besideOf(number), 'anew');
      this.next = { file, number, frozen: base.frozen, size: 0, parts: 0 };
      await this.addToBase(headOf('base'));
      await this.addToBase(frame(writeRecord(base)));
    });
  }

  /** Adds a part to the base that was begun. */
  addPart(part: Part): Promise<void> {
    return this.orFail(async () => {
      this.next!.parts++;
      await this.addToBase(frame(writeRecord(part)));
    });
  }

  /** The base that was begun is whole, and in place of those before and what was behind them. */
  endBase(): Promise<void> {
    return this.orFail(async () => {
      const { files, directory } = this.settings;
      const { file, number, parts, frozen } = this.next!;
      await this.addToBase(frame(writeRecord({ kind: 'end', parts })));
      const { size } = this.next!;
      this.next = undefined;
      await file.sync();
      await file.close();
      await files.rename(this.besideOf(number), pathOf(directory, 'base', number));
      await this.names.sync();
      await this.append({ kind: 'based' });
      this.baseSize = size;
      this.before = 0;
      this.remove(
        files.list(directory).flatMap((name) => {
          const named = readName(name);
          const isOlder = named !== undefined && named.number < number && isOfRun(named);
          return isOlder ? [`${directory}/${name}`] : [];
        }),
      );
      this.forget(frozen);
    });
  }

  private async addToBase(bytes: Buffer): Promise<void> {
    this.next!.size += bytes.length;
    await this.next!.file.write(bytes);
  }

  /** Where a base is that has not got its name. */
  private besideOf(number: number): string {
    return `${pathOf(this.directory, 'base', number)}.tmp`;
  }

  private async orFail(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const failure = sinkFailure(this.directory, error);
      this.onFailure(failure);
      throw failure;
    }
  }

  /** What came and was worked on by now is not needed any more. */
  private forget({ input }: Frozen): void {
    try {
      if (input !== undefined) this.input.keepOnly(input);
    } catch (error) {
      const failure = sinkFailure(this.directory, error);
      this.onFailure(failure);
      throw failure;
    }
  }

  /** Nothing more is kept. */
  async close(): Promise<void> {
    await this.log.close();
    await this.next?.file.close().catch(() => {});
    await this.input.close();
    try {
      releaseLock(this.settings.files, this.directory, this.settings.holder);
    } catch {}
  }

  private remove(paths: readonly string[]): void {
    const { files } = this.settings;
    for (const path of paths) if (files.status(path) !== undefined) files.remove(path);
  }
}

function notOurs(directory: string, name: string): RunFailure {
  return new RunFailure(
    'checkpoint-foreign',
    2,
    `${directory} holds ${name}, which is no checkpoint of leat`,
    'give --checkpoint a directory of its own; it is made where it is missing',
  );
}
