/** The batches that are stored one behind the other: https://kafka.apache.org/documentation/#messageformat. */

/** Where parts of a batch stand: the length counts from behind itself. Those before the magic are the same in all formats. */
const LENGTH_AT = 8;
const START = LENGTH_AT + 4;
const MAGIC_AT = 16;
const LAST_DELTA_AT = 23;

/** The format of Kafka 0.11 and later: before it a batch is one message, packed or not, with the offset of the last in it. */
const BATCH = 2;

/** One batch, whole. */
interface StoredBatch {
  readonly bytes: Buffer;
  /** The offset behind it: there may be fewer records in it than it had, or none. */
  readonly next: number;
}

/** Whether it is a batch, rather than a message as it was before Kafka 0.11. */
export function isBatch(bytes: Buffer): boolean {
  return bytes.readInt8(MAGIC_AT) === BATCH;
}

/** The last one may have been cut off by a bound: it is left out. */
export function* batchesIn(stored: Buffer): Generator<StoredBatch> {
  for (let at = 0; at + MAGIC_AT < stored.length; ) {
    const end = at + START + stored.readInt32BE(at + LENGTH_AT);
    if (end <= at + MAGIC_AT || end > stored.length) return;
    const bytes = stored.subarray(at, end);
    const first = Number(bytes.readBigInt64BE(0));
    yield { bytes, next: first + (isBatch(bytes) ? bytes.readInt32BE(LAST_DELTA_AT) : 0) + 1 };
    at = end;
  }
}
