import { BadRecord } from '../../base/problem.ts';
import { asBuffer, Held, type HoldingFramer, tooLong } from '../framing/framer.ts';
import type { MessageOutlet, ToValue } from './messages.ts';

const NEWLINE = 10;
const BLANK = 32;
const ZERO = 48;
const NINE = 57;

/** How many digits the length of a message may have. */
const DIGITS = 10;

/**
 * Messages of syslog in a stream, RFC 6587: each either behind its length in bytes, or up to a newline, as its first byte says.
 *
 *     16 <34>1 - a b - -   <34>Oct 11 22:14:15 h su: x\n   5 <1>ab
 *     counted              up to the newline              counted
 *
 * One of more than `maxLine` bytes is bad, and passed over.
 */
export class SyslogFramer implements HoldingFramer {
  private readonly outlet: MessageOutlet;
  private readonly toValue: ToValue | undefined;
  private readonly maxLine: number;
  private readonly over: () => void;
  private readonly rest = new Held();
  /** So many bytes more, or all up to a newline, belong to a message that was told of as bad. */
  private passing: number | 'line' = 0;

  /** @param over called when nothing more comes. */
  constructor(outlet: MessageOutlet, toValue: ToValue | undefined, maxLine: number, over: () => void) {
    this.outlet = outlet;
    this.toValue = toValue;
    this.maxLine = maxLine;
    this.over = over;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    this.rest.append(asBuffer(piece));
    const bytes = this.rest.peek();
    let at = 0;
    for (let next = this.message(bytes, at); next > at; next = this.message(bytes, at)) at = next;
    const full = this.outlet.flush();
    if (at === bytes.length) this.rest.take();
    else if (at > 0) this.rest.drop(at);
    return full;
  }

  end(): Promise<void> | undefined {
    const bytes = this.rest.take();
    if (bytes.length > 0 && this.passing === 0) {
      if (lengthAt(bytes, 0) === undefined) this.outlet.add(bytes, this.toValue);
      else this.outlet.bad(new BadRecord('cut off', 'the connection ended within a message'), bytes);
    }
    const full = this.outlet.flush();
    this.over();
    return full;
  }

  get held(): number {
    return this.passing === 0 ? this.rest.length : 0;
  }

  giveUp(problem: BadRecord): void {
    if (this.held === 0) return;
    const bytes = this.rest.take();
    const length = lengthAt(bytes, 0);
    this.passing = typeof length === 'object' ? length.start + length.count - bytes.length : 'line';
    this.outlet.bad(problem, bytes);
  }

  /** Takes the message at a place. @returns where the next one begins; the same place where its end has not come. */
  private message(bytes: Buffer, at: number): number {
    if (at === bytes.length) return at;
    if (this.passing !== 0) return this.pass(bytes, at);
    const length = lengthAt(bytes, at);
    if (length === 'more') return at;
    return length === undefined ? this.line(bytes, at) : this.counted(bytes, length.start, length.count, at);
  }

  private pass(bytes: Buffer, at: number): number {
    if (this.passing === 'line') {
      const end = bytes.indexOf(NEWLINE, at);
      if (end >= 0) this.passing = 0;
      return end < 0 ? bytes.length : end + 1;
    }
    const count = Math.min(this.passing, bytes.length - at);
    this.passing -= count;
    return at + count;
  }

  private line(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(NEWLINE, at);
    const length = (end < 0 ? bytes.length : end) - at;
    if (length > this.maxLine) {
      this.outlet.bad(tooLong(this.maxLine), bytes.subarray(at, at + length));
      if (end < 0) this.passing = 'line';
      return end < 0 ? bytes.length : end + 1;
    }
    if (end < 0) return at;
    this.outlet.add(bytes.subarray(at, end + 1), this.toValue);
    return end + 1;
  }

  private counted(bytes: Buffer, start: number, count: number, at: number): number {
    if (count > this.maxLine) {
      this.outlet.bad(tooLong(this.maxLine), bytes.subarray(start, start + count));
      this.passing = count;
      return start;
    }
    if (start + count > bytes.length) return at;
    this.outlet.add(bytes.subarray(start, start + count), this.toValue);
    return start + count;
  }
}

/** The length that a message says in front, and where the message begins; undefined where it says none, `'more'` where the next bytes decide. */
function lengthAt(bytes: Buffer, at: number): { readonly start: number; readonly count: number } | 'more' | undefined {
  let end = at;
  while (end < bytes.length && end - at <= DIGITS && bytes[end]! >= ZERO && bytes[end]! <= NINE) end++;
  if (end === at || end - at > DIGITS || bytes[at] === ZERO) return undefined;
  if (end === bytes.length) return 'more';
  return bytes[end] === BLANK ? { start: end + 1, count: Number(bytes.toString('latin1', at, end)) } : undefined;
}
