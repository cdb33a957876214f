import { BadRecord } from '../../base/problem.ts';
import type { Delivery } from '../framing/delivery.ts';
import { asBuffer, Held, type HoldingFramer, tooLong } from '../framing/framer.ts';
import { MessageOutlet, type ToValue } from './messages.ts';

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
  private readonly delivery: Delivery;
  private readonly outlet: MessageOutlet;
  private readonly toValue: ToValue | undefined;
  private readonly maxLine: number;
  private readonly rest = new Held();
  /** Where what is held begins, in all that came. */
  private begin = 0;
  /** So many bytes more, or all up to a newline, belong to a message that was told of as bad; `'message'` where it begins with the first byte. */
  private passing: number | 'line' | 'message';

  constructor(delivery: Delivery, toValue: ToValue | undefined, maxLine: number) {
    this.delivery = delivery;
    this.outlet = new MessageOutlet(delivery);
    this.toValue = toValue;
    this.maxLine = maxLine;
    this.passing = delivery.isPassing ? 'message' : 0;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    this.rest.append(asBuffer(piece));
    const bytes = this.rest.peek();
    let at = 0;
    for (let next = this.message(bytes, at); next > at; next = this.message(bytes, at)) at = next;
    const full = this.outlet.flush();
    this.begin += at;
    if (at === bytes.length) this.rest.take();
    else if (at > 0) this.rest.drop(at);
    return full;
  }

  end(): Promise<void> | undefined {
    const bytes = this.rest.take();
    const end = this.begin + bytes.length;
    if (bytes.length > 0 && this.passing === 0) {
      if (lengthAt(bytes, 0) === undefined) this.outlet.add(bytes, this.toValue, end);
      else this.outlet.bad(new BadRecord('cut off', 'the connection ended within a message'), bytes, end);
    }
    const full = this.outlet.flush(true);
    this.delivery.over(true);
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
    this.outlet.bad(problem, bytes, this.begin, true);
    this.begin += bytes.length;
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
    if (this.passing === 'message') {
      const length = lengthAt(bytes, at);
      if (length === 'more') return at;
      this.passing = length === undefined ? 'line' : length.start - at + length.count;
    }
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
      this.tooLong(bytes.subarray(at, at + length), end < 0 ? at : end + 1, end < 0);
      if (end < 0) this.passing = 'line';
      return end < 0 ? bytes.length : end + 1;
    }
    if (end < 0) return at;
    this.outlet.add(bytes.subarray(at, end + 1), this.toValue, this.begin + end + 1);
    return end + 1;
  }

  private counted(bytes: Buffer, start: number, count: number, at: number): number {
    if (count > this.maxLine) {
      this.tooLong(bytes.subarray(start, start + count), at, true);
      this.passing = count;
      return start;
    }
    if (start + count > bytes.length) return at;
    this.outlet.add(bytes.subarray(start, start + count), this.toValue, this.begin + start + count);
    return start + count;
  }

  /** @param at behind the message; where it began while it goes on. */
  private tooLong(message: Buffer, at: number, goesOn: boolean): void {
    this.outlet.bad(tooLong(this.maxLine), message, this.begin + at, goesOn);
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
