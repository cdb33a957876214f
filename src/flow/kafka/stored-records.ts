/** The records of stored batches, some at a time: what is packed into a few bytes may be very many of them. https://kafka.apache.org/documentation/#record */
import { BadRecord, RunFailure } from '../../base/problem.ts';
import { MissingLibrary } from '../packings/needed.ts';
import { UnpackFault } from '../packings/stepped.ts';
import { TooMuch } from '../packings/whole.ts';
import { crc32c } from './crc32c.ts';
import { isBatch, isMessage, RECORDS_AT, type StoredBatch } from './record-set.ts';
import { unpacked } from './unpacked.ts';

/** So many records, or bytes of keys, values and headers, are given at a time. */
const SOME = 4096;
const SOME_BYTES = 1024 * 1024;

/** Where parts of a batch stand; the checksum is of all behind itself. */
const CHECKSUM_AT = 17;
const ATTRIBUTES_AT = 21;
const FIRST_TIME_AT = 27;
const LAST_TIME_AT = 35;
const COUNT_AT = 57;

/** The time is when the broker took it, which is the same for all of a batch. */
const TIME_OF_BROKER = 8;

/** What stands in front of a message as it was before Kafka 0.11: its offset and size, a checksum, magic and attributes. */
const SIZE_AT = 8;
const MESSAGE_AT = 12;
const OLD_MAGIC_AT = 16;
const OLD_ATTRIBUTES_AT = 17;
const TIME_AT = 18;
const PACKED = 7;

/** What stands there where nobody knows the time. */
export const NO_TIME = -1;

/** Few bytes may be very many of them. */
const MOST_HEADERS = 10_000;

/** What a header counts for, bytes: it takes two where it is stored, and is three objects here. */
const HEADER = 128;

/** One record, as it is stored. */
export interface StoredRecord {
  readonly offset: number;
  /** ms since the epoch, or NO_TIME. */
  readonly time: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: Buffer, value: Buffer | null])[];
}

/** What is to be read of batches. */
interface Wanted {
  /** How many bytes one may unpack to. */
  readonly most: number;
  readonly headers: boolean;
}

/** Some records, or why what there is of a batch from here on cannot be read, and the offset behind it. */
type Stored = { readonly records: readonly StoredRecord[] } | { readonly problem: BadRecord; readonly next: number };

/**
 * Reads batches one after the other.
 *
 * @throws RunFailure of exit 3 where what unpacks them is not installed.
 */
export async function* recordsIn(batches: readonly StoredBatch[], wanted: Wanted): AsyncGenerator<Stored> {
  let records: StoredRecord[] = [];
  let size = 0;
  for (const { bytes, next } of batches) {
    try {
      for (const record of isBatch(bytes) ? await recordsOf(bytes, wanted) : await messagesOf(bytes, wanted)) {
        records.push(record);
        size += sizeOf(record);
        if (records.length < SOME && size < SOME_BYTES) continue;
        yield { records };
        records = [];
        size = 0;
      }
    } catch (error) {
      if (records.length > 0) yield { records };
      records = [];
      size = 0;
      yield { problem: problemOf(error, bytes), next };
    }
  }
  if (records.length > 0) yield { records };
}

function sizeOf({ key, value, headers }: StoredRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + headers.length * HEADER;
}

function problemOf(error: unknown, bytes: Buffer): BadRecord {
  if (!(error instanceof UnpackFault) && !(error instanceof RangeError)) throw error;
  const isTold = error instanceof UnpackFault && error.kind === 'other';
  const what = isTold ? `${error.message}${error instanceof TooMuch ? ' (`maxBatch:`)' : ''}` : 'it is damaged';
  if (error instanceof MissingLibrary) throw new RunFailure('cannot-read', 3, `records are packed: ${what}`);
  const count = isBatch(bytes) ? bytes.readInt32BE(COUNT_AT) : 1;
  return new BadRecord('a batch of records cannot be read', `${what}; it says that it has ${count}`);
}

/** Whether a batch is as it was written: a broker looks at that when one comes, and hands on what its disk gives since then. */
export function isSound(batch: Buffer): boolean {
  return crc32c(batch.subarray(ATTRIBUTES_AT)) === batch.readUInt32BE(CHECKSUM_AT);
}

/** The key of the first record of a batch that is not packed; null where there is none. @throws RangeError where it is damaged. */
export function firstKeyOf(batch: Buffer): Buffer | null {
  if (batch.readInt32BE(COUNT_AT) === 0) return null;
  return new RecordReader(batch.subarray(RECORDS_AT), false).next(0, 0, true).key;
}

async function recordsOf(batch: Buffer, { most, headers }: Wanted): Promise<Iterable<StoredRecord>> {
  if (!isSound(batch)) throw new UnpackFault('other', 'its checksum is another one');
  const plain = await unpacked(batch.readInt16BE(ATTRIBUTES_AT), batch.subarray(RECORDS_AT), most);
  return eachOf(batch, new RecordReader(plain, headers));
}

function* eachOf(batch: Buffer, reader: RecordReader): Generator<StoredRecord> {
  const first = Number(batch.readBigInt64BE(0));
  const isOfBroker = (batch.readInt16BE(ATTRIBUTES_AT) & TIME_OF_BROKER) !== 0;
  const time = Number(batch.readBigInt64BE(isOfBroker ? LAST_TIME_AT : FIRST_TIME_AT));
  for (let left = batch.readInt32BE(COUNT_AT); left > 0; left--) yield reader.next(first, time, isOfBroker);
}

/** Reads records one behind the other. */
class RecordReader {
  private readonly bytes: Buffer;
  private readonly wantsHeaders: boolean;
  private at = 0;

  constructor(bytes: Buffer, wantsHeaders: boolean) {
    this.bytes = bytes;
    this.wantsHeaders = wantsHeaders;
  }

  /**
   * @param first the offset of the batch.
   * @param time of the batch, ms: that of each record where `isSame`.
   * @throws RangeError where it is cut off, UnpackFault where it is too much.
   */
  next(first: number, time: number, isSame: boolean): StoredRecord {
    const length = this.number();
    const end = this.at + length;
    if (length < 0 || end > this.bytes.length) throw cutOff();
    // Attributes, of which there are none.
    this.at++;
    const later = this.number();
    const offset = first + this.number();
    const key = this.some();
    const value = this.some();
    const headers = this.wantsHeaders ? this.headers() : [];
    if (this.at > end) throw cutOff();
    // What is not wanted, or what later versions put there.
    this.at = end;
    return { offset, time: isSame ? time : time + later, key, value, headers };
  }

  private headers(): StoredRecord['headers'] {
    const headers: [Buffer, Buffer | null][] = [];
    const count = this.number();
    if (count > MOST_HEADERS) throw new UnpackFault('other', `a record of it has more than ${MOST_HEADERS} headers`);
    while (headers.length < count) headers.push([this.some() ?? NOTHING, this.some()]);
    return headers;
  }

  private some(): Buffer | null {
    const length = this.number();
    if (length < 0) return null;
    const end = this.at + length;
    if (end > this.bytes.length) throw cutOff();
    const some = this.bytes.subarray(this.at, end);
    this.at = end;
    return some;
  }

  /** Seven bits a byte, the lowest first, with the sign as the lowest of all. Beyond 2⁵³ it is not exact. */
  private number(): number {
    let bits = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      if (this.at >= this.bytes.length) throw cutOff();
      const byte = this.bytes[this.at++]!;
      bits += (byte & 127) * factor;
      if (byte < 128) return bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2;
    }
    throw cutOff();
  }
}

/** A message as it was before batches, or those that are packed in it. */
async function messagesOf(bytes: Buffer, { most }: Wanted): Promise<Iterable<StoredRecord>> {
  if (!isMessage(bytes))
    throw new UnpackFault('other', `it is too short, or of a later format (magic ${bytes.readInt8(OLD_MAGIC_AT)})`);
  const outer = messageAt(bytes, 0);
  const attributes = bytes.readInt8(OLD_ATTRIBUTES_AT);
  if ((attributes & PACKED) === 0) return [outer];
  const plain = await unpacked(attributes, outer.value ?? NOTHING, most);
  return innerOf(plain, outer, { isOfBroker: (attributes & TIME_OF_BROKER) !== 0, isCounted: isNewer(bytes, 0) });
}

interface Inner {
  readonly isOfBroker: boolean;
  /** Offsets count within, and that of all is that of the last. */
  readonly isCounted: boolean;
}

function* innerOf(plain: Buffer, outer: StoredRecord, { isOfBroker, isCounted }: Inner): Generator<StoredRecord> {
  let last = 0;
  for (const at of placesOf(plain)) last = at;
  const shift = isCounted && plain.length > 0 ? outer.offset - messageAt(plain, last).offset : 0;
  for (const at of placesOf(plain)) {
    const message = messageAt(plain, at);
    yield { ...message, offset: message.offset + shift, time: isOfBroker ? outer.time : message.time };
  }
}

/** Where messages begin that stand one behind the other. @throws RangeError where they are cut off. */
function* placesOf(plain: Buffer): Generator<number> {
  for (let at = 0; at < plain.length; ) {
    const end = at + MESSAGE_AT + plain.readInt32BE(at + SIZE_AT);
    if (end <= at + MESSAGE_AT || end > plain.length) throw cutOff();
    yield at;
    at = end;
  }
}

/** Whether a message has a time, as those of Kafka 0.10 have. */
function isNewer(bytes: Buffer, at: number): boolean {
  return bytes.readInt8(at + OLD_MAGIC_AT) === 1;
}

function messageAt(bytes: Buffer, at: number): StoredRecord {
  const time = isNewer(bytes, at) ? Number(bytes.readBigInt64BE(at + TIME_AT)) : NO_TIME;
  let from = at + TIME_AT + (isNewer(bytes, at) ? 8 : 0);
  const some = () => {
    const length = bytes.readInt32BE(from);
    from += 4;
    if (length < 0) return null;
    if (from + length > bytes.length) throw cutOff();
    from += length;
    return bytes.subarray(from - length, from);
  };
  return { offset: Number(bytes.readBigInt64BE(at)), time, key: some(), value: some(), headers: [] };
}

const NOTHING = Buffer.alloc(0);

function cutOff(): RangeError {
  return new RangeError('it is cut off');
}
