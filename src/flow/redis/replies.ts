/** What a server of Redis answers, by its protocol (RESP, version 2). */
import { formatSize } from '../../base/size.ts';
import { BrokerFault } from '../brokers/failure.ts';
import { SHOWN, TooLong } from '../brokers/too-long.ts';
import { Held } from '../framing/framer.ts';

/** A line of the protocol is no longer, bytes; an answer has no more parts, and is no deeper. */
const MOST_LINE = 64 * 1024;
const MOST_PARTS = 1_000_000;
const MOST_DEPTH = 8;

/** An answer takes no more than this, bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/** An answer is larger than there is room for. */
export class AnswerTooLarge extends BrokerFault {}

/** An error that the server answers. */
export class Refusal extends Error {
  /** Its first word: `WRONGTYPE`. */
  get type(): string {
    return /^[A-Z]+/.exec(this.message)?.[0] ?? '';
  }
}

export type Reply = null | number | string | Buffer | TooLong | Refusal | readonly Reply[];

interface List {
  readonly items: Reply[];
  readonly size: number;
}

/** Cuts what comes into answers, however it comes. */
export class ReplyReader {
  private readonly most: number;
  private readonly mostBytes: number;
  private readonly rest = new Held();
  private lists: List[] = [];
  private parts = 0;
  private bytes = 0;
  /** Of a text that is too long: what is kept of it, and how much is still to come, its line end counted. */
  private long: { readonly start: Buffer; left: number } | undefined;

  /** @param most bytes of a text; a longer one is {@link TooLong}. @param mostBytes of an answer; only tests give others. */
  constructor(most: number, mostBytes = MOST_BYTES) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /** Takes the next bytes. @returns the answers that are whole. @throws BrokerFault where it is another protocol, or too much. */
  take(bytes: Buffer): readonly Reply[] {
    this.rest.append(bytes);
    const held = this.rest.peek();
    const replies: Reply[] = [];
    let at = 0;
    for (;;) {
      const next = this.part(held, at);
      if (next === undefined) break;
      at = next.end;
      const whole = next.part === undefined ? undefined : this.put(next.part);
      if (whole !== undefined) {
        replies.push(whole.reply);
        this.parts = 0;
        this.bytes = 0;
      }
    }
    if (at === held.length) this.rest.take();
    else this.rest.drop(at);
    return replies;
  }

  /** The part that begins at a place, where it is there whole. One that only goes on is without its `part`. */
  private part(held: Buffer, at: number): { readonly part?: Reply | List; readonly end: number } | undefined {
    if (this.long !== undefined) return this.passOver(held, at);
    const lineEnd = held.indexOf('\r\n', at, 'latin1');
    if (lineEnd < 0) {
      if (held.length - at > MOST_LINE) throw foreign();
      return undefined;
    }
    const end = lineEnd + 2;
    const line = held.toString('utf8', at + 1, lineEnd);
    switch (held[at]) {
      case 0x2b: // +
        return { part: line, end };
      case 0x2d: // -
        return { part: new Refusal(line), end };
      case 0x3a: // :
        return { part: numberOf(line), end };
      case 0x24: // $
        return this.text(numberOf(line), held, end);
      case 0x2a: // *
        return { part: this.list(numberOf(line)), end };
      default:
        throw foreign();
    }
  }

  private text(size: number, held: Buffer, at: number): { readonly part?: Reply; readonly end: number } | undefined {
    if (size < 0) return { part: null, end: at };
    if (size > this.most) {
      // As much of it as is shown has to be there.
      if (held.length - at < SHOWN && held.length - at < size) return undefined;
      const start = Buffer.from(held.subarray(at, at + Math.min(SHOWN, size)));
      this.long = { start, left: size + 2 };
      return { end: at };
    }
    if (held.length < at + size + 2) return undefined;
    this.bytes += size;
    if (this.bytes > this.mostBytes) throw new AnswerTooLarge(`an answer of more than ${formatSize(this.mostBytes)}`);
    return { part: Buffer.from(held.subarray(at, at + size)), end: at + size + 2 };
  }

  private passOver(held: Buffer, at: number): { readonly part?: Reply; readonly end: number } | undefined {
    const long = this.long!;
    const count = Math.min(long.left, held.length - at);
    if (count === 0) return undefined;
    long.left -= count;
    if (long.left > 0) return { end: at + count };
    this.long = undefined;
    return { part: new TooLong(long.start), end: at + count };
  }

  private list(size: number): Reply | List {
    if (size < 0) return null;
    if (size > MOST_PARTS || this.lists.length >= MOST_DEPTH) throw foreign();
    return { items: [], size };
  }

  /** Puts a part where it belongs. @returns the answer that is whole with it. */
  private put(part: Reply | List): { readonly reply: Reply } | undefined {
    if (++this.parts > MOST_PARTS) throw foreign();
    if (isList(part)) {
      this.lists.push(part);
    } else {
      const inner = this.lists.at(-1);
      if (inner === undefined) return { reply: part };
      inner.items.push(part);
    }
    for (
      let last = this.lists.at(-1);
      last !== undefined && last.items.length === last.size;
      last = this.lists.at(-1)
    ) {
      this.lists.pop();
      const around = this.lists.at(-1);
      if (around === undefined) return { reply: last.items };
      around.items.push(last.items);
    }
    return undefined;
  }
}

function isList(part: Reply | List): part is List {
  return typeof part === 'object' && part !== null && 'items' in part;
}

function numberOf(line: string): number {
  if (!/^-?\d{1,18}$/.test(line)) throw foreign();
  return Number(line);
}

function foreign(): BrokerFault {
  return new BrokerFault('it does not speak the protocol of Redis');
}
