/** What is sent to Kafka, held to what the driver makes and reads of the same. */
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../../../src/flow/kafka/crc32c.ts';
import { murmur2, Partitioner } from '../../../src/flow/kafka/partitioner.ts';
import { type Outgoing, recordBatch, weightOf } from '../../../src/flow/kafka/record-batch.ts';

const require = createRequire(import.meta.url);
const ofDriver = require('kafkajs/src/producer/partitioners/default/murmur2.js') as (key: Buffer) => number;
const sumOfDriver = require('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (bytes: Buffer) => number;
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => unknown;
const decode = require('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (decoder: unknown) => Promise<{
  readonly maxTimestamp: string;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly inTransaction: boolean;
  readonly records: readonly {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: object;
  }[];
}>;

const bytes = fc.uint8Array({ maxLength: 70 }).map((some) => Buffer.from(some));

test('keys go where those of the driver go', () => {
  fc.assert(
    fc.property(bytes, (key) => {
      expect(murmur2(key)).toBe(ofDriver(key));
    }),
  );
});

test('keys go where those of Kafka itself go: values of its own tests (UtilsTest.testMurmur2)', () => {
  const known = { 21: -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536 };
  for (const [key, hash] of Object.entries(known)) expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('records without a key go to one partition for a while, then to the next', () => {
  const partitioner = new Partitioner();
  const chosen = Array.from({ length: 200 }, () => partitioner.partitionOf(null, 1000, 3));
  expect(new Set(chosen)).toEqual(new Set([0, 1, 2]));
  expect(chosen.slice(0, 65)).toEqual(Array(65).fill(0));
});

test('the checksum is that of the driver', () => {
  fc.assert(
    fc.property(bytes, (some) => {
      expect(crc32c(some)).toBe(sumOfDriver(some));
    }),
  );
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

const outgoing = fc.record({
  key: fc.option(bytes),
  value: fc.option(
    fc.oneof(
      bytes,
      bytes.map((some) => Buffer.concat(Array(200).fill(some))),
    ),
  ),
  headers: fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 3 }).map((names) =>
    // The driver's reader finds what every object has.
    names.filter((name) => !(name in {})).map((name) => [Buffer.from(name), Buffer.from(`of ${name}`)] as const),
  ),
});

test('the driver reads what was put into a batch', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(outgoing, { minLength: 1, maxLength: 150 }),
      fc.constantFrom('none' as const, 'gzip' as const),
      fc.maxSafeNat(),
      async (records: readonly Outgoing[], packing, time) => {
        const sequence = { producer: '9007199254740993', epoch: 7, first: 2 ** 31 - 1 };
        const batch = await recordBatch(records, sequence, time, packing);
        expect(batch.readInt32BE(8)).toBe(batch.length - 12);
        expect(batch.readUInt32BE(17)).toBe(sumOfDriver(batch.subarray(21)));
        const read = await decode(new Decoder(batch));
        expect(read).toMatchObject({
          maxTimestamp: String(time),
          producerId: '9007199254740993',
          producerEpoch: 7,
          firstSequence: 2 ** 31 - 1,
          inTransaction: true,
        });
        expect(read.records.map(({ offset }) => Number(offset))).toEqual(records.map((_record, i) => i));
        expect(read.records.map(({ key, value }) => [key, value])).toEqual(
          records.map(({ key, value }) => [key, value]),
        );
        expect(read.records.map(({ headers }) => ({ ...headers }))).toEqual(
          records.map(({ headers }) => Object.fromEntries(headers.map(([name, text]) => [name.toString(), text]))),
        );
        const raw = packing === 'gzip' ? gunzipSync(batch.subarray(61)).length : batch.length - 61;
        expect(raw).toBeLessThanOrEqual(records.reduce((sum, record) => sum + weightOf(record), 0));
      },
    ),
    { numRuns: 60 },
  );
});
