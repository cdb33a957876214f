import { crc32c } from '../../src/flow/kafka/crc32c.ts';

/** A batch of Kafka that was changed, with the checksum that it has then. */
export function summed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}
