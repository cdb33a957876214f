/** The binary form of Thrift as far as Scribe's protocol needs it: `ResultCode Log(1: list<LogEntry> messages)`. */
import { PeerFault } from '../sockets/peer-fault.ts';

/** Types of values, by their numbers; others are of a fixed size. */
const STOP = 0;
const TEXT = 11;
const STRUCT = 12;
const MAP = 13;
const SET = 14;
const LIST = 15;
const NUMBER = 8;
const SIZES: { readonly [type: number]: number } = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8 };

/** Kinds of messages. */
const REPLY = 2;
const EXCEPTION = 3;
const UNKNOWN_METHOD = 1;

/** In front of a call that says which version of the form it has. */
const VERSION = 0x80010000;
const MAX_NESTING = 16;

const NOTHING: Buffer = Buffer.alloc(0);

interface Call {
  readonly name: Buffer;
  readonly sequence: number;
  /** Whether it said its version, as the answer then does. */
  readonly isStrict: boolean;
}

interface LogEntry {
  readonly category: string;
  readonly message: Buffer;
}

/** Reads one message. Texts are views. @throws PeerFault where it is cut off, or is none. */
export class CallReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  call(): Call {
    const first = this.number();
    if (first >= 0) {
      const name = this.some(first);
      this.some(1);
      return { name, sequence: this.number(), isStrict: false };
    }
    if ((first & 0xffff0000) >>> 0 !== VERSION)
      throw new PeerFault('it speaks another form of Thrift than the binary one');
    return { name: this.text(), sequence: this.number(), isStrict: true };
  }

  /** The arguments of `Log`: each message as it comes. @param expect told how many they are, before. */
  entries(take: (entry: LogEntry) => void, expect: (count: number) => void): void {
    this.fields((id, type) => {
      if (id !== 1 || type !== LIST) return this.skip(type);
      if (this.some(1)[0] !== STRUCT) throw new PeerFault('its messages are none of Scribe');
      const count = this.count();
      expect(count);
      for (let left = count; left > 0; left--) take(this.entry());
    });
  }

  private entry(): LogEntry {
    let category = '';
    let message = NOTHING;
    this.fields((id, type) => {
      if (id === 1 && type === TEXT) category = this.text().toString('utf8');
      else if (id === 2 && type === TEXT) message = this.text();
      else this.skip(type);
    });
    return { category, message };
  }

  private fields(read: (id: number, type: number) => void): void {
    for (let type = this.some(1)[0]!; type !== STOP; type = this.some(1)[0]!) read(this.some(2).readInt16BE(), type);
  }

  private number(): number {
    return this.some(4).readInt32BE();
  }

  /** How many follow: none takes less than a byte. */
  private count(): number {
    const count = this.number();
    if (count < 0 || count > this.bytes.length - this.at) throw new PeerFault('a message is cut off');
    return count;
  }

  private text(): Buffer {
    return this.some(this.number());
  }

  private some(length: number): Buffer {
    const end = this.at + length;
    if (!(length >= 0 && end <= this.bytes.length)) throw new PeerFault('a message is cut off');
    const some = this.bytes.subarray(this.at, end);
    this.at = end;
    return some;
  }

  /** Passes over a value that nobody here asks for. */
  private skip(type: number, nesting = 0): void {
    if (nesting > MAX_NESTING) throw new PeerFault('a message is nested too deep');
    const size = SIZES[type];
    if (size !== undefined) this.some(size);
    else if (type === TEXT) this.text();
    else if (type === STRUCT) this.fields((_id, inner) => this.skip(inner, nesting + 1));
    else if (type === LIST || type === SET || type === MAP) {
      const types = [...this.some(type === MAP ? 2 : 1)];
      for (let left = this.count(); left > 0; left--) for (const inner of types) this.skip(inner, nesting + 1);
    } else throw new PeerFault('a message has a value of a type that Thrift does not have');
  }
}

/** An answer, with its length in front, that gives a number. */
export function writeResult(call: Call, result: number): Buffer {
  const value = Buffer.alloc(8);
  value.writeUInt8(NUMBER, 0);
  value.writeInt32BE(result, 3);
  return framed(headOf(call, REPLY), value);
}

/** An answer that says that there is no such call. */
export function writeUnknown(call: Call): Buffer {
  const words = Buffer.from('leat has Log alone');
  const value = Buffer.alloc(7 + words.length + 8);
  value.writeUInt8(TEXT, 0);
  value.writeInt16BE(1, 1);
  value.writeInt32BE(words.length, 3);
  words.copy(value, 7);
  const at = 7 + words.length;
  value.writeUInt8(NUMBER, at);
  value.writeInt16BE(2, at + 1);
  value.writeInt32BE(UNKNOWN_METHOD, at + 3);
  return framed(headOf(call, EXCEPTION), value);
}

function headOf({ name, sequence, isStrict }: Call, kind: number): Buffer {
  const numbers = (...all: readonly number[]) => {
    const bytes = Buffer.alloc(4 * all.length);
    for (const [i, number] of all.entries()) bytes.writeUInt32BE(number >>> 0, 4 * i);
    return bytes;
  };
  return isStrict
    ? Buffer.concat([numbers(VERSION | kind, name.length), name, numbers(sequence)])
    : Buffer.concat([numbers(name.length), name, Buffer.from([kind]), numbers(sequence)]);
}

function framed(...parts: readonly Buffer[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([length, ...parts]);
}
