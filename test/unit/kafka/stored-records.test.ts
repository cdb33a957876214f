/** Records of stored batches, however they are packed, whatever is wrong with them, and however many a few bytes unpack to. */
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordBatch } from '../../../src/flow/kafka/record-batch.ts';
import { batchesIn } from '../../../src/flow/kafka/record-set.ts';
import { recordsIn, type StoredRecord } from '../../../src/flow/kafka/stored-records.ts';
import { summed } from '../../support/kafka-batches.ts';
import { canPack, packedBy } from '../../support/packed.ts';

const CHECKSUM_AT = 17;
const RECORDS_AT = 61;
const MOST = 1024 * 1024;

const { snappyCompress } = createRequire(import.meta.url)('hyparquet-writer/src/snappy.js') as {
  snappyCompress(input: Uint8Array): Uint8Array;
};

const PACKERS: readonly (readonly [name: string, number: number, pack: (plain: Buffer) => Promise<Buffer> | Buffer])[] =
  [
    ['none', 0, (plain) => plain],
    ['gzip', 1, (plain) => gzipSync(plain)],
    ['snappy', 2, (plain) => Buffer.from(snappyCompress(plain))],
    ['snappy in frames', 2, framed],
    ['lz4', 3, (plain) => packedBy('lz4', plain.toString('latin1'))],
    ['zstd', 4, (plain) => packedBy('zstd', plain.toString('latin1'))],
  ];

/** As Java's library writes it. */
function framed(plain: Buffer): Buffer {
  const half = plain.length >> 1;
  const blocks = [plain.subarray(0, half), plain.subarray(half)].flatMap((some) => {
    const block = snappyCompress(some);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(block.length);
    return [size, block];
  });
  return Buffer.concat([Buffer.from('\x82SNAPPY\0\0\0\0\u0001\0\0\0\u0001', 'latin1'), ...blocks]);
}

interface Written {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer, Buffer | null])[];
}

/** What a batch is with its records packed, or other ones in their place. */
function repacked(batch: Buffer, number: number, records: Buffer, count?: number): Buffer {
  const packed = Buffer.concat([batch.subarray(0, RECORDS_AT), records]);
  packed.writeInt16BE((packed.readInt16BE(21) & ~7) | number, 21);
  packed.writeInt32BE(packed.length - 12, 8);
  if (count !== undefined) {
    packed.writeInt32BE(count - 1, 23);
    packed.writeInt32BE(count, 57);
  }
  return summed(packed);
}

async function batchOf(records: readonly Written[], time = 7): Promise<Buffer> {
  return recordBatch(records, { producer: '7', epoch: 0, first: 0 }, time, 'none');
}

/** All pieces of what is stored. */
async function pieces(stored: Buffer, most = MOST, headers = true) {
  const all = [];
  for await (const some of recordsIn([...batchesIn(stored)], { most, headers })) all.push(some);
  return all;
}

async function read(stored: Buffer, most?: number, headers?: boolean): Promise<readonly StoredRecord[]> {
  return (await pieces(stored, most, headers)).flatMap((some) => {
    if ('problem' in some) throw some.problem;
    return some.records;
  });
}

const record = (value: string): Written => ({ key: null, value: Buffer.from(value), headers: [] });

// Characters of one byte, so that programs that are given text pack the same bytes.
const some = fc.option(fc.uint8Array({ maxLength: 20, max: 127 }).map((bytes) => Buffer.from(bytes)));
const written = fc.record({
  key: some,
  value: some,
  headers: fc.array(
    fc.tuple(
      fc.uint8Array({ maxLength: 3, max: 127 }).map((bytes) => Buffer.from(bytes)),
      some,
    ),
    { maxLength: 2 },
  ),
});

describe.each(PACKERS.filter(([name]) => name !== 'lz4' || canPack('lz4')))('packed by %s', (name, number, pack) => {
  test('all records come out as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(written, { maxLength: 30 }), async (records) => {
        const batch = await batchOf(records);
        const plain = batch.subarray(RECORDS_AT);
        // Text of the process that packs it is Latin-1 here, one byte a character.
        if (plain.some((byte) => byte > 127) && ['lz4', 'zstd'].includes(name)) return;
        const stored = repacked(batch, number, await pack(plain));
        const found = await read(stored);
        expect(found.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(records);
        expect(found.map(({ offset, time }) => [offset, time])).toEqual(records.map((_, i) => [i, 7]));
        expect((await read(stored, MOST, false)).map(({ headers }) => headers)).toEqual(records.map(() => []));
      }),
      { numRuns: name === 'lz4' ? 10 : 50 },
    );
  });

  test.skipIf(number === 0)('what is cut off or damaged is told, and the batches around it are read', async () => {
    const plain = (await batchOf(Array.from({ length: 50 }, (_, i) => record(`value ${i % 7}`)))).subarray(RECORDS_AT);
    const packed = await pack(Buffer.from(plain));
    const before = await batchOf([record('before')]);
    for (let length = 0; length < packed.length; length += 3) {
      const torn = repacked(before, number, packed.subarray(0, length), 50);
      const found = await pieces(Buffer.concat([before, torn, before]));
      const values = found.flatMap((one) => ('problem' in one ? [] : one.records.map(({ value }) => String(value))));
      expect(values[0]).toBe('before');
      expect(values.at(-1)).toBe('before');
      expect(found.flatMap((one) => ('problem' in one ? [one.problem.reason] : []))).toEqual([
        'a batch of records cannot be read',
      ]);
    }
  });

  test.skipIf(number === 0)('what unpacks to too much is told', async () => {
    const batch = await batchOf([record('a')]);
    const bomb = repacked(batch, number, await pack(Buffer.alloc(8 * MOST)), 1000);
    expect(await pieces(Buffer.concat([bomb, batch]))).toMatchObject([
      { problem: { detail: 'it unpacks to more than 1mb (`maxBatch:`); it says that it has 1000' }, next: 1000 },
      { records: [{ offset: 0 }] },
    ]);
  });
});

test('many small records of one batch come some at a time, and few of many batches together', async () => {
  const many = await batchOf(Array.from({ length: 10_000 }, () => record('')));
  const sizes = async (stored: Buffer) =>
    (await pieces(stored)).map((one) => ('records' in one ? one.records.length : 0));
  expect(await sizes(repacked(many, 1, gzipSync(many.subarray(RECORDS_AT))))).toEqual([4096, 4096, 1808]);
  const one = await batchOf([record('x')]);
  expect(await sizes(Buffer.concat(Array.from({ length: 100 }, () => one)))).toEqual([100]);
});

test('records with many headers come few at a time', async () => {
  const headers = Array.from({ length: 10_000 }, () => [Buffer.alloc(0), null] as const);
  const many = await batchOf(Array.from({ length: 5 }, () => ({ ...record(''), headers })));
  const sizes = async (wanted: boolean) =>
    (await pieces(many, MOST, wanted)).map((one) => ('records' in one ? one.records.length : 0));
  expect(await sizes(true)).toEqual([1, 1, 1, 1, 1]);
  expect(await sizes(false)).toEqual([5]);
});

test('a record with very many headers is not read', async () => {
  const headers = Array.from({ length: 20_000 }, () => [Buffer.from('h'), null] as const);
  const stored = await batchOf([{ key: null, value: Buffer.from('a'), headers }]);
  expect(await pieces(stored)).toMatchObject([{ problem: { reason: 'a batch of records cannot be read' } }]);
  expect(await read(stored, MOST, false)).toHaveLength(1);
});

test('whatever stands in a batch, something is told of it and nothing more', async () => {
  const batch = await batchOf(Array.from({ length: 5 }, (_, i) => record(`${i}`)));
  await fc.assert(
    fc.asyncProperty(fc.nat(batch.length - 13), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
      const other = Buffer.from(batch);
      // The magic and the length in front of it are read elsewhere.
      other[12 + at] = byte;
      // As one that was written so.
      for (const one of await pieces(summed(other))) {
        if ('records' in one) expect(one.records.length).toBeLessThanOrEqual(5);
        else expect(one.problem.reason).toBe('a batch of records cannot be read');
      }
    }),
  );
});

test('a batch of which a byte is another one is told by its checksum, and the batches around it are read', async () => {
  const batch = await batchOf([record('1000'), record('2000')]);
  const [before, behind] = [await batchOf([record('before')]), await batchOf([record('behind')])];
  // The offset and who leads the partition are for brokers to change.
  for (let at = CHECKSUM_AT; at < batch.length; at++) {
    const other = Buffer.from(batch);
    other[at]! ^= 1;
    const found = await pieces(Buffer.concat([before, other, behind]));
    expect(found.map((one) => ('problem' in one ? one.problem.detail : String(one.records[0]!.value)))).toEqual([
      'before',
      expect.stringMatching(/^its checksum is another one; it says that it has \d+$/),
      'behind',
    ]);
  }
});

test('a batch of a later format, or one that is too short, is none of the messages of before', async () => {
  const batch = await batchOf([record('a')]);
  const later = Buffer.from(batch);
  later.writeInt8(3, 16);
  const short = Buffer.from(batch.subarray(0, 40));
  short.writeInt32BE(40 - 12, 8);
  for (const [stored, magic] of [[later, 3] as const, [short, 2] as const]) {
    expect(await pieces(Buffer.concat([batch, stored, batch]))).toMatchObject([
      { records: [{}] },
      { problem: { detail: `it is too short, or of a later format (magic ${magic}); it says that it has 1` }, next: 1 },
      { records: [{}] },
    ]);
  }
});

/** A message as it was before batches, with a time where it is newer. */
function old(offset: number, value: Buffer, { attributes = 0, magic = 1, time = 5 } = {}): Buffer {
  const head = Buffer.alloc(18 + (magic === 1 ? 8 : 0));
  head.writeBigInt64BE(BigInt(offset), 0);
  head.writeInt8(magic, 16);
  head.writeInt8(attributes, 17);
  if (magic === 1) head.writeBigInt64BE(BigInt(time), 18);
  const rest = Buffer.alloc(8);
  rest.writeInt32BE(-1, 0);
  rest.writeInt32BE(value.length, 4);
  const message = Buffer.concat([head, rest, value]);
  message.writeInt32BE(message.length - 12, 8);
  return message;
}

test('messages of before Kafka 0.11 are read, packed or not', async () => {
  const told = async (stored: Buffer) =>
    (await read(stored)).map(({ offset, time, value }) => [offset, time, String(value)]);
  expect(await told(old(3, Buffer.from('a'), { magic: 0 }))).toEqual([[3, -1, 'a']]);
  const newer = Buffer.concat([old(0, Buffer.from('a')), old(1, Buffer.from('b'), { time: 6 })]);
  expect(await told(old(42, gzipSync(newer), { attributes: 1, time: 9 }))).toEqual([
    [41, 5, 'a'],
    [42, 6, 'b'],
  ]);
  expect(await told(old(42, gzipSync(newer), { attributes: 1 + 8, time: 9 }))).toEqual([
    [41, 9, 'a'],
    [42, 9, 'b'],
  ]);
  const older = Buffer.concat([old(41, Buffer.from('a'), { magic: 0 }), old(42, Buffer.from('b'), { magic: 0 })]);
  expect(await told(old(42, Buffer.from(snappyCompress(older)), { attributes: 2, magic: 0 }))).toEqual([
    [41, -1, 'a'],
    [42, -1, 'b'],
  ]);
  expect(await pieces(old(42, gzipSync(Buffer.alloc(8 * MOST)), { attributes: 1 }))).toMatchObject([{ next: 43 }]);
});
