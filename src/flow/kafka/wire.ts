/**
 * Requests that the driver has not, or not in the version that is needed. From `flexible` versions on texts and lists are `compact`, and
 * each structure has room for tags: https://kafka.apache.org/protocol#protocol_types.
 */
import type { Broker } from './driver.ts';

/** A request in one version. */
export interface Request<T> {
  readonly apiName: string;
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly body: Buffer;
  /** @throws RangeError where the answer is shorter than it says. */
  readonly read: (answer: Reader) => T;
  /** At this byte the answer says how long to be quiet, ms: until then the broker hears nothing. */
  readonly throttledAt?: number;
}

/** @returns what the broker answered, errors in it too. */
export async function ask<T>(
  { connectionPool }: Broker,
  { body, read, throttledAt, ...about }: Request<T>,
): Promise<T> {
  // What the driver takes for an encoder.
  const encoded = { buf: body, buffer: body };
  const { answer } = await connectionPool.send({
    request: { ...about, encode: async () => encoded },
    response: {
      // What the driver waits for.
      decode: async (bytes) => ({
        answer: read(new Reader(bytes)),
        clientSideThrottleTime: throttledAt === undefined ? 0 : bytes.readInt32BE(throttledAt),
      }),
      parse: async (read) => read,
    },
  });
  return answer;
}

/** Writes the parts of a request one behind the other. */
export class Writer {
  private readonly parts: Buffer[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  int8(value: number): this {
    return this.raw(Buffer.of(value & 0xff));
  }

  int16(value: number): this {
    const part = Buffer.allocUnsafe(2);
    part.writeInt16BE(value);
    return this.raw(part);
  }

  int32(value: number): this {
    const part = Buffer.allocUnsafe(4);
    part.writeInt32BE(value);
    return this.raw(part);
  }

  int64(value: number): this {
    const part = Buffer.allocUnsafe(8);
    part.writeBigInt64BE(BigInt(value));
    return this.raw(part);
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    return this.int16(bytes.length).raw(bytes);
  }

  /** The number of items of a compact list. */
  count(items: number): this {
    let rest = items + 1;
    const bytes: number[] = [];
    for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
    return this.raw(Buffer.of(...bytes, rest));
  }

  compactText(value: string): this {
    const bytes = Buffer.from(value);
    return this.count(bytes.length).raw(bytes);
  }

  noTags(): this {
    return this.int8(0);
  }

  raw(bytes: Buffer): this {
    this.parts.push(bytes);
    return this;
  }
}

/** Reads the parts of an answer one after the other. */
export class Reader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  int8(): number {
    this.at += 1;
    return this.bytes.readInt8(this.at - 1);
  }

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** One beyond 2⁵³ is not exact. */
  int64(): number {
    this.at += 8;
    return Number(this.bytes.readBigInt64BE(this.at - 8));
  }

  text(): string {
    return this.raw(this.int16()).toString();
  }

  list<T>(item: () => T): readonly T[] {
    return this.items(this.int32(), item);
  }

  compactText(): string | null {
    const length = this.unsigned() - 1;
    return length < 0 ? null : this.raw(length).toString();
  }

  compactList<T>(item: () => T): readonly T[] {
    return this.items(this.unsigned() - 1, item);
  }

  compactBytes(): Buffer {
    return this.raw(Math.max(0, this.unsigned() - 1));
  }

  raw(length: number): Buffer {
    const end = this.at + length;
    if (length < 0 || end > this.bytes.length) throw new RangeError('the answer of the broker is too short');
    this.at = end;
    return this.bytes.subarray(end - length, end);
  }

  /** Each takes a byte at least. @param count less than 0 where there is no list. */
  private items<T>(count: number, item: () => T): readonly T[] {
    if (count > this.bytes.length) throw new RangeError('the answer of the broker is too short');
    return Array.from({ length: Math.max(0, count) }, item);
  }

  /** Nobody knows what is in them. */
  tags(): void {
    for (let left = this.unsigned(); left > 0; left--) {
      this.unsigned();
      this.raw(this.unsigned());
    }
  }

  private unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.int8();
      value |= (byte & 0x7f) << shift;
      if (byte >= 0) return value >>> 0;
    }
  }
}
