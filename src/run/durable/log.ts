import type { FileSystem } from '../../flow/define/file-system.ts';
import { frame } from './frames.ts';
import { SyncedFile, type SyncedKind } from './synced-file.ts';

interface Part {
  readonly bytes: Buffer;
  readonly kept: () => void;
  readonly failed: (error: unknown) => void;
}

/** What has changed behind a base, record by record. */
export const LOG: SyncedKind = { kind: 'log', synced: 'synced' };

interface LogSettings {
  readonly files: FileSystem;
  readonly directory: string;
  /** Waited for before anything is written: what the records speak of is safe. */
  readonly before: () => Promise<void>;
  /** Told the first error; what it returns is what those get who wait, and all who come later. */
  readonly onFailure: (error: unknown) => unknown;
}

/**
 * A log that is written at its end. All that waits is written at once and synced at once, so that it costs the same however many wait; what is
 * kept of it for certain is what {@link append} has resolved for.
 */
export class Log {
  private readonly settings: LogSettings;
  private waiting: Part[] = [];
  private isRunning = false;
  private failure: { readonly reason: unknown } | undefined;
  private file: SyncedFile | undefined;
  private isClosed = false;
  /** Called one after the other, behind what waits: to go on in another file. */
  private readonly turns = new Map<Part, () => Promise<void>>();

  constructor(settings: LogSettings) {
    this.settings = settings;
  }

  /** Keeps a record behind those before it; resolves when it is safe from a power cut, rejects where that cannot be. */
  append(record: Uint8Array): Promise<void> {
    return this.put(frame(record));
  }

  /** Keeps a record behind those before it, together with the next one: what by itself says nothing is worth no write of its own. */
  note(record: Uint8Array): void {
    if (this.failure === undefined && !this.isClosed)
      this.waiting.push({ bytes: frame(record), kept() {}, failed() {} });
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
    return this.file?.size ?? 0;
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
    await this.settings.before();
    await this.file!.write(bytes);
    await this.file!.sync();
  }

  private async turnTo(number: number, end: number): Promise<void> {
    const { files, directory } = this.settings;
    await this.leave();
    this.file = await SyncedFile.open(files, directory, LOG, number, end);
  }

  private async leave(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }

  private fail(error: unknown, parts: readonly Part[]): void {
    const reason = this.settings.onFailure(error);
    this.failure = { reason };
    for (const { failed } of [...parts, ...this.waiting]) failed(reason);
    this.waiting = [];
  }
}
