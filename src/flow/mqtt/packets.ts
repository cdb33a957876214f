/** Packets of MQTT 3.1.1. */
import { BrokerFault } from '../brokers/failure.ts';
import { SHOWN, TooLong } from '../brokers/too-long.ts';
import { Held } from '../framing/framer.ts';

/** Kinds of packets, by the upper half of their first byte. */
const CONNECT = 1;
const CONNACK = 2;
const PUBLISH = 3;
const PUBACK = 4;
const SUBSCRIBE = 8;
const SUBACK = 9;
const PINGREQ = 12;
const PINGRESP = 13;
const DISCONNECT = 14;

/** A packet that is no message is no longer, bytes. */
const MOST_OTHER = 1024;

export interface Published {
  readonly kind: 'message';
  readonly topic: string;
  /** By which it is acknowledged; undefined where it is not. */
  readonly id: number | undefined;
  /** The server had kept it for who comes later. */
  readonly isRetained: boolean;
  readonly body: Buffer | TooLong;
}

export type Packet =
  | Published
  | { readonly kind: 'connected'; readonly code: number }
  | { readonly kind: 'acknowledged'; readonly id: number }
  | { readonly kind: 'subscribed'; readonly code: number }
  | { readonly kind: 'pong' };

/** Cuts what comes into packets, however it comes. */
export class PacketReader {
  private readonly most: number;
  private readonly rest = new Held();
  /** Of a message that is too long: itself without its body, what is kept of that, and how much is still to come. */
  private long: { readonly message: Omit<Published, 'body'>; readonly start: Buffer; left: number } | undefined;

  /** @param most bytes of a body; a longer one is {@link TooLong}. */
  constructor(most: number) {
    this.most = most;
  }

  /** Takes the next bytes. @returns the packets that are whole. @throws BrokerFault where it is another protocol. */
  take(bytes: Buffer): readonly Packet[] {
    this.rest.append(bytes);
    const held = this.rest.peek();
    const packets: Packet[] = [];
    let at = 0;
    for (;;) {
      const end = this.long === undefined ? this.packet(held, at, packets) : this.passOver(held, at, packets);
      if (end === undefined) break;
      at = end;
    }
    if (at === held.length) this.rest.take();
    else if (at > 0) this.rest.drop(at);
    return packets;
  }

  /** Reads the packet that begins at a place. @returns its end; undefined where that has not come. */
  private packet(held: Buffer, at: number, packets: Packet[]): number | undefined {
    if (at >= held.length) return undefined;
    const first = held[at]!;
    const size = sizeAt(held, at + 1);
    if (size === undefined) return undefined;
    const end = size.behind + size.value;
    if (first >> 4 === PUBLISH) return this.message(held, { flags: first & 15, start: size.behind, end }, packets);
    if ((first & 15) !== 0 || size.value > MOST_OTHER) throw foreign();
    if (end > held.length) return undefined;
    packets.push(otherOf(first >> 4, held.subarray(size.behind, end)));
    return end;
  }

  private message(
    held: Buffer,
    { flags, start, end }: { readonly flags: number; readonly start: number; readonly end: number },
    packets: Packet[],
  ): number | undefined {
    const qos = (flags >> 1) & 3;
    if (qos > 1) throw foreign();
    if (start + 2 > held.length) return undefined;
    const topicEnd = start + 2 + held.readUInt16BE(start);
    const body = topicEnd + 2 * qos;
    if (body > end) throw foreign();
    const size = end - body;
    const shown = Math.min(SHOWN, size);
    if ((size > this.most ? body + shown : end) > held.length) return undefined;
    const message = {
      kind: 'message',
      topic: held.toString('utf8', start + 2, topicEnd),
      id: qos === 0 ? undefined : held.readUInt16BE(topicEnd),
      isRetained: (flags & 1) === 1,
    } as const;
    if (size > this.most) {
      this.long = { message, start: Buffer.from(held.subarray(body, body + shown)), left: size };
      return body;
    }
    packets.push({ ...message, body: Buffer.from(held.subarray(body, end)) });
    return end;
  }

  private passOver(held: Buffer, at: number, packets: Packet[]): number | undefined {
    const long = this.long!;
    const count = Math.min(long.left, held.length - at);
    if (count === 0) return undefined;
    long.left -= count;
    if (long.left === 0) {
      this.long = undefined;
      packets.push({ ...long.message, body: new TooLong(long.start) });
    }
    return at + count;
  }
}

/** A length, of which each byte has seven bits; undefined where it has not come whole. */
function sizeAt(held: Buffer, at: number): { readonly value: number; readonly behind: number } | undefined {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = held[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 128 ** i;
    if (byte < 128) return { value, behind: at + i + 1 };
  }
  throw foreign();
}

function otherOf(kind: number, body: Buffer): Packet {
  switch (kind) {
    case CONNACK:
      if (body.length === 2) return { kind: 'connected', code: body[1]! };
      break;
    case PUBACK:
      if (body.length === 2) return { kind: 'acknowledged', id: body.readUInt16BE(0) };
      break;
    case SUBACK:
      if (body.length === 3) return { kind: 'subscribed', code: body[2]! };
      break;
    case PINGRESP:
      if (body.length === 0) return { kind: 'pong' };
  }
  throw foreign();
}

function foreign(): BrokerFault {
  return new BrokerFault('it does not speak the protocol of MQTT');
}

/** What the client says of itself. */
interface Greeting {
  readonly client: string;
  /** Whether nothing is kept for it by the server from earlier, or for later. */
  readonly isClean: boolean;
  /** How long nothing may be heard of it, s; for ever where it is 0. */
  readonly keepAlive: number;
  readonly user: string;
  readonly password: string;
}

export function connectPacket({ client, isClean, keepAlive, user, password }: Greeting): Buffer {
  const flags = (isClean ? 2 : 0) | (user === '' ? 0 : 0x80) | (password === '' || user === '' ? 0 : 0x40);
  const login = user === '' ? [] : password === '' ? [text(user)] : [text(user), text(password)];
  return packet(CONNECT << 4, text('MQTT'), Buffer.from([4, flags]), number(keepAlive), text(client), ...login);
}

export function subscribePacket(topic: string, qos: number): Buffer {
  return packet((SUBSCRIBE << 4) | 2, number(1), text(topic), Buffer.from([qos]));
}

/** @param id undefined where nothing is to be acknowledged. */
export function publishPacket(topic: string, body: Buffer, id: number | undefined, isRetained: boolean): Buffer {
  const flags = (id === undefined ? 0 : 2) | (isRetained ? 1 : 0);
  return packet((PUBLISH << 4) | flags, text(topic), ...(id === undefined ? [] : [number(id)]), body);
}

export function acknowledgePacket(id: number): Buffer {
  return packet(PUBACK << 4, number(id));
}

export const PING = packet(PINGREQ << 4);
export const LEAVE = packet(DISCONNECT << 4);

function packet(first: number, ...parts: readonly Buffer[]): Buffer {
  let left = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [first];
  do {
    head.push((left % 128) | (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from(head), ...parts]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
