/** Requests of OTLP that are read as they are asked for, whichever form they have: few bytes may be much more as values. */
import { field, isList, type Value } from '../../base/value.ts';

/** What is not larger is read at once, bytes: that is quicker, and so much takes some MB at most. */
export const SMALL = 256 * 1024;

/** An object of a request. */
export interface Part {
  /** Whether it is larger than what is read as one value may be. */
  readonly isTooLong: boolean;
  /** What people are shown of it as it was sent. Only of what is too long. */
  sent(): Buffer;
  /** All of it. @throws TooLong. */
  value(): Value;
  /** One of its fields; null where it is not there. @throws TooLong. */
  field(name: string): Value;
  /** The object in a field; undefined where there is none. */
  part(name: string): Part | undefined;
  /** Those in the list of a field, one after the other. */
  each(name: string): Iterable<Part>;
}

/** It is not read as one value, since it is larger than such may be. */
export class TooLong extends Error {}

/** A part that was read. */
export class ValuePart implements Part {
  readonly isTooLong = false;
  private readonly read: Value;

  constructor(read: Value) {
    this.read = read;
  }

  sent(): Buffer {
    return Buffer.alloc(0);
  }

  value(): Value {
    return this.read;
  }

  field(name: string): Value {
    return field(this.read, name);
  }

  part(name: string): Part | undefined {
    const value = this.field(name);
    return value === null ? undefined : new ValuePart(value);
  }

  *each(name: string): Generator<Part> {
    const list = this.field(name);
    if (isList(list)) for (const item of list) yield new ValuePart(item);
  }
}
