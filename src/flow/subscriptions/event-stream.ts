import { isUtf8 } from 'node:buffer';
import { BadRecord } from '../../base/problem.ts';

/** An event of a stream of them (HTML standard, server-sent events). */
export interface StreamEvent {
  /** `message` where the server does not say. */
  readonly kind: string;
  /** The id of it, or of the last one in front of it that has one; empty where none has. */
  readonly id: string;
  /** Undefined where it could not be read, which `problem` says then. */
  readonly data: string | undefined;
  readonly problem?: BadRecord;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = '\ufeff';

/** Longer pauses than this are not asked of anyone by a server, ms. */
const LONGEST_PAUSE = 30_000;

const NOT_UTF8 = new BadRecord('not valid UTF-8');

/** Reads events out of the bytes of a stream, however those are cut. What was read of one that is not over is forgotten with it. */
export class EventStream {
  private readonly most: number;
  private readonly give: (event: StreamEvent) => void;
  /** Of the line under way, with how many bytes there are of it. */
  private pieces: Buffer[] = [];
  private length = 0;
  /** Of the event under way. */
  private kind = '';
  private data: string[] = [];
  private bytes = 0;
  private problem: BadRecord | undefined;
  private id: string;
  private isFirstLine = true;
  /** The last byte was a carriage return: a newline behind it belongs to it. */
  private isBehindReturn = false;
  /** How long to wait before connecting again, where the server says so, ms. */
  pause: number | undefined;

  /** @param most of bytes that an event may have. @param id of the last event of an earlier connection. */
  constructor(most: number, id: string, give: (event: StreamEvent) => void) {
    this.most = most;
    this.id = id;
    this.give = give;
  }

  /** Takes the next bytes, which are the caller's again after the call. */
  push(piece: Buffer): void {
    let at = 0;
    if (this.isBehindReturn && piece[0] === NEWLINE) at = 1;
    if (piece.length > 0) this.isBehindReturn = false;
    let nextReturn = piece.indexOf(CARRIAGE_RETURN, at);
    while (at < piece.length) {
      if (nextReturn !== -1 && nextReturn < at) nextReturn = piece.indexOf(CARRIAGE_RETURN, at);
      const newline = piece.indexOf(NEWLINE, at);
      const end = newline === -1 || (nextReturn !== -1 && nextReturn < newline) ? nextReturn : newline;
      this.hold(piece.subarray(at, end === -1 ? undefined : end));
      if (end === -1) return;
      this.endLine();
      at = end + 1;
      if (piece[end] !== CARRIAGE_RETURN) continue;
      if (at === piece.length) this.isBehindReturn = true;
      else if (piece[at] === NEWLINE) at++;
    }
  }

  private hold(piece: Buffer): void {
    this.bytes += piece.length;
    if (this.bytes <= this.most) this.pieces.push(Buffer.from(piece));
    else this.leaveOut(new BadRecord('longer than `maxEvent`'));
    this.length += piece.length;
  }

  /** Nothing of the event is kept, but that it was there. */
  private leaveOut(problem: BadRecord): void {
    this.problem ??= problem;
    this.pieces = [];
    this.data = [];
  }

  private endLine(): void {
    const { length } = this;
    const bytes = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    this.pieces = [];
    this.length = 0;
    if (length === 0) this.endEvent();
    else if (!isUtf8(bytes)) this.leaveOut(NOT_UTF8);
    else if (this.problem === undefined) this.line(bytes.toString(), length);
  }

  private line(text: string, length: number): void {
    const line = this.isFirstLine && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    this.isFirstLine = false;
    // Comments count for nothing, however many there are.
    if (line.startsWith(':')) this.bytes -= length;
    else this.field(line);
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.data.push(value);
    else if (name === 'event') this.kind = value;
    else if (name === 'id' && !value.includes('\0')) this.id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.pause = Math.min(Number(value), LONGEST_PAUSE);
  }

  private endEvent(): void {
    const { kind, data, problem, id } = this;
    this.kind = '';
    this.data = [];
    this.bytes = 0;
    this.problem = undefined;
    if (problem !== undefined) this.give({ kind, id, data: undefined, problem });
    else if (data.length > 0) this.give({ kind: kind === '' ? 'message' : kind, id, data: data.join('\n') });
  }
}
