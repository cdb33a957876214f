/** A record goes to the partition that Kafka's own producers choose for its key, so that all that write to a topic agree. */

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** So many bytes of records without a key go to one partition, then to the next: batches of some size are packed better. */
const RUN = 64 * 1024;

/** MurmurHash2 (Appleby, public domain) as Kafka has it: `org.apache.kafka.common.utils.Utils.murmur2`. @returns 32 bits, signed. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const wholes = length - (length % 4);
  let h = SEED ^ length;
  for (let at = 0; at < wholes; at += 4) {
    let k = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  const rest = length - wholes;
  if (rest > 2) h ^= bytes[wholes + 2]! << 16;
  if (rest > 1) h ^= bytes[wholes + 1]! << 8;
  if (rest > 0) h = Math.imul(h ^ bytes[wholes]!, M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  return h ^ (h >>> 15);
}

/** Says which partition a record goes to. */
export class Partitioner {
  private next = 0;
  private size = 0;

  /** @param size of the record, bytes. @param partitions how many there are. */
  partitionOf(key: Uint8Array | null, size: number, partitions: number): number {
    if (key !== null) return (murmur2(key) & 0x7fffffff) % partitions;
    this.size += size;
    if (this.size > RUN) {
      this.size = size;
      this.next++;
    }
    return this.next % partitions;
  }
}
