/** How far a partition is read, and what is told of batches that reach beyond that. */
import { expect, test } from 'vitest';
import type { Split } from '../../../src/flow/define/position.ts';
import { Partition } from '../../../src/flow/kafka/partition.ts';
import { recordBatch } from '../../../src/flow/kafka/record-batch.ts';
import { batchesIn } from '../../../src/flow/kafka/record-set.ts';
import { TestRun } from '../../support/source.ts';

/** A batch of so many records from an offset on; one that is damaged says so too. */
async function stored(base: number, count: number, isDamaged = false): Promise<Buffer> {
  const records = Array.from({ length: count }, (_, i) => ({
    key: null,
    value: Buffer.from(`${base + i}`),
    headers: [],
  }));
  const batch = await recordBatch(records, { producer: '7', epoch: 0, first: 0 }, 0, 'none');
  batch.writeBigInt64BE(BigInt(base), 0);
  // A packing that nobody knows.
  if (isDamaged) batch.writeInt16BE(batch.readInt16BE(21) | 7, 21);
  return batch;
}

interface Limits {
  readonly from?: number;
  readonly end?: number;
  /** Others read the rest. */
  readonly isShared?: boolean;
}

/** What comes of stored batches, and the offset of the position then. */
async function taken(bytes: Buffer, { from = 0, end = Number.POSITIVE_INFINITY, isShared = false }: Limits) {
  const run = new TestRun();
  const how = { tag: false, maxBatch: 1e6, ...(isShared ? { ends: new Map() } : {}) };
  const partition = new Partition('t', 0, from, end, how, run);
  // A broker begins with the batch that has the offset in it.
  const batches = [...batchesIn(bytes)].filter(({ next }) => next > from);
  await partition.take({ topic: 't', number: 0, high: 1e6, size: bytes.length, next: batches.at(-1)!.next, batches });
  const position = run.position as readonly Split[] | undefined;
  const at = position?.find(({ key }) => key === Partition.keyOf('t', 0))?.at;
  return {
    records: run.records,
    offset: partition.offset,
    at: at === undefined ? undefined : Partition.at({ key: '', at }).offset,
  };
}

const BAD = 'bad: a batch of records cannot be read';

test('what has come behind the end is there for who goes on', async () => {
  const bytes = Buffer.concat([await stored(0, 3), await stored(3, 2)]);
  expect(await taken(bytes, { end: 3 })).toEqual({ records: ['0', '1', '2'], offset: 3, at: 3 });
  expect(await taken(bytes, { end: 4 })).toEqual({ records: ['0', '1', '2', '3'], offset: 4, at: 4 });
  expect(await taken(bytes, { end: 2 })).toEqual({ records: ['0', '1'], offset: 2, at: 2 });
  expect(await taken(bytes, {})).toMatchObject({ offset: 5, at: 5 });
});

test('of a damaged batch behind the end nothing is told', async () => {
  const bytes = Buffer.concat([await stored(0, 3), await stored(3, 2, true)]);
  expect(await taken(bytes, { end: 3 })).toEqual({ records: ['0', '1', '2'], offset: 3, at: 3 });
  expect(await taken(bytes, { end: 4 })).toEqual({ records: ['0', '1', '2', BAD], offset: 4, at: 4 });
  expect(await taken(bytes, {})).toEqual({ records: ['0', '1', '2', BAD], offset: 5, at: 5 });
});

test('a damaged batch that several read a part of is told once', async () => {
  const bytes = Buffer.concat([await stored(0, 3), await stored(3, 4, true), await stored(7, 2)]);
  for (const cut of [1, 3, 4, 5, 6, 7, 8]) {
    const first = await taken(bytes, { end: cut, isShared: true });
    const then = await taken(bytes, { from: cut, end: 9, isShared: true });
    expect([...first.records, ...then.records]).toEqual(['0', '1', '2', BAD, '7', '8']);
    expect([first.offset, then.offset]).toEqual([cut, 9]);
  }
});

test('a broker that gives nothing that could be gone on with is not asked for ever without a word', async () => {
  const run = new TestRun();
  const partition = new Partition('t', 0, 7, Number.POSITIVE_INFINITY, { tag: false, maxBatch: 1e6 }, run);
  const old = await stored(0, 3);
  const answers = { topic: 't', number: 0, high: 1e6, size: old.length };
  const torn = { ...answers, next: undefined, batches: [] };
  const read = { ...answers, next: 3, batches: [...batchesIn(old)] };
  const tries = async () => {
    for (let i = 1; ; i++) {
      const error: unknown = await partition.take(i % 2 === 0 ? torn : read).catch((why: unknown) => why);
      if (error !== undefined) return [i, error];
    }
  };
  const failure = { message: 'the broker gives no whole batch of t[0] from offset 7 on', retriable: true };
  expect(await tries()).toMatchObject([100, failure]);
  // Who has asked so often is told with the next answer, until something comes.
  expect(await tries()).toMatchObject([1, failure]);
  expect(partition.isVain).toBe(true);
  await partition.take({ ...answers, next: 9, batches: [...batchesIn(await stored(7, 2))] });
  expect([partition.isVain, partition.offset, run.records]).toEqual([false, 9, ['7', '8']]);
  // Nothing is what a broker says where nothing has come.
  for (let i = 0; i < 200; i++) await partition.take({ ...torn, size: 0 });
  expect(partition.isVain).toBe(false);
});
