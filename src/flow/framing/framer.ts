import { BadRecord } from '../../base/problem.ts';
import { formatSize } from '../../base/size.ts';
import type { Framer } from '../define/framer.ts';
import type { Delivery } from './delivery.ts';

/** A framer that says how much it holds, and can let go of it. */
export interface HoldingFramer extends Framer {
  /** Bytes (or characters) of a record whose end has not come; 0 while it is passed over. */
  readonly held: number;
  /** The record under way is bad, for this reason; what else comes of it is passed over. */
  giveUp(problem: BadRecord): void;
}

/** How many bytes of a record that is cut off are kept to show it. */
const SHOWN = 1024;

const NEWLINE = 10;
const NOTHING = Buffer.alloc(0);

/** The same bytes as a Buffer, whose searches are native. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** How many bytes at the end are the start of a character of UTF-8 that goes on: 0 to 3. */
export function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** What a record that is longer than `maxLine` bytes is told as. @param name of the argument that says so. */
export function tooLong(maxLine: number, name = 'maxLine'): BadRecord {
  return new BadRecord(`longer than ${name}`, formatSize(maxLine));
}

/** The first characters of a record that is cut off, as they are shown. */
export function startOf(record: Buffer | string): string {
  return typeof record === 'string' ? record.slice(0, SHOWN) : record.toString('utf8', 0, SHOWN);
}

/**
 * Bytes that wait for the rest of their record. Grows by doubling, so that a record that comes byte by byte is copied about
 * twice, and keeps no more than it was given.
 */
export class Held {
  private buffer = NOTHING;
  length = 0;

  append(bytes: Buffer): void {
    const length = this.length + bytes.length;
    if (length > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    bytes.copy(this.buffer, this.length);
    this.length = length;
  }

  /** What is held, without letting go of it. */
  peek(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Forgets the first `count` bytes. What was seen by `peek` changes. */
  drop(count: number): void {
    this.buffer.copyWithin(0, count, this.length);
    this.length -= count;
  }

  /** Gives what is held away. */
  take(): Buffer {
    const bytes = this.peek();
    this.buffer = NOTHING;
    this.length = 0;
    return bytes;
  }
}

/**
 * Lines as they are, in chunks that end at a line's end; nothing is decoded and whole lines are not copied.
 *
 *     pieces   to be or n|ot to be\nthat is\nthe que|stion\n
 *     chunks   [to be or not to be\n] [that is\n] [the question\n]
 *               copied together        a view      copied together
 *
 * A line of more than `maxLine` bytes (its end not counted) is one bad record; what comes of it is passed over, not kept.
 */
export class LineFramer implements HoldingFramer {
  private readonly delivery: Delivery;
  private readonly maxLine: number;
  private readonly rest = new Held();
  /** In the rest of a line that was cut off. */
  private skipping: boolean;
  private full: Promise<void> | undefined;
  /** How many bytes came before the piece under way. */
  private given = 0;
  /** Where the line under way begins, in all that came. */
  private border = 0;

  constructor(delivery: Delivery, maxLine: number) {
    this.delivery = delivery;
    this.maxLine = maxLine;
    this.skipping = delivery.isPassing;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    this.full = undefined;
    const bytes = asBuffer(piece);
    this.cut(bytes);
    this.given += bytes.length;
    return this.full;
  }

  private cut(bytes: Buffer): void {
    let start = 0;
    if (this.skipping || this.rest.length > 0) {
      start = bytes.indexOf(NEWLINE) + 1;
      if (start === 0) {
        this.hold(bytes);
        return;
      }
      this.finishLine(bytes.subarray(0, start));
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > start) this.lines(bytes, start, end);
    if (bytes.length > Math.max(start, end)) this.hold(bytes.subarray(Math.max(start, end)));
  }

  end(): Promise<void> | undefined {
    this.full = undefined;
    if (this.rest.length > 0) this.full = this.delivery.text(this.rest.take(), this.given, true);
    return this.full;
  }

  get held(): number {
    return this.rest.length;
  }

  giveUp(problem: BadRecord): void {
    if (this.rest.length === 0) return;
    this.delivery.bad(problem, startOf(this.rest.take()), this.border, true);
    this.skipping = true;
  }

  /** The rest of the line under way, with its end. */
  private finishLine(rest: Buffer): void {
    this.border = this.given + rest.length;
    if (this.skipping) {
      this.skipping = false;
    } else if (this.rest.length + rest.length - 1 > this.maxLine) {
      this.cutOff(rest, false);
    } else {
      this.rest.append(rest);
      this.deliver(this.rest.take());
    }
  }

  /** Whole lines. Only where together they are longer than one may be is each of them measured. */
  private lines(bytes: Buffer, start: number, end: number): void {
    let from = start;
    for (let at = start; end - from - 1 > this.maxLine && at < end; ) {
      const next = bytes.indexOf(NEWLINE, at) + 1;
      if (next - 1 - at > this.maxLine) {
        this.border = this.given + at;
        if (at > from) this.deliver(bytes.subarray(from, at));
        this.border = this.given + next;
        this.delivery.bad(tooLong(this.maxLine), startOf(bytes.subarray(at, next - 1)), this.border, false);
        from = next;
      }
      at = next;
    }
    this.border = this.given + end;
    if (end > from) this.deliver(bytes.subarray(from, end));
  }

  /** The start or middle of a line whose end has not come. Copied, since the bytes that it stands in are only lent. */
  private hold(part: Buffer): void {
    if (this.skipping) return;
    if (this.rest.length + part.length > this.maxLine) {
      this.cutOff(part, true);
      this.skipping = true;
    } else {
      this.rest.append(part);
    }
  }

  /** @param isPassing whether its end has not come. */
  private cutOff(rest: Buffer, isPassing: boolean): void {
    const start = this.rest.take();
    const shown = start.length < SHOWN ? Buffer.concat([start, rest.subarray(0, SHOWN)]) : start;
    this.delivery.bad(tooLong(this.maxLine), startOf(shown), this.border, isPassing);
  }

  /** Lines up to the border. */
  private deliver(bytes: Buffer): void {
    this.full = this.delivery.text(bytes, this.border) ?? this.full;
  }
}
