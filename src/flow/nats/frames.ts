/** What a server of NATS says, by its protocol for clients. */

import { JsonError, parseJson } from '../../base/json.ts';
import { type Fields, isFields, type NewFields, setField, type Value } from '../../base/value.ts';
import { BrokerFault } from '../brokers/failure.ts';
import { SHOWN, TooLong } from '../brokers/too-long.ts';
import { Held } from '../framing/framer.ts';

/** A line of the protocol is no longer, bytes. */
const MOST_LINE = 64 * 1024;

/** Headers of a message may be as long as its body, and always so long, bytes. */
const MOST_HEADERS = 64 * 1024;

export interface NatsMessage {
  readonly kind: 'message';
  readonly subject: string;
  /** Where an answer is to go; empty where none is wanted. */
  readonly reply: string;
  readonly headers: Buffer | undefined;
  readonly body: Buffer | TooLong;
}

export type Frame =
  | NatsMessage
  | { readonly kind: 'info'; readonly info: Fields }
  | { readonly kind: 'ping' | 'pong' }
  | { readonly kind: 'error'; readonly message: string };

/** What was said of a message whose bytes are still to come. */
interface Head {
  readonly subject: string;
  readonly reply: string;
  /** Bytes of the headers, and of these with the body. */
  readonly headers: number;
  readonly total: number;
}

/** Cuts what comes into frames, however it comes. */
export class FrameReader {
  private readonly most: number;
  private readonly rest = new Held();
  private head: Head | undefined;
  /** Of a body that is too long: its message without it, what is kept of it, and how much is still to come, its line end counted. */
  private long: { readonly message: Omit<NatsMessage, 'body'>; readonly start: Buffer; left: number } | undefined;

  /** @param most bytes of a body; a longer one is {@link TooLong}. */
  constructor(most: number) {
    this.most = most;
  }

  /** Whether all that came was whole. */
  get isClear(): boolean {
    return this.rest.length === 0 && this.head === undefined && this.long === undefined;
  }

  /** Takes the next bytes. @returns the frames that are whole. @throws BrokerFault where it is another protocol. */
  take(bytes: Buffer): readonly Frame[] {
    this.rest.append(bytes);
    const held = this.rest.peek();
    const frames: Frame[] = [];
    let at = 0;
    for (;;) {
      const end = this.frame(held, at, frames);
      if (end === undefined) break;
      at = end;
    }
    if (at === held.length) this.rest.take();
    else if (at > 0) this.rest.drop(at);
    return frames;
  }

  /** Reads what begins at a place. @returns its end; undefined where that has not come. */
  private frame(held: Buffer, at: number, frames: Frame[]): number | undefined {
    if (this.long !== undefined) return this.passOver(held, at, frames);
    if (this.head !== undefined) return this.body(this.head, held, at, frames);
    const end = held.indexOf('\r\n', at, 'latin1');
    if (end < 0) {
      if (held.length - at > MOST_LINE) throw foreign();
      return undefined;
    }
    const frame = this.line(held.toString('utf8', at, end));
    if (frame !== undefined) frames.push(frame);
    return end + 2;
  }

  private line(line: string): Frame | undefined {
    const space = line.search(/[ \t]|$/);
    const rest = line.slice(space).trim();
    switch (line.slice(0, space).toUpperCase()) {
      case 'MSG':
      case 'HMSG':
        this.head = headOf(line);
        return undefined;
      case 'INFO':
        return { kind: 'info', info: objectOf(rest) };
      case 'PING':
        return { kind: 'ping' };
      case 'PONG':
        return { kind: 'pong' };
      case '+OK':
        return undefined;
      case '-ERR':
        return { kind: 'error', message: rest.replace(/^'(.*)'$/, '$1') };
      default:
        throw foreign();
    }
  }

  private body({ subject, reply, headers: wide, total }: Head, held: Buffer, at: number, frames: Frame[]) {
    const there = held.length - at;
    // Of a message whose headers are too long all is passed over.
    const size = wide > Math.max(this.most, MOST_HEADERS) ? 0 : wide;
    const isLong = total - size > this.most;
    const shown = Math.min(SHOWN, total - size);
    if (there < (isLong ? size + shown : total + 2)) return undefined;
    this.head = undefined;
    const headers = size === 0 ? undefined : Buffer.from(held.subarray(at, at + size));
    const message = { kind: 'message', subject, reply, headers } as const;
    const start = at + size;
    if (isLong) {
      this.long = { message, start: Buffer.from(held.subarray(start, start + shown)), left: total - size + 2 };
      return start;
    }
    frames.push({ ...message, body: Buffer.from(held.subarray(start, at + total)) });
    return at + total + 2;
  }

  private passOver(held: Buffer, at: number, frames: Frame[]): number | undefined {
    const long = this.long!;
    const count = Math.min(long.left, held.length - at);
    if (count === 0) return undefined;
    long.left -= count;
    if (long.left === 0) {
      this.long = undefined;
      frames.push({ ...long.message, body: new TooLong(long.start) });
    }
    return at + count;
  }
}

/** Reads `MSG subject sid [reply] total`, or `HMSG subject sid [reply] headers total`. */
function headOf(line: string): Head {
  const parts = line.trim().split(/[ \t]+/);
  const sizes = parts[0]!.toUpperCase() === 'MSG' ? 1 : 2;
  const numbers = parts.slice(-sizes).map((part) => (/^\d{1,10}$/.test(part) ? Number(part) : Number.NaN));
  const [headers, total] = sizes === 1 ? [0, numbers[0]!] : (numbers as [number, number]);
  const names = parts.slice(1, -sizes);
  if (names.length < 2 || names.length > 3 || !(headers <= total)) throw foreign();
  return { subject: names[0]!, reply: names[2] ?? '', headers, total };
}

/** An object that the server writes as JSON. @throws BrokerFault where it is none. */
export function objectOf(text: string): Fields {
  try {
    const value = parseJson(text);
    if (isFields(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw foreign();
}

/** The status of a message that has no more to say than that, `404` for one; undefined of others. */
export function statusOf({ headers }: NatsMessage): { readonly code: number; readonly words: string } | undefined {
  const match = headers && /^NATS\/1\.0[ \t]+(\d{3})[ \t]*([^\r\n]*)/.exec(headers.toString('utf8', 0, 300));
  return match ? { code: Number(match[1]), words: match[2]! } : undefined;
}

/** Headers as an object of texts, lists of them for those that are there several times. */
export function headersOf(headers: Buffer | undefined): Fields {
  const found = new Map<string, string[]>();
  for (const line of headers?.toString().split('\r\n').slice(1) ?? []) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    const all = found.get(name);
    if (all === undefined) found.set(name, [value]);
    else all.push(value);
  }
  const fields: NewFields = {};
  for (const [name, all] of found) setField(fields, name, all.length === 1 ? all[0]! : (all as Value));
  return fields;
}

function foreign(): BrokerFault {
  return new BrokerFault('it does not speak the protocol of NATS');
}
