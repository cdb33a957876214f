/** The batches that are stored one behind the other: https://kafka.apache.org/documentation/#messageformat. */

/** Where parts of a batch stand: the length counts from behind itself. Those before the magic are the same in all formats. */
const LENGTH_AT = 8;
const START = LENGTH_AT + 4;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;
const PRODUCER_AT = 43;
/** Where the records of a batch begin. */
export const RECORDS_AT = 61;

/** Bits of the attributes of a batch. */
const TRANSACTIONAL = 16;
const CONTROL = 32;

/** The format of Kafka 0.11 and later: before it a batch is one message, packed or not, with the offset of the last in it. */
const BATCH = 2;

/** One batch, whole. */
export interface StoredBatch {
  readonly bytes: Buffer;
  /** The offset behind it: there may be fewer records in it than it had, or none. */
  readonly next: number;
}

/** Whether it is a batch, rather than a message as it was before Kafka 0.11 or something that is damaged. */
export function isBatch(bytes: Buffer): boolean {
  return bytes.readInt8(MAGIC_AT) === BATCH && bytes.length >= RECORDS_AT;
}

/** Whether it is a message as it was before, of a format that was there. */
export function isMessage(bytes: Buffer): boolean {
  const magic = bytes.readInt8(MAGIC_AT);
  return magic === 0 || magic === 1;
}

/** Who wrote a batch, whether in a transaction, and whether it is the mark of the end of one. */
export function transactionOf(batch: Buffer) {
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  return {
    producer: Number(batch.readBigInt64BE(PRODUCER_AT)),
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isMark: (attributes & CONTROL) !== 0,
  };
}

/**
 * The last one may have been cut off by a bound: it is left out.
 *
 * @param high where the partition ends: what a damaged one says of what is behind it may be anywhere.
 */
export function* batchesIn(stored: Buffer, high = Number.POSITIVE_INFINITY): Generator<StoredBatch> {
  for (let at = 0; at + MAGIC_AT < stored.length; ) {
    const end = at + START + stored.readInt32BE(at + LENGTH_AT);
    if (end <= at + MAGIC_AT || end > stored.length) return;
    const bytes = stored.subarray(at, end);
    const first = Number(bytes.readBigInt64BE(0));
    const next = first + (isBatch(bytes) ? bytes.readInt32BE(LAST_DELTA_AT) : 0) + 1;
    const behind = end + LENGTH_AT > stored.length ? high : Number(stored.readBigInt64BE(end));
    yield { bytes, next: behind > first ? Math.min(next, behind) : next };
    at = end;
  }
}
