/** The source `kafka` against a real broker. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Position } from '../../../src/flow/define/position.ts';
import { Pattern } from '../../../src/flow/pattern/pattern.ts';
import { kafka } from '../../../src/flow/sources/kafka.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat } from '../../cli/harness.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { seedOfTest } from '../../support/effort.ts';
import { openSource, TestRun } from '../../support/source.ts';
import { hasKafka, KafkaServer } from './kafka.ts';

let server: KafkaServer;
let producer: Producer;
let last = 0;

/** A topic of its own for each test. */
async function newTopic(partitions = 1): Promise<string> {
  const topic = `topic-${++last}`;
  await server.createTopic(topic, partitions);
  return topic;
}

const read = async (args: object, from?: Position, run = new TestRun({ ...(from && { from }) })) => {
  await openSource(kafka, { brokers: server.address, from: 'start', until: 'end', ...args }, run, from).run();
  return run;
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!hasKafka)('a topic', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    server = await KafkaServer.prepare(join(mkdtempSync(join(tmpdir(), 'leat-')), 'kafka'));
    await server.start();
    producer = server.client().producer({
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    });
    await producer.connect();
  }, 300_000);
  afterAll(async () => {
    await producer?.disconnect();
    await server?.stop();
    server?.remove();
  });

  const send = (topic: string, ...messages: Parameters<Producer['send']>[0]['messages']) =>
    producer.send({ topic, messages });

  test('gives each record, whatever is in it', async () => {
    const topic = await newTopic();
    const values = ['a', 'two\nlines', '', 'é', 'cr\r', null, '{"a":1}'];
    await send(topic, ...values.map((value) => ({ value })));
    const { records, notes } = await read({ topic });
    expect(records).toEqual(['a', 'two\nlines', '', 'é', 'cr\r', '{"a":1}']);
    expect(notes).toContain('records without a value are left out; `tag: true` gives them');
  });

  test('tells of each what the broker knows', async () => {
    const topic = await newTopic(2);
    await send(topic, {
      key: 'k',
      value: 'v',
      timestamp: '1700000000123',
      headers: { h: ['1', '2'], 7: 'x', constructor: 'y', valueOf: ['z', 'z'] },
      partition: 1,
    });
    await send(topic, { value: null, timestamp: '1700000000124' }, { value: Buffer.from([0xff]) });
    const { records } = await read({ topic, tag: true });
    expect(records).toHaveLength(3);
    expect(records).toContain('bad: not valid UTF-8');
    expect(records).toContainEqual(expect.objectContaining({ partition: 0, key: null, headers: {}, line: null }));
    expect(records.find((record) => (record as { partition: number }).partition === 1)).toMatchObject({
      source: `${topic}[1]`,
      topic,
      offset: 0,
      key: 'k',
      time: 1700000000123,
      headers: { h: ['1', '2'], constructor: 'y', valueOf: ['z', 'z'] },
      line: 'v',
    });
  });

  test('begins at its start, its end or a time, and ends there', async () => {
    const topic = await newTopic();
    for (let i = 0; i < 4; i++) await send(topic, { value: `${i}`, timestamp: `${1700000000000 + 1000 * i}` });
    const at = (second: number) => new Date(1700000000000 + 1000 * second).toISOString();
    expect((await read({ topic, from: at(1), until: at(3) })).records).toEqual(['1', '2']);
    expect((await read({ topic, from: at(9) })).records).toEqual([]);
    expect((await read({ topic, from: 'end' })).records).toEqual([]);
  });

  test('goes on behind any chunk', async () => {
    const topic = await newTopic(3);
    const messages = Array.from({ length: 90 }, (_, i) => ({
      value: i % 11 === 0 ? `${i}\n` : `${i}`,
      partition: i % 3,
    }));
    for (let i = 0; i < 90; i += 10) await send(topic, ...messages.slice(i, i + 10));
    const whole = await read({ topic });
    const byOrigin = ({ numbered }: TestRun, origin: string) => numbered.filter(([name]) => name === origin);
    expect(whole.numbered).toHaveLength(90);
    for (const cut of whole.cuts) {
      const position = JSON.parse(cut.position!) as Position;
      // Before it has been told which partitions there are, all is to come.
      const rest = await read({ topic }, position);
      for (const origin of [0, 1, 2].map((i) => `${topic}[${i}]`)) {
        const before = whole.numbered.slice(0, cut.count).filter(([name]) => name === origin);
        expect([...before, ...byOrigin(rest, origin)]).toEqual(byOrigin(whole, origin));
      }
    }
  });

  test('gives nothing that was taken back, nor what is not decided', async () => {
    const topic = await newTopic();
    const one = server.client().producer({ transactionalId: `${topic}-1`, maxInFlightRequests: 1, idempotent: true });
    await one.connect();
    for (const [value, isKept] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ] as const) {
      const transaction = await one.transaction();
      await transaction.send({ topic, messages: [{ value: `${value}1` }, { value: `${value}2` }] });
      await (isKept ? transaction.commit() : transaction.abort());
    }
    const open = await one.transaction();
    await open.send({ topic, messages: [{ value: 'e1' }] });
    expect((await read({ topic })).records).toEqual(['a1', 'a2', 'c1', 'c2']);
    await open.commit();
    await one.disconnect();
    expect((await read({ topic })).records).toEqual(['a1', 'a2', 'c1', 'c2', 'e1']);
  });

  test('gives nothing of transactions that were taken back side by side', async () => {
    const topic = await newTopic();
    const [one, other] = [1, 2].map((n) =>
      server.client().producer({ transactionalId: `${topic}-${n}`, maxInFlightRequests: 1, idempotent: true }),
    ) as [Producer, Producer];
    await Promise.all([one.connect(), other.connect()]);
    const [first, second] = [await one.transaction(), await other.transaction()];
    await first.send({ topic, messages: [{ value: 'a' }] });
    await second.send({ topic, messages: [{ value: 'b' }] });
    await first.send({ topic, messages: [{ value: 'c' }] });
    await second.send({ topic, messages: [{ value: 'd' }] });
    await second.abort();
    await first.send({ topic, messages: [{ value: 'e' }] });
    await first.abort();
    await Promise.all([one.disconnect(), other.disconnect()]);
    await send(topic, { value: 'f' });
    expect((await read({ topic })).records).toEqual(['f']);
    const { position } = (await read({ topic })).cuts.at(1)!;
    for (const offset of [1, 2, 3, 4, 5, 6]) {
      const from = JSON.parse(position!.replaceAll(/"offset":\d+/g, `"offset":${offset}`)) as Position;
      expect((await read({ topic }, from)).records).toEqual(['f']);
    }
  });

  test('goes on behind what was compacted away', async () => {
    const topic = `topic-${++last}`;
    await server.createTopic(topic, 1, {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'segment.bytes': String(1024 * 1024),
      'min.cleanable.dirty.ratio': '0.001',
    });
    // What is left of the last batch of a producer is its header: two of such a size stay in segments of their own.
    const large = Buffer.alloc(600_000, 'x').toString();
    for (const [key, value] of [
      ['k', `1${large}`],
      ['k', `2${large}`],
      ['l', '3'],
    ] as const) {
      const one = server.client().producer({ idempotent: true, maxInFlightRequests: 1 });
      await one.connect();
      await one.send({ topic, messages: [{ key, value }] });
      await one.disconnect();
      await pause(200);
    }
    while (server.firstSegment(topic, 0).length > 1000) await pause(100);
    expect(server.firstSegment(topic, 0).readInt32BE(57)).toBe(0);
    expect((await read({ topic })).records).toEqual([`2${large}`, '3']);
    const run = new TestRun();
    const reading = openSource(kafka, { brokers: server.address, topic, from: 'start' }, run).run();
    await run.until(() => run.records.length === 2);
    run.abort();
    await reading;
  });

  test('is unpacked, however it is packed', async () => {
    const topic = await newTopic();
    await server.produceBy(topic, 500, 'none', 'gzip', 'snappy', 'lz4', 'zstd');
    const { records } = await read({ topic });
    const expected = ['none', 'gzip', 'snappy', 'lz4', 'zstd'].flatMap((packing) =>
      Array.from({ length: 500 }, (_, n) => JSON.stringify({ packing, n, path: `/some/path/${n % 10}` })),
    );
    expect(records).toEqual(expected);
  });

  test('says what the broker has deleted, and that a topic was made anew', async () => {
    const topic = await newTopic();
    for (let i = 0; i < 5; i++) await send(topic, { value: `${i}` });
    const { position } = (await read({ topic })).cuts.at(1)!;
    const behindFirst = JSON.parse(position!.replaceAll(/"offset":\d+/g, '"offset":1')) as Position;
    await server.withAdmin(async (admin) => {
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
    });
    const rest = await read({ topic }, behindFirst);
    expect(rest.records).toEqual(['3', '4']);
    expect(rest.notes).toContain(
      `lost: 2 records of ${topic}[0] from offset 1 on, which the broker has deleted; reading on at 3`,
    );
    const beyond = JSON.parse(position!.replaceAll(/"offset":\d+/g, '"offset":99')) as Position;
    const anew = await read({ topic }, beyond);
    expect(anew.records).toEqual(['3', '4']);
    expect(anew.notes).toContain(
      `${topic}[0] ends at offset 5, before 99: it was made anew, and is read from its start`,
    );
  });

  test('that was made anew is read from its start, also where it has grown beyond what was read', async () => {
    const topic = await newTopic();
    const values = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({ value: `${name} ${i}` }));
    // What is sent again where an answer is late is there once.
    const write = async (...messages: Parameters<Producer['send']>[0]['messages']) => {
      const other = server.client().producer({ idempotent: true, maxInFlightRequests: 1 });
      await other.connect();
      await other.send({ topic, messages });
      await other.disconnect();
    };
    await write(...values('first', 3));
    const run = new TestRun();
    const reading = openSource(kafka, { brokers: server.address, topic, from: 'start' }, run).run();
    await run.until(() => run.records.length === 3);
    const position = JSON.parse(run.cuts.at(-1)!.position!) as Position;
    const anew = async (name: string) => {
      await server.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
      // A topic of the name may be going still, and is not made then.
      const topics = [{ topic, numPartitions: 1 }];
      while (!(await server.withAdmin((admin) => admin.createTopics({ topics, waitForLeaders: false }))))
        await pause(50);
      await write(...values(name, 5));
    };
    await anew('second');
    await run.until(() => run.records.length === 8);
    run.abort();
    await reading;
    const expected = values('second', 5).map(({ value }) => value);
    expect(run.records.slice(3)).toEqual(expected);
    expect(run.notes).toContain(
      `${topic}[0] was read up to offset 3: its topic was made anew, and is read from its start`,
    );
    const later = await read({ topic }, position);
    expect(later.records).toEqual(expected);
    expect(later.notes).toContain(
      `${topic}[0] was read up to offset 3: its topic was made anew, and is read from its start`,
    );
  });

  test('that is not there is waited for; partitions that come are read from their start', async () => {
    const topic = `topic-${++last}`;
    const run = new TestRun();
    const reading = openSource(kafka, { brokers: server.address, topic }, run).run();
    await run.until(() => run.notes.some((note) => note.includes('does not exist yet')));
    await server.createTopic(topic, 1);
    await run.until(() => run.notes.some((note) => note.startsWith('reading')));
    await send(topic, { value: 'a' });
    await run.until(() => run.records.length === 1);
    run.abort();
    await reading;
    expect(run.records).toEqual(['a']);
    await expect(read({ topic: 'no-topic', wait: false })).rejects.toThrow('there is no topic no-topic');
  });

  test('partitions that come while nobody reads are read from their start by a run that goes on', async () => {
    const topic = await newTopic();
    const first = await read({ topic, from: 'end' });
    await server.withAdmin(async (admin) => {
      await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
      while ((await admin.fetchTopicOffsets(topic).catch(() => [])).length < 2) await pause(20);
    });
    // A producer that has known it for less time than its metadata last has not heard of the second one.
    const other = server.client().producer({ createPartitioner: () => () => 1 });
    await other.connect();
    await other.send({ topic, messages: [{ value: 'a' }] });
    await other.disconnect();
    const later = await read({ topic, from: 'end' }, first.position);
    expect(later.numbered).toEqual([[`${topic}[1]`, 1, 'a']]);
  });

  test('a group is told how far was read, and is gone on from', async () => {
    const topic = await newTopic();
    for (let i = 0; i < 3; i++) await send(topic, { value: `${i}` });
    expect((await read({ topic, group: topic })).records).toEqual(['0', '1', '2']);
    const [committed] = await server.withAdmin((admin) => admin.fetchOffsets({ groupId: topic, topics: [topic] }));
    expect(committed!.partitions).toMatchObject([{ partition: 0, offset: '3' }]);
    await send(topic, { value: '3' });
    expect((await read({ topic, group: topic })).records).toEqual(['3']);
  });

  test('a group is told of all partitions, and waits for what is kept without reading less', async () => {
    const topic = await newTopic(3);
    const write = (value: string) => send(topic, ...[0, 1, 2].map((partition) => ({ value, partition })));
    await write('a');
    let keep = () => {};
    const kept = new Promise<void>((resolve) => {
      keep = resolve;
    });
    const run = Object.assign(new TestRun(), { kept: () => (run.records.length > 0 ? kept : Promise.resolve()) });
    const reading = openSource(kafka, { brokers: server.address, topic, from: 'start', group: topic }, run).run();
    await run.until(() => run.records.length === 3);
    await write('b');
    await run.until(() => run.records.length === 6);
    const told = async () => {
      const [of] = await server.withAdmin((admin) => admin.fetchOffsets({ groupId: topic, topics: [topic] }));
      return of!.partitions.map(({ offset }) => offset);
    };
    expect(await told()).toEqual(['-1', '-1', '-1']);
    keep();
    run.abort();
    await reading;
    expect(await told()).toEqual(['2', '2', '2']);
  });

  test('a broker that does not answer holds up no end', async () => {
    const topic = await newTopic();
    await send(topic, { value: 'a' });
    for (const group of [undefined, topic]) {
      const run = new TestRun();
      const reading = openSource(kafka, { brokers: server.address, topic, from: 'start', group }, run).run();
      await run.until(() => run.records.length === 1);
      server.freeze(true);
      const connecting = new TestRun();
      const waiting = openSource(kafka, { brokers: server.address, topic }, connecting).run();
      await pause(200);
      const since = Date.now();
      run.abort();
      connecting.abort();
      await Promise.all([reading, waiting]);
      server.freeze(false);
      // It takes 2 s where a group is to be told; a request has 30 s, and is tried again.
      expect(Date.now() - since).toBeLessThan(15_000);
    }
  });

  test('a topic that is gone does not hold up the others', async () => {
    const [gone, other] = [await newTopic(), await newTopic()];
    const run = new TestRun();
    const topic = new Pattern(`^(${gone}|${other})$`, '');
    const reading = openSource(kafka, { brokers: server.address, topic, from: 'start' }, run).run();
    await run.until(() => run.notes.some((note) => note.startsWith('reading')));
    await server.withAdmin((admin) => admin.deleteTopics({ topics: [gone] }));
    await run.until(() => run.notes.includes(`${gone} is gone; it is read on when it is there again`));
    await send(other, { value: 'a' });
    await run.until(() => run.records.length === 1);
    await server.createTopic(gone, 1);
    await send(gone, { value: 'b' });
    await run.until(() => run.records.length === 2);
    run.abort();
    await reading;
    expect(run.records).toEqual(['a', 'b']);
  });

  test('each record is there once, however often leat and the broker are killed', async () => {
    const topic = await newTopic(3);
    const folder = temporaryDirectory();
    const random = new Random(seedOfTest);
    const program = `kafka("${server.address}", "${topic}", from: "start") | append("out.log")`;
    const args = ['--checkpoint', 'state', '--batch', '100ms', program];
    let sent = 0;
    const write = async (count: number) => {
      const messages = Array.from({ length: count }, (_, i) => ({
        value: `line ${sent + i}`,
        partition: (sent + i) % 3,
      }));
      sent += count;
      await send(topic, ...messages);
    };
    for (let life = 0; life < 25; life++) {
      const leat = new Leat(args, folder);
      for (let i = 0; i < 3; i++) await write(random.whole(1, 300));
      if (random.chance(0.8)) await leat.noted(/reading topic-/);
      await pause(random.whole(0, 400));
      if (life % 5 === 4) {
        await server.stop('SIGKILL');
        await pause(random.whole(0, 300));
        await server.start();
        await write(random.whole(1, 300));
        await pause(random.whole(0, 2000));
      }
      leat.child.kill('SIGKILL');
      await leat.ended;
    }
    const { numbered } = await read({ topic });
    const leat = new Leat(args, folder);
    const lines = () =>
      existsSync(join(folder, 'out.log')) ? readFileSync(join(folder, 'out.log'), 'utf8').split('\n') : [];
    for (let tries = 0; tries < 2000 && lines().length <= numbered.length; tries++) await pause(50);
    leat.child.kill('SIGTERM');
    await leat.ended;
    // The topic holds all that was sent, of which some was sent again after a connection broke; the output has what it holds, in the order of each partition.
    const held = (partition: number) =>
      numbered.filter(([origin]) => origin === `${topic}[${partition}]`).map(([, , record]) => record);
    const written = lines().slice(0, -1);
    const numberOf = (line: unknown) => Number(String(line).slice(5));
    const numbers = new Set(numbered.map(([, , record]) => numberOf(record)));
    expect([...numbers].toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i));
    for (const partition of [0, 1, 2]) {
      expect(written.filter((line) => numberOf(line) % 3 === partition)).toEqual(held(partition));
    }
    expect(written).toHaveLength(numbered.length);
  }, 900_000);
});
