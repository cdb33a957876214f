import { Room } from '../../base/room.ts';
import type { FileSystem } from '../../flow/define/file-system.ts';
import type { Position } from '../../flow/define/position.ts';
import { bytesIn, type Came, type InputEntry, writeEntry } from './input-entries.ts';
import { type FoundInput, INPUT, inputState, readSegment, Segment } from './input-found.ts';
import { pathOf } from './names.ts';
import type { InputState } from './records.ts';
import { SyncedFile } from './synced-file.ts';

interface InputLogSettings {
  readonly files: FileSystem;
  readonly directory: string;
  /** A segment that is longer is followed by another, bytes; 16 MB unless given. */
  readonly segment?: number | undefined;
  /** Told the first error; what it returns is what those get who wait for what came to be safe. */
  readonly onFailure: (error: unknown) => unknown;
}

/** See {@link InputLogSettings.segment}. */
const SEGMENT = 16 * 1024 * 1024;
/** One write, bytes. */
const WRITE = 1024 * 1024;
/** Where more waits to be written, who receives is asked to wait, bytes. */
const MOST_WAITING = 1024 * 1024;
/** So much is synced without being asked for, bytes, so that who asks waits for no more than that. */
const SYNC = 8 * 1024 * 1024;

interface Part {
  readonly entry: InputEntry;
  readonly framed: Buffer;
  /** Told when it is in the file, or will never be. */
  readonly done: (isIn: boolean, framed: Buffer) => void;
}

/**
 * What came from outside and nobody can give again, in the order in which it came.
 *
 *     came ─▶ waits ─▶ in the file ─▶ worked on      a process that is killed loses nothing behind this
 *                          └─ synced ─▶ comes out    nor does a power cut behind this
 *     input-000007  input-000008                     segments; one in which all was worked on is removed
 */
export class InputLog {
  /** What earlier runs have received. */
  readonly found: FoundInput;
  private readonly settings: InputLogSettings;
  private readonly segments: Segment[];
  /** Of the places that are open, of which source they are. */
  private readonly open: Map<number, string>;
  private file: SyncedFile | undefined;
  /** Settled when that is there. */
  private opened: Promise<void> | undefined;
  private nextOrigin: number;
  private readonly waiting: Part[] = [];
  private bytesWaiting = 0;
  private readonly room = new Room();
  private writing: Promise<void> | undefined;
  /** Numbers of entries: how many there were, were written, and are safe. */
  private given = 0;
  private written = 0;
  private safe = 0;
  private unsynced = 0;
  /** Called when more was written. */
  private readonly wrote = new Room();
  private syncing: Promise<void> | undefined;
  private failure: { readonly reason: unknown } | undefined;

  constructor(settings: InputLogSettings, found: FoundInput) {
    this.settings = settings;
    this.found = found;
    this.nextOrigin = found.next;
    this.segments = [...found.segments];
    this.open = new Map(found.open);
  }

  /** Goes on behind what was found, or begins. Called once, before anything is put. @param time now, ms. */
  begin(time: number): Promise<void> {
    const { current, end, dead } = this.found;
    this.opened = this.openSegment(current, end).then(
      () => {
        // What was open when the process ended is over: the next one that goes on from here reads that.
        for (const origin of dead) this.put({ kind: 'end', time: this.timeOfEnd, origin });
        this.put({ kind: 'begin', time });
      },
      (error: unknown) => this.fail(error),
    );
    return this.sync();
  }

  /** When those places ended that were open at the end of the process, ms: behind all that came from them. */
  private get timeOfEnd(): number {
    return this.found.time ?? 0;
  }

  /** A number for a place that data comes from. */
  number(): number {
    return this.nextOrigin++;
  }

  /** What earlier runs have received, in order; what of it was worked on is told by the positions of sources. Where it cannot be read the run fails. */
  *entries(): Generator<InputEntry> {
    const { files, directory } = this.settings;
    const { segments, current, count, dead } = this.found;
    for (const segment of segments) {
      // Nobody needed it any more.
      if (!this.segments.includes(segment)) continue;
      const { number } = segment;
      let entries: readonly InputEntry[];
      try {
        ({ entries } = readSegment(files, directory, number, number === current));
      } catch (error) {
        return this.fail(error);
      }
      // Behind those stands what this run has received.
      yield* number === current ? entries.slice(0, count) : entries;
    }
    for (const origin of dead) yield { kind: 'end', time: this.timeOfEnd, origin };
  }

  /**
   * Keeps an entry behind those before it. Where nothing can be kept any more it is lost, as the run is.
   *
   * @param done called when it is in the file, in the order of entries, or with false when it never will be.
   * @returns a promise where too much waits.
   */
  put(entry: InputEntry, done: Part['done'] = () => {}): Promise<void> | undefined {
    const framed = writeEntry(entry);
    if (this.failure !== undefined) {
      done(false, framed);
      return undefined;
    }
    this.waiting.push({ entry, framed, done });
    this.given++;
    this.bytesWaiting += framed.length;
    this.writing ??= this.write();
    return this.bytesWaiting <= MOST_WAITING ? undefined : this.room.wait();
  }

  /** The same with bytes, which are the caller's again after the call. @param take given them when they are in the file; undefined where they never will be. */
  putBytes(entry: Came, take: (bytes: Buffer | undefined) => void): Promise<void> | undefined {
    const { length } = entry.bytes;
    return this.put(entry, (isIn, framed) => take(isIn ? bytesIn(framed, length) : undefined));
  }

  /** Resolves when all that was put so far is safe from a power cut; rejects where that cannot be. */
  async sync(): Promise<void> {
    await this.opened;
    const goal = this.given;
    while (this.safe < goal) {
      if (this.failure !== undefined) throw this.failure.reason;
      if (this.written < goal) await this.wrote.wait();
      else await this.syncFile();
    }
  }

  /** Which segments are needed to go on from these positions of the sources that receive. */
  needed(received: readonly (readonly [name: string, position: Position])[]): InputState {
    return inputState(this.segments, this.segments.at(-1)?.number ?? this.found.current, received);
  }

  /** Removes what nobody needs any more. @throws the system's error. */
  keepOnly({ needed, current }: InputState): void {
    const { files, directory } = this.settings;
    const isOver = ({ number }: Segment) => number < current && !needed.includes(number);
    for (const segment of this.segments.filter(isOver)) {
      for (const kind of [INPUT.synced, INPUT.kind]) {
        const path = pathOf(directory, kind, segment.number);
        if (files.status(path) !== undefined) files.remove(path);
      }
      this.segments.splice(this.segments.indexOf(segment), 1);
    }
  }

  /** Nothing more is put. */
  async close(): Promise<void> {
    await this.sync().catch(() => {});
    this.failure ??= { reason: new Error('closed') };
    await Promise.all([this.writing, this.syncing]);
    await this.file?.close().catch(() => {});
  }

  private async write(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        if (this.file!.size > (this.settings.segment ?? SEGMENT)) await this.turn();
        const parts = this.takeSome();
        const bytes = parts.length === 1 ? parts[0]!.framed : Buffer.concat(parts.map(({ framed }) => framed));
        await this.file!.write(bytes);
        this.bytesWaiting -= bytes.length;
        this.unsynced += bytes.length;
        this.written += parts.length;
        const segment = this.segments.at(-1)!;
        for (const { entry } of parts) segment.note(entry, this.open);
        for (const { done, framed } of parts) done(true, framed);
        this.wrote.make();
        if (this.room.isAwaited && this.bytesWaiting <= MOST_WAITING / 2) this.room.make();
        if (this.unsynced > SYNC) void this.syncFile();
      }
    } catch (error) {
      this.fail(error);
    }
    this.writing = undefined;
  }

  /** Of what waits as much as is written at once. */
  private takeSome(): readonly Part[] {
    let count = 0;
    let bytes = 0;
    while (count < this.waiting.length && bytes < WRITE) bytes += this.waiting[count++]!.framed.length;
    return this.waiting.splice(0, count);
  }

  /** Syncs what was written, beside what is written meanwhile; one at a time. Never rejects. */
  private syncFile(): Promise<void> {
    this.syncing ??= this.syncNow().finally(() => {
      this.syncing = undefined;
    });
    return this.syncing;
  }

  private async syncNow(): Promise<void> {
    const { written, file } = this;
    this.unsynced = 0;
    try {
      await file!.sync();
      this.safe = Math.max(this.safe, written);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Goes on in another segment. */
  private async turn(): Promise<void> {
    await this.syncing;
    await this.syncFile();
    if (this.failure !== undefined) throw this.failure.reason;
    await this.file!.close();
    await this.openSegment(this.segments.at(-1)!.number + 1, 0);
  }

  private async openSegment(number: number, end: number): Promise<void> {
    const { files, directory } = this.settings;
    this.file = await SyncedFile.open(files, directory, INPUT, number, end);
    if (this.segments.at(-1)?.number !== number) this.segments.push(new Segment(number));
  }

  private fail(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = { reason: this.settings.onFailure(error) };
    for (const { done, framed } of this.waiting.splice(0)) done(false, framed);
    this.wrote.make();
    this.room.make();
  }
}
