/** What is read of a fetch, by bytes as brokers store them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Broker, Client } from '../../../src/flow/kafka/driver.ts';
import { committed, fetchFrom } from '../../../src/flow/kafka/fetch.ts';
import { recordBatch } from '../../../src/flow/kafka/record-batch.ts';
import { batchesIn, type StoredBatch } from '../../../src/flow/kafka/record-set.ts';
import { recordsIn, type StoredRecord } from '../../../src/flow/kafka/stored-records.ts';
import { topicIds } from '../../../src/flow/kafka/topic-ids.ts';
import { Writer } from '../../../src/flow/kafka/wire.ts';
import { summed } from '../../support/kafka-batches.ts';

const SEQUENCE = { producer: '7', epoch: 0, first: 0 };

/** The records of batches, of which none is damaged. */
async function read(batches: readonly StoredBatch[]): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const some of recordsIn(batches, { most: 1e6, headers: true })) {
    if ('problem' in some) throw some.problem;
    records.push(...some.records);
  }
  return records;
}

/** A batch of so many records from an offset on, all or none of which are left. */
async function stored(base: number, count: number, isCompacted = false): Promise<Buffer> {
  const records = Array.from({ length: count }, (_, i) => ({
    key: null,
    value: Buffer.from(String(base + i)),
    headers: [],
  }));
  const batch = await recordBatch(records, SEQUENCE, 0, 'none');
  batch.writeBigInt64BE(BigInt(base), 0);
  if (!isCompacted) return batch;
  const header = Buffer.from(batch.subarray(0, 61));
  header.writeInt32BE(61 - 12, 8);
  header.writeInt32BE(0, 57);
  return summed(header);
}

test('a batch without records says where the next one begins', async () => {
  const bytes = Buffer.concat([await stored(5, 3), await stored(8, 4, true), await stored(20, 2, true)]);
  expect([...batchesIn(bytes)].map(({ next }) => next)).toEqual([8, 12, 22]);
  const [, empty] = batchesIn(bytes);
  expect(await read([empty!])).toEqual([]);
});

test('a batch that was cut off is left out, wherever it was', async () => {
  const bytes = Buffer.concat([await stored(0, 2), await stored(2, 1)]);
  const [first] = batchesIn(bytes);
  for (let length = 0; length < bytes.length; length++) {
    const whole = [...batchesIn(bytes.subarray(0, length))];
    expect(whole.map(({ next }) => next)).toEqual(length < first!.bytes.length ? [] : [2]);
  }
});

test('a message as it was before batches has an offset of its own', async () => {
  // Magic 1: checksum, magic, attributes, time, key, value.
  const message = Buffer.alloc(12 + 4 + 1 + 1 + 8 + 4 + 4 + 1);
  message.writeBigInt64BE(41n, 0);
  message.writeInt32BE(message.length - 12, 8);
  message.writeInt8(1, 16);
  message.writeInt32BE(-1, 26);
  message.writeInt32BE(1, 30);
  message.write('v', 34);
  const bytes = Buffer.concat([message, await stored(42, 1)]);
  const batches = [...batchesIn(bytes)];
  expect(batches.map(({ next }) => next)).toEqual([42, 43]);
  expect((await read(batches)).map(({ offset, value }) => [offset, String(value)])).toEqual([
    [41, 'v'],
    [42, '42'],
  ]);
});

/** A record of a producer in a transaction, or the mark of the end of one. */
async function inTransaction(offset: number, producer: number, step: string): Promise<Buffer> {
  const key = step === 'write' ? null : Buffer.from([0, 0, 0, step === 'commit' ? 1 : 0]);
  const sequence = { ...SEQUENCE, producer: String(producer) };
  const batch = await recordBatch([{ key, value: Buffer.from('x'), headers: [] }], sequence, 0, 'none');
  batch.writeBigInt64BE(BigInt(offset), 0);
  if (step === 'write') return batch;
  batch.writeInt16BE(batch.readInt16BE(21) | 32, 21);
  return summed(batch);
}

test('of transactions side by side those that were committed are left, from any offset on', async () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('write', 'commit', 'abort')));
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(20), async (some, from) => {
      const messages: Buffer[] = [];
      const open = new Map<number, number[]>();
      const aborted: { producer: number; first: number }[] = [];
      const kept = new Set<number>();
      for (const [producer, step] of some) {
        const own = open.get(producer);
        if (step !== 'write' && own === undefined) continue;
        const at = messages.length;
        messages.push(await inTransaction(at, producer, step));
        if (step === 'write') open.set(producer, [...(own ?? []), at]);
        else open.delete(producer);
        // A broker tells them in the order in which they ended.
        if (step === 'abort' && at >= from) aborted.push({ producer, first: own![0]! });
        if (step === 'commit') for (const offset of own!) kept.add(offset);
      }
      // What is not decided is not given.
      const first = Math.min(messages.length, ...[...open.values()].map(([offset]) => offset!));
      const batches = [...batchesIn(Buffer.concat(messages.slice(from, first)))];
      const given = committed(batches, aborted).map(({ next }) => next - 1);
      expect(given).toEqual([...kept].filter((offset) => offset >= from && offset < first).toSorted((a, b) => a - b));
    }),
  );
});

test('a damaged batch that looks like the mark of a transaction is told of', async () => {
  const changed = async (change: (batch: Buffer) => void) => {
    const batch = await stored(0, 1);
    change(batch);
    return batch;
  };
  const damaged = [
    await changed((batch) => batch.writeInt16BE(batch.readInt16BE(21) | 32, 21)),
    // Of a key that ends behind the batch.
    await changed((batch) => batch.writeInt16BE(batch.readInt16BE(21) | 32, 21) && batch.fill(0x7f, 61)),
  ];
  for (const one of damaged) {
    const batches = committed([...batchesIn(Buffer.concat([one, await stored(1, 1)]))], []);
    const found: string[] = [];
    for await (const some of recordsIn(batches, { most: 1e6, headers: true })) {
      found.push('problem' in some ? some.problem.detail! : String(some.records[0]!.value));
    }
    expect(found).toEqual([expect.stringContaining('its checksum is another one'), '1']);
  }
});

test('what a damaged batch says of where the next one begins leads nowhere behind that, nor behind the end', async () => {
  const damaged = await stored(0, 3);
  damaged.writeInt32BE(1_000_000, 23);
  const nexts = (bytes: Buffer, high: number) => [...batchesIn(bytes, high)].map(({ next }) => next);
  expect(nexts(Buffer.concat([damaged, await stored(3, 1)]), 9)).toEqual([3, 4]);
  // The next one was cut off by a bound, behind its offset.
  expect(nexts(Buffer.concat([damaged, (await stored(3, 1)).subarray(0, 20)]), 9)).toEqual([3]);
  expect(nexts(damaged, 9)).toEqual([9]);
});

const ID = '0123456789abcdef0123456789abcdef';

/** A broker that knows these versions and gives this answer to everything. @param asked told the version and body of each request. */
function brokerOf(
  versions: Broker['versions'],
  answer: Buffer,
  asked: (version: number, body: Buffer) => void,
): Broker {
  const connectionPool: Broker['connectionPool'] = {
    async send({ request, response }) {
      asked(request.apiVersion, (await request.encode()).buf);
      return response.parse(await response.decode(answer));
    },
  };
  return { versions, connectionPool } as Broker;
}

test('a topic is asked for by its id, where the broker knows that and it is known', async () => {
  const records = await stored(5, 3);
  const one = (errorCode: number) =>
    new Writer()
      .noTags()
      .int32(0)
      .int16(0)
      .int32(0)
      .count(1)
      .raw(Buffer.from(ID, 'hex'))
      .count(1)
      .int32(2)
      .int16(errorCode);
  const rest = (writer: Writer) =>
    writer.int64(8).int64(8).int64(0).count(0).int32(-1).count(records.length).raw(records);
  const answer = (errorCode: number) => rest(one(errorCode)).noTags().noTags().noTags().bytes;
  const fetched = async (maxVersion: number, id: string | undefined, errorCode = 0) => {
    const versions: number[] = [];
    const broker = brokerOf({ 1: { maxVersion } }, answer(errorCode), (version, body) => {
      versions.push(version);
      expect(body.includes(Buffer.from(ID, 'hex'))).toBe(version === 13);
    });
    const client = { cluster: { findBroker: async () => broker } } as unknown as Client;
    const found = await fetchFrom(client, 1, [{ topic: 'a', id, number: 2, offset: 5 }]).catch(
      (error: unknown) => error,
    );
    return { versions, found };
  };
  expect(await fetched(17, ID)).toMatchObject({
    versions: [13],
    found: [{ topic: 'a', number: 2, high: 8, size: records.length, next: 8, batches: [{ next: 8 }] }],
  });
  expect(await fetched(17, ID, 100)).toMatchObject({ found: { type: 'UNKNOWN_TOPIC_ID', retriable: true } });
  expect((await fetched(17, undefined)).versions).toEqual([10]);
  expect((await fetched(11, ID)).versions).toEqual([10]);
});

test('ids of topics are those that brokers tell, and none of brokers that have none', async () => {
  const ids = [ID, '0'.repeat(32)];
  const answer = new Writer().noTags().int32(0).count(1).int32(1).compactText('host').int32(9092).count(-1).noTags();
  answer.compactText('cluster').int32(1).count(2);
  for (const [i, id] of ids.entries()) {
    answer.int16(0).compactText(`topic ${i}`).raw(Buffer.from(id, 'hex')).int8(0).count(1);
    answer.int16(0).int32(0).int32(1).int32(4).count(1).int32(1).count(1).int32(1).count(0).noTags().int32(0).noTags();
  }
  answer.int32(0).noTags();
  const broker = (maxVersion: number) => brokerOf({ 3: { maxVersion } }, answer.bytes, () => {});
  expect(await topicIds(broker(12), ['topic 0', 'topic 1'])).toEqual(new Map([['topic 0', ID]]));
  expect(await topicIds(broker(9), ['topic 0'])).toEqual(new Map());
});
