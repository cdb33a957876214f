import { type BigIntStats, closeSync, fstatSync, readSync } from 'node:fs';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import type { Split } from '../define/position.ts';
import { openFramer, type TextArguments } from '../framing/text.ts';
import { reasonOf } from '../input/fault.ts';
import { orAbort } from '../input/reading.ts';
import { identityOf } from './done-files.ts';
import { firstLineOf } from './first-line.ts';
import type { FollowedAt } from './followed-at.ts';
import { lastBorder } from './last-border.ts';
import { opened } from './opening.ts';
import { isGzip } from './packed.ts';
import { realpathOf } from './paths.ts';
import { bytesAt, ReadMark } from './read-mark.ts';
import { tell, truncationNote } from './telling.ts';

/** One read, bytes. */
const PIECE = 512 * 1024;

/** How many first bytes tell what a file has in it from what it will have, once truncated. */
const START = 256;

/** Where reading begins: at what is there, or behind it. */
export type From = 'start' | 'end';

/** What a file that was truncated had in it, and has not been read. */
export interface Copy {
  readonly path: string;
  /** What of the position is different once it has been read. */
  readonly split: Split;
  /** Open to be read; whoever asks for it closes it. */
  readonly fd: number;
  /** Whether what was read of the file is in it as well, up to the same place. */
  readonly goesOn: boolean;
}

/** Gives the copies of a file that were made before it was truncated, once or several times, in order. */
type FindCopies = (file: FollowedFile) => readonly Copy[];

/** A file that is being read. It is held open, so that one that is renamed or removed is read to its end, and its number stays its own. */
export class FollowedFile {
  readonly identity: string;
  /** The path that it is, or was, at. */
  readonly path: string;
  readonly fd: number;
  /** When it was made, ns, where its device knows; of a copy that is read on, when its original was. */
  made: bigint;
  /** Since when no path leads to it and it has not grown, ms. */
  lostSince: number | undefined;
  /** Its place among those that are followed. */
  rank = 0;
  mark = new ReadMark();
  private readonly real: string;
  private readonly args: TextArguments;
  private readonly context: SourceContext;
  /** From the first byte that is read on. */
  private framer: Framer | undefined;
  /** Where the framer begins: see `Progress` and `FileAt`. */
  private begin = { start: 0, from: 0, skip: 0, isPassing: false };
  /** What an earlier run had read of it, while reading goes on there. */
  private earlier: Split | undefined;
  /** It was written anew since an earlier run read it. */
  private isOther = false;
  /** It came after the first look, and may have been truncated before it was read. */
  isNew = false;
  private passedOver: FollowedAt['passedOver'];
  /** Its first bytes when it was opened. */
  private first: Buffer;
  /** Of the file, where reading begins behind it. */
  private firstLine: string | undefined;
  /** Its size and time of change (ns) when last looked at. */
  private size = -1;
  private changed = -1n;
  private truncations = 0;
  /** The first bytes that it had in it before the last look for copies, while nothing was read of it as it is. */
  private start: Buffer | undefined;
  /** What came of it as it is, if anything did. */
  origin: Origin | undefined;
  /** Not read any more, since it is damaged. */
  private isGivenUp = false;

  private constructor(
    path: string,
    real: string,
    fd: number,
    found: BigIntStats,
    args: TextArguments,
    context: SourceContext,
  ) {
    this.identity = identityOf(found);
    this.path = path;
    this.fd = fd;
    this.made = found.birthtimeNs;
    this.first = bytesAt(fd, 0, START);
    this.real = real;
    this.args = args;
    this.context = context;
  }

  /**
   * @param name what it is called: the path that it is, or was, at.
   * @param expected the file that is meant. Another one that has come there since is read from its start.
   * @param from where reading begins; as a number, a place in bytes where a record does.
   */
  static open(
    path: string,
    name: string,
    expected: BigIntStats,
    from: From | number,
    args: TextArguments,
    context: SourceContext,
  ): FollowedFile {
    return opened(path, (fd, found) => {
      const file = new FollowedFile(name, realpathOf(name), fd, found, args, context);
      if (from !== 'start' && identityOf(found) === identityOf(expected)) file.startAt(from, found);
      return file;
    });
  }

  /**
   * Goes on where an earlier run was.
   *
   * @param path where the file is now, or a copy of it.
   * @param isPacking whether it is a packed copy of one that was none.
   */
  static goOn(
    path: string,
    split: Split,
    isPacking: boolean,
    args: TextArguments,
    context: SourceContext,
  ): FollowedFile {
    const at = split.at as FollowedAt;
    return opened(path, (fd, found) => {
      const file = new FollowedFile(at.path, at.real, fd, found, args, context);
      file.earlier = split;
      file.made = BigInt(at.made);
      file.rank = at.rank;
      if (isPacking) file.skipTo((at.start ?? 0) + at.offset, at.isPassing === true);
      else file.goOnAt(at);
      return file;
    });
  }

  /** The split of the position that it is, up to an offset in what the framer is given; see `Progress`. */
  split(offset = this.begin.from, isPassing = this.begin.isPassing): Split {
    const at: FollowedAt = {
      path: this.path,
      real: this.real,
      made: `${this.made}`,
      rank: this.rank,
      start: this.begin.start || undefined,
      offset,
      isPassing: isPassing || undefined,
      passedOver: offset === 0 ? this.passedOver : undefined,
      first:
        offset === 0 && this.begin.start === 0 && this.first.length > 0 ? this.first.toString('base64') : undefined,
      mark: this.mark.written(),
    };
    return { key: this.identity, at };
  }

  /** Bytes of it that were not read yet. */
  get behind(): number {
    return this.isGivenUp ? 0 : Math.max(0, fstatSync(this.fd).size - this.mark.position);
  }

  /** Reads what was appended; all of it where the file was written anew. @returns whether anything was different from the last look. */
  async catchUp(findCopies: FindCopies): Promise<boolean> {
    const found = fstatSync(this.fd, { bigint: true });
    const size = Number(found.size);
    if ((size === this.size && found.mtimeNs === this.changed) || this.isGivenUp) return false;
    this.changed = found.mtimeNs;
    try {
      if (this.isOther || size < this.mark.position || !this.mark.isOf(this.fd)) await this.startAnew(findCopies);
      else if (this.mark.position === 0 && (this.size === 0 || this.isNew)) await this.startAgain(findCopies);
      this.isNew = false;
      if (!(await this.readTo(size))) await this.startAnew(findCopies);
    } catch (error) {
      // Who reads on finds out whether it is gone, or only broken.
      this.context.note(`cannot read on in ${this.path} behind byte ${this.mark.position}: ${reasonOf(error)}`);
      this.isGivenUp = true;
    }
    this.size = this.mark.position;
    return true;
  }

  /** Nothing more is read of it. A half line is given out: nothing will come to it. */
  async close(): Promise<void> {
    try {
      await this.framer?.end();
    } catch (error) {
      this.context.note(`cannot read ${this.path}: ${reasonOf(error)}`);
    }
    closeSync(this.fd);
  }

  /** Begins at a place, or at the end: then a last line that is half written is read, whole, once something comes to it. */
  private startAt(from: 'end' | number, found: BigIntStats): void {
    let position = from === 'end' ? Number(found.size) : from;
    if (from === 'end') {
      this.size = position;
      this.changed = found.mtimeNs;
      if (!isGzip(this.fd, 0)) position = lastBorder(this.fd, position, this.args);
      if (position < this.size) this.passedOver = { size: this.size, changed: `${this.changed}` };
    }
    this.mark = ReadMark.at(this.fd, position);
    this.firstLine = firstLineOf(this.fd, position, this.args);
    this.begin = { ...this.begin, start: position };
  }

  private goOnAt({ start = 0, offset, isPassing, passedOver, mark }: FollowedAt): void {
    const known = ReadMark.of(mark);
    const isUnpacked = isGzip(this.fd, start);
    const seek = isUnpacked ? start : start + offset;
    this.isOther = !known.isOf(this.fd);
    this.mark = this.isOther ? known.back(known.position - seek) : ReadMark.at(this.fd, seek);
    this.begin = { start, from: offset, skip: isUnpacked ? offset : 0, isPassing: isPassing === true };
    this.passedOver = passedOver;
    // What was in it before a truncation, if anything was, is in a copy.
    this.isNew = known.position === 0 && offset === 0;
    if (passedOver !== undefined) {
      this.size = passedOver.size;
      this.changed = BigInt(passedOver.changed);
    }
    if (!this.isOther) this.firstLine = firstLineOf(this.fd, start + offset, this.args, isUnpacked);
  }

  /** Packed data is read from its start; what is in front of an offset was read before. */
  private skipTo(offset: number, isPassing: boolean): void {
    this.begin = { start: 0, from: offset, skip: offset, isPassing };
    this.firstLine = firstLineOf(this.fd, offset, this.args, true);
  }

  /**
   * The file was truncated, or its content changed. What was written to it before that, and behind the place up to which it was read, is
   * in the copies that were made of it, or lost.
   */
  private async startAnew(findCopies: FindCopies): Promise<void> {
    const { position } = this.mark;
    this.isOther = false;
    if (position === 0) return this.startAgain(findCopies);
    const copies = findCopies(this);
    this.truncations++;
    this.context.note(truncationNote(this.path, position, copies, this.truncations));
    await this.readCopies(copies);
    await this.beginAnew();
    await this.startAgain(findCopies);
  }

  /**
   * Nothing was read of it yet as it is. Where it was written, copied and truncated since the last look, or while its copies were read, only
   * a copy tells of that. A copy is there before its file is truncated: so what lay at the start before the last look for copies is what
   * follows them, and what lies there later may not be.
   */
  private async startAgain(findCopies: FindCopies): Promise<void> {
    for (;;) {
      this.start = bytesAt(this.fd, 0, START);
      const copies = findCopies(this);
      if (copies.length === 0) return;
      this.truncations += copies.length;
      await this.readCopies(copies);
      await this.beginAnew();
    }
  }

  private async readCopies(copies: readonly Copy[]): Promise<void> {
    for (const { fd, goesOn, split } of copies) {
      if (!goesOn) await this.beginAnew();
      await this.readTo(Number.POSITIVE_INFINITY, fd);
      closeSync(fd);
      if (this.context.signal.aborted) continue;
      await this.beginAnew();
      // At once: that it was read up to a place which only a copy has would be told as a loss when that is known.
      tell(this.context, split, this.split());
    }
  }

  /** Whether what lies at the start is what lay there when the last look for copies began. What came to an empty file is looked at the next time. */
  private isAsSeen(piece: Buffer): boolean {
    const { start } = this;
    if (start === undefined) return true;
    const count = Math.min(start.length, piece.length);
    return count > 0 && piece.subarray(0, count).equals(start.subarray(0, count));
  }

  private async beginAnew(): Promise<void> {
    await this.framer?.end();
    this.framer = undefined;
    this.origin = undefined;
    this.firstLine = undefined;
    this.start = undefined;
    this.earlier = undefined;
    this.passedOver = undefined;
    this.begin = { start: 0, from: 0, skip: 0, isPassing: false };
    this.mark = new ReadMark();
    this.first = bytesAt(this.fd, 0, START);
  }

  private openFramer(): Framer {
    const origin = this.context.origin(this.path, this.firstLine, this.earlier);
    this.origin = origin;
    const behind = (offset: number, isPassing: boolean) => this.split(offset, isPassing);
    // That it is over is known when it is left.
    return openFramer(
      this.args,
      origin,
      this.context,
      { ...this.begin, behind, over: () => undefined },
      undefined,
      true,
    );
  }

  /**
   * Reads up to a place or the end. Each piece is read together with the bytes in front of it, so that what is written anew at the same time
   * is not taken for what follows. Reads synchronously: waiting for a file that is in memory takes longer than reading it, and on a busy
   * machine so much longer that a rotation is over meanwhile.
   *
   * @returns false where it turned out to be written anew.
   */
  private async readTo(end: number, fd: number = this.fd): Promise<boolean> {
    const { signal } = this.context;
    let buffer: Buffer | undefined;
    while (!signal.aborted && this.mark.position < end) {
      const { position, overlap } = this.mark;
      const size = overlap + Math.min(PIECE, end - position);
      if (buffer === undefined || buffer.length < size) buffer = Buffer.allocUnsafeSlow(size);
      const bytes = buffer.subarray(0, readSync(fd, buffer, 0, size, position - overlap));
      if (!this.mark.isLast(bytes.subarray(0, overlap))) return false;
      const piece = bytes.subarray(overlap);
      if (piece.length === 0) break;
      if (position === 0 && !this.isAsSeen(piece)) return this.start!.length === 0;
      this.start = undefined;
      this.mark.take(piece);
      this.framer ??= this.openFramer();
      await orAbort(this.framer.push(piece), signal);
      // Others have a turn, signals too.
      if (piece.length === PIECE) await new Promise((resolve) => setImmediate(resolve));
    }
    return true;
  }
}
