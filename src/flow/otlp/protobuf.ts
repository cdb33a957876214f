/** The binary form of Protocol Buffers (https://protobuf.dev/programming-guides/encoding) as far as OTLP needs it, read into what its JSON form is. */
import { type NewFields, setField, type Value } from '../../base/value.ts';
import { type Part, SMALL, TooLong, ValuePart } from './parts.ts';

/** How values stand there, by the number in front of each. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const MOST_NESTING = 64;

/** No field of what may be large has a higher number. */
const LAST_NUMBER = 15;

/**
 * What a field holds. Whole numbers of 64 bits become texts of their digits, as in JSON; `hex` and `base64` say how bytes are written. `list` is
 * of numbers that stand together.
 */
type Kind =
  | 'text'
  | 'hex'
  | 'base64'
  | 'bool'
  | 'number'
  | 'signed'
  | 'long'
  | 'fixed64'
  | 'sfixed64'
  | 'fixed32'
  | 'double'
  | { readonly message: () => Message }
  | { readonly list: 'fixed64' | 'double' | 'long' };

/** The fields of a message, by their numbers. */
export interface Message {
  readonly [number: number]: readonly [name: string, kind: Kind, repeated?: 'repeated'];
}

/** Bytes that are no such message. */
export class NoMessage extends Error {}

/**
 * Opens a message, of which fields that are not known are passed over.
 *
 * @param most how long what is read as one value may be, bytes.
 * @param small what is read at once, bytes; only tests give another.
 * @throws NoMessage, now or when it is read, where it is damaged.
 */
export function openMessage(bytes: Buffer, message: Message, most: number, small = SMALL): Part {
  return partOf(new Reader(bytes, 0, bytes.length), message, { most, small });
}

interface Bounds {
  readonly most: number;
  readonly small: number;
}

function partOf(reader: Reader, message: Message, bounds: Bounds): Part {
  if (reader.left <= bounds.small) return new ValuePart(reader.message(message, 0));
  return new MessagePart(reader, message, bounds);
}

/** A message of which only what is asked for is read. */
class MessagePart implements Part {
  private readonly reader: Reader;
  private readonly message: Message;
  private readonly bounds: Bounds;
  /** Where the last value of each field stands that is not repeated, by its number: it may be asked for a dozen of them, and have millions. */
  private found: readonly (ValueAt | undefined)[] | undefined;

  constructor(reader: Reader, message: Message, bounds: Bounds) {
    this.reader = reader;
    this.message = message;
    this.bounds = bounds;
  }

  get isTooLong(): boolean {
    return this.reader.left > this.bounds.most;
  }

  sent(): Buffer {
    return Buffer.from(`${this.reader.left} bytes of protobuf`);
  }

  value(): Value {
    if (this.isTooLong) throw new TooLong();
    return this.reader.copy().message(this.message, 0);
  }

  field(name: string): Value {
    const found = this.last(name);
    if (found === undefined) return null;
    const { reader, wire, kind } = found;
    if (reader.left > this.bounds.most) throw new TooLong();
    return reader.value(kind, wire, 0);
  }

  part(name: string): Part | undefined {
    const found = this.last(name);
    if (found === undefined || typeof found.kind !== 'object' || !('message' in found.kind)) return undefined;
    return partOf(found.reader.inner(found.wire), found.kind.message(), this.bounds);
  }

  /** What stands last in a field that is not repeated: that counts where it is there several times. */
  private last(name: string): (ValueAt & { readonly kind: Kind }) | undefined {
    const [number, kind] = this.fieldOf(name) ?? [];
    if (number === undefined || kind === undefined) return undefined;
    this.found ??= this.reader.copy().lastOf(this.message);
    const found = this.found[number];
    return found === undefined ? undefined : { reader: found.reader.copy(), wire: found.wire, kind };
  }

  *each(name: string): Generator<Part> {
    const [number, kind] = this.fieldOf(name) ?? [];
    if (number === undefined || typeof kind !== 'object' || !('message' in kind)) return;
    for (const { reader, wire } of this.reader.copy().fieldsOf(number)) {
      yield partOf(reader.inner(wire), kind.message(), this.bounds);
    }
  }

  private fieldOf(name: string): readonly [number: number, kind: Kind] | undefined {
    for (let number = 1; number <= LAST_NUMBER; number++) {
      const [known, kind] = this.message[number] ?? [];
      if (kind !== undefined && known === name) return [number, kind];
    }
    return undefined;
  }
}

/** A value of a message, and how it stands there. */
interface ValueAt {
  readonly reader: Reader;
  readonly wire: number;
}

class Reader {
  private readonly bytes: Buffer;
  private at: number;
  private readonly end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** How many bytes follow. */
  get left(): number {
    return this.end - this.at;
  }

  /** One that reads the same. */
  copy(): Reader {
    return new Reader(this.bytes, this.at, this.end);
  }

  /** Readers at the values of a field of the message, one after the other. */
  *fieldsOf(number: number): Generator<ValueAt> {
    while (this.at < this.end) {
      const tag = this.size();
      const from = this.at;
      this.skip(tag % 8);
      if (Math.floor(tag / 8) === number) yield { reader: new Reader(this.bytes, from, this.at), wire: tag % 8 };
    }
  }

  /** Where the last value of each known field stands that is not repeated, by its number. */
  lastOf(message: Message): readonly (ValueAt | undefined)[] {
    const [tags, starts, ends]: [number[], number[], number[]] = [[], [], []];
    while (this.at < this.end) {
      const tag = this.size();
      const number = Math.floor(tag / 8);
      const from = this.at;
      this.skip(tag % 8);
      const [, , repeated = undefined] = message[number] ?? [undefined, undefined, 'repeated'];
      if (repeated !== undefined || number > LAST_NUMBER) continue;
      tags[number] = tag;
      starts[number] = from;
      ends[number] = this.at;
    }
    return tags.map((tag, number) => ({
      reader: new Reader(this.bytes, starts[number]!, ends[number]!),
      wire: tag % 8,
    }));
  }

  /** What stands in a value that has a length in front. */
  inner(wire: number): Reader {
    expect(wire, BYTES);
    return this.some();
  }

  message(message: Message, nesting: number): NewFields {
    if (nesting > MOST_NESTING) throw new NoMessage('it is nested too deep');
    const fields: NewFields = {};
    const lists = new Map<string, Value[]>();
    while (this.at < this.end) {
      const tag = this.size();
      const known = message[Math.floor(tag / 8)];
      if (known === undefined) this.skip(tag % 8);
      else {
        const [name, kind, repeated] = known;
        const value = this.value(kind, tag % 8, nesting);
        if (repeated === undefined) setField(fields, name, value);
        else {
          let list = lists.get(name);
          if (list === undefined) {
            list = [];
            lists.set(name, list);
          }
          if (Array.isArray(value) && typeof kind === 'object' && 'list' in kind)
            for (const each of value) list.push(each);
          else list.push(value);
        }
      }
    }
    for (const [name, list] of lists) setField(fields, name, list);
    return fields;
  }

  value(kind: Kind, wire: number, nesting: number): Value {
    if (typeof kind === 'object' && 'list' in kind) {
      // Numbers of a list stand together, or each by itself.
      if (wire !== BYTES) return this.number(kind.list, wire);
      const some = this.some();
      const all: Value[] = [];
      while (some.at < some.end) all.push(some.number(kind.list));
      return all;
    }
    if (typeof kind === 'object') {
      expect(wire, BYTES);
      return this.some().message(kind.message(), nesting + 1);
    }
    if (kind !== 'text' && kind !== 'hex' && kind !== 'base64') return this.number(kind, wire);
    expect(wire, BYTES);
    const { bytes, at, end } = this.some();
    return bytes.toString(kind === 'text' ? 'utf8' : kind, at, end);
  }

  /** @param wire how it stands there; where it is left out, as its kind does. */
  private number(kind: Exclude<Kind, object>, wire?: number): Value {
    const wanted = kind === 'fixed32' ? FIXED32 : ['fixed64', 'sfixed64', 'double'].includes(kind) ? FIXED64 : VARINT;
    if (wire !== undefined) expect(wire, wanted);
    if (wanted === FIXED32) return this.bytes.readUInt32LE(this.take(4));
    if (wanted === FIXED64) {
      const at = this.take(8);
      if (kind === 'fixed64') return String(this.bytes.readBigUInt64LE(at));
      if (kind === 'sfixed64') return String(this.bytes.readBigInt64LE(at));
      const double = this.bytes.readDoubleLE(at);
      return Number.isFinite(double) ? double : null;
    }
    const bits = this.varint();
    if (kind === 'bool') return bits !== 0n;
    if (kind === 'number') return Number(BigInt.asUintN(32, bits));
    // Numbers that are mostly near 0 have their sign in the last bit.
    if (kind === 'signed') return Number((bits >> 1n) ^ -(bits & 1n));
    return String(BigInt.asIntN(64, bits));
  }

  private varint(): bigint {
    // Most are short.
    const first = this.byte();
    if (first < 0x80) return BigInt(first);
    let value = BigInt(first & 0x7f);
    for (let shift = 7n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new NoMessage('a number in it is too long');
  }

  /** A number that is small, as those of fields and lengths are: beyond 2⁵³ it is not exact. */
  private size(): number {
    let size = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = this.byte();
      size += (byte & 0x7f) * factor;
      if (byte < 0x80) return size;
    }
    throw new NoMessage('a number in it is too long');
  }

  private byte(): number {
    if (this.at >= this.end) throw new NoMessage('it is cut off');
    return this.bytes[this.at++]!;
  }

  /** What stands behind its length. */
  private some(): Reader {
    const length = this.size();
    const at = this.take(length);
    return new Reader(this.bytes, at, at + length);
  }

  private skip(wire: number): void {
    if (wire === VARINT) this.size();
    else if (wire === FIXED64) this.take(8);
    else if (wire === FIXED32) this.take(4);
    else if (wire === BYTES) this.take(this.size());
    else throw new NoMessage('there is a value of a kind in it that is none');
  }

  /** Goes on behind so many bytes. @returns where they begin. */
  private take(length: number): number {
    const { at } = this;
    if (length > this.end - at) throw new NoMessage('it is cut off');
    this.at = at + length;
    return at;
  }
}

function expect(wire: number, wanted: number): void {
  if (wire !== wanted) throw new NoMessage('a value in it is of another kind than its field');
}
