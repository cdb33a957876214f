/** Frames of AMQP 0-9-1, and the messages that they are parts of. */
import { SHOWN, TooLong } from '../brokers/too-long.ts';
import { Held } from '../framing/framer.ts';
import { foreign } from './foreign.ts';

/** Kinds of frames. */
const METHOD = 1;
const HEADER = 2;
const BODY = 3;
const HEARTBEAT = 8;

/** What stands at the end of each. */
const END = 0xce;

/** Type, channel and size in front of what a frame has in it, and its end behind that, bytes. */
const HEAD = 7;
const AROUND = HEAD + 1;

/** A frame is no larger, bytes; servers are told so, and it is what they offer. */
export const MOST_FRAME = 128 * 1024;

/** Each end takes frames that are so large, whatever it says, bytes. */
export const LEAST_FRAME = 4096;

/** Numbers of a class and of its method, as one. */
export const DELIVER = (60 << 16) | 60;
export const RETURN = (60 << 16) | 50;
export const GOT = (60 << 16) | 71;

/** The methods that have a content. */
const WITH_CONTENT: ReadonlySet<number> = new Set([DELIVER, RETURN, GOT]);

/** The class whose messages have a content. */
const BASIC = 60;

/** What is read of a message: the method that brings it, what stands in front of its body, and that. */
export interface Content {
  /** The properties: which there are, and these. */
  readonly properties: Buffer;
  readonly body: Buffer | TooLong;
}

/** What a peer says, and with a message that it brings. */
export interface Method {
  readonly channel: number;
  readonly number: number;
  readonly args: Buffer;
  readonly content: Content | undefined;
}

/** A message of which not all has come. */
interface Partial {
  readonly method: Omit<Method, 'content'>;
  properties: Buffer | undefined;
  /** What has come of the body; of one that is too long its start, the rest is passed over. */
  readonly body: Held;
  isLong: boolean;
  left: number;
}

/** Cuts what comes into methods, each with its message, however it comes. Only one channel brings messages. */
export class FrameReader {
  private readonly most: number;
  private readonly rest = new Held();
  private partial: Partial | undefined;

  /** @param most bytes of a body; a longer one is {@link TooLong}. */
  constructor(most: number) {
    this.most = most;
  }

  /** Takes the next bytes. @returns the methods that are whole; nothing of heartbeats. @throws BrokerFault where it is another protocol. */
  take(bytes: Buffer): readonly Method[] {
    this.rest.append(bytes);
    const held = this.rest.peek();
    const methods: Method[] = [];
    let at = 0;
    while (at + HEAD <= held.length) {
      const size = held.readUInt32BE(at + 3);
      // `AMQP` in the place of a frame names the version that it would speak.
      if (size > MOST_FRAME - AROUND || held[at]! > HEARTBEAT) throw foreign();
      const end = at + AROUND + size;
      if (end > held.length) break;
      if (held[end - 1] !== END) throw foreign();
      const method = this.frame(held[at]!, held.readUInt16BE(at + 1), held.subarray(at + HEAD, end - 1));
      if (method !== undefined) methods.push(method);
      at = end;
    }
    if (at === held.length) this.rest.take();
    else if (at > 0) this.rest.drop(at);
    return methods;
  }

  /** @returns the method that is whole with it. */
  private frame(kind: number, channel: number, inside: Buffer): Method | undefined {
    if (kind === HEARTBEAT) return undefined;
    const { partial } = this;
    if (kind === METHOD) return this.method(channel, inside);
    if (partial === undefined || channel !== partial.method.channel) throw foreign();
    if (kind === HEADER && partial.properties === undefined) this.header(partial, inside);
    else if (kind === BODY && partial.properties !== undefined) this.body(partial, inside);
    else throw foreign();
    if (partial.left > 0) return undefined;
    this.partial = undefined;
    const bytes = partial.body.take();
    const body = partial.isLong ? new TooLong(bytes) : bytes;
    return { ...partial.method, content: { properties: partial.properties!, body } };
  }

  private method(channel: number, inside: Buffer): Method | undefined {
    if (inside.length < 4) throw foreign();
    const method = { channel, number: inside.readUInt32BE(0), args: Buffer.from(inside.subarray(4)) };
    if (!WITH_CONTENT.has(method.number)) return { ...method, content: undefined };
    if (this.partial !== undefined) throw foreign();
    this.partial = { method, properties: undefined, body: new Held(), isLong: false, left: 0 };
    return undefined;
  }

  private header(partial: Partial, inside: Buffer): void {
    if (inside.length < 14 || inside.readUInt16BE(0) !== BASIC) throw foreign();
    const size = inside.readBigUInt64BE(4);
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw foreign();
    partial.properties = Buffer.from(inside.subarray(12));
    partial.left = Number(size);
    partial.isLong = partial.left > this.most;
  }

  private body(partial: Partial, inside: Buffer): void {
    if (inside.length > partial.left) throw foreign();
    partial.left -= inside.length;
    const { body, isLong } = partial;
    body.append(isLong ? inside.subarray(0, SHOWN - body.length) : inside);
  }
}

export const HEARTBEAT_FRAME = frame(HEARTBEAT, 0, Buffer.alloc(0));

export function methodFrame(channel: number, number: number, ...args: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(number);
  return frame(METHOD, channel, Buffer.concat([head, ...args]));
}

/** What follows the method that brings a message. @param most bytes of a frame. */
export function contentFrames(
  channel: number,
  { properties, body }: Content & { readonly body: Buffer },
  most: number,
): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(BASIC);
  head.writeBigUInt64BE(BigInt(body.length), 4);
  const frames = [frame(HEADER, channel, Buffer.concat([head, properties]))];
  const step = most - AROUND;
  for (let at = 0; at < body.length; at += step) frames.push(frame(BODY, channel, body.subarray(at, at + step)));
  return Buffer.concat(frames);
}

function frame(kind: number, channel: number, inside: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(AROUND + inside.length);
  bytes[0] = kind;
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(inside.length, 3);
  inside.copy(bytes, HEAD);
  bytes[bytes.length - 1] = END;
  return bytes;
}
