/** What methods of AMQP 0-9-1 and the headers of messages are made of: numbers, texts, and tables of typed fields. */
import { type NewFields, setField, type Value } from '../../base/value.ts';
import { BrokerFault } from '../brokers/failure.ts';
import { foreign } from './foreign.ts';

/** Tables in tables are read so deep; what lies deeper is null. Ours have none within. */
const DEEPEST = 20;

/** Most bytes of a short text: the name of a queue, a routing key. */
export const MOST_SHORT = 255;

/** Reads fields one behind the other. Each method throws a BrokerFault where the bytes end before the field does. */
export class FieldReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  private get isOver(): boolean {
    return this.at >= this.bytes.length;
  }

  octet(): number {
    return this.bytes[this.pass(1)]!;
  }

  short(): number {
    return this.bytes.readUInt16BE(this.pass(2));
  }

  long(): number {
    return this.bytes.readUInt32BE(this.pass(4));
  }

  /** A whole number of 64 bits, without a sign. */
  longLong(): bigint {
    return this.bytes.readBigUInt64BE(this.pass(8));
  }

  shortText(): string {
    return this.take(this.octet()).toString('utf8');
  }

  longText(): Buffer {
    return this.take(this.long());
  }

  /** Fields by their names, as values of records; null where they cannot be read, as where one is of a kind that nobody knows. */
  table(depth = 0): Value {
    const inside = new FieldReader(this.longText());
    const fields: NewFields = {};
    const read = () => {
      const name = inside.shortText();
      setField(fields, name, inside.typed(depth));
    };
    return inside.readAll(depth, read) ? fields : null;
  }

  private list(depth: number): Value {
    const inside = new FieldReader(this.longText());
    const values: Value[] = [];
    return inside.readAll(depth, () => values.push(inside.typed(depth))) ? values : null;
  }

  /** @returns whether all could be read. Who sends a message may write anything into its headers, and the message is one all the same. */
  private readAll(depth: number, read: () => unknown): boolean {
    if (depth > DEEPEST) return false;
    try {
      while (!this.isOver) read();
      return true;
    } catch (error) {
      if (!(error instanceof BrokerFault)) throw error;
      return false;
    }
  }

  /** A value behind the letter of its type, as RabbitMQ writes them. @throws BrokerFault where the letter is none of these. */
  private typed(depth: number): Value {
    const { bytes } = this;
    switch (String.fromCharCode(this.octet())) {
      case 't':
        return this.octet() !== 0;
      case 'b':
        return bytes.readInt8(this.pass(1));
      case 'B':
        return this.octet();
      case 's':
        return bytes.readInt16BE(this.pass(2));
      case 'u':
        return this.short();
      case 'I':
        return bytes.readInt32BE(this.pass(4));
      case 'i':
        return this.long();
      case 'l':
        return numberOf(bytes.readBigInt64BE(this.pass(8)));
      case 'T':
        return Number(this.longLong()) * 1000;
      case 'f':
        return finite(bytes.readFloatBE(this.pass(4)));
      case 'd':
        return finite(bytes.readDoubleBE(this.pass(8)));
      case 'D': {
        const digits = this.octet();
        return bytes.readInt32BE(this.pass(4)) / 10 ** digits;
      }
      case 'S':
      case 'x':
        return this.longText().toString('utf8');
      case 'A':
        return this.list(depth + 1);
      case 'F':
        return this.table(depth + 1);
      case 'V':
        return null;
      default:
        throw foreign();
    }
  }

  private take(size: number): Buffer {
    const start = this.pass(size);
    return this.bytes.subarray(start, start + size);
  }

  private pass(size: number): number {
    const { at } = this;
    if (at + size > this.bytes.length) throw foreign();
    this.at = at + size;
    return at;
  }
}

/** One that no double holds is the value that it is written as, in digits. */
function numberOf(value: bigint): Value {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function finite(value: number): Value {
  return Number.isFinite(value) ? value : null;
}

export function octet(value: number): Buffer {
  return Buffer.from([value]);
}

export function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function long(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function longLong(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** @param text of {@link MOST_SHORT} bytes at most. */
export function shortText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([octet(bytes.length), bytes]);
}

export function longText(text: Buffer | string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([long(bytes.length), bytes]);
}

/** What stands in a table that is written; a `bigint` is a number of 64 bits. */
type Written = boolean | bigint | string | Table;
/** Names and values. */
export type Table = readonly (readonly [name: string, value: Written])[];

export function table(fields: Table): Buffer {
  const parts = fields.flatMap(([name, value]) => [shortText(name), typed(value)]);
  return longText(Buffer.concat(parts));
}

function typed(value: Written): Buffer {
  if (typeof value === 'boolean') return Buffer.from(['t'.charCodeAt(0), value ? 1 : 0]);
  if (typeof value === 'bigint') return Buffer.concat([Buffer.from('l'), longLong(value)]);
  if (typeof value === 'string') return Buffer.concat([Buffer.from('S'), longText(value)]);
  return Buffer.concat([Buffer.from('F'), table(value)]);
}
