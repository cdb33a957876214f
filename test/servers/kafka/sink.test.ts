/** The sink `kafka` against a real broker. */
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { SinkContext } from '../../../src/flow/define/context.ts';
import type { SinkStart } from '../../../src/flow/define/sink.ts';
import { murmur2 } from '../../../src/flow/kafka/partitioner.ts';
import { kafka as kafkaSink } from '../../../src/flow/sinks/kafka.ts';
import { kafka } from '../../../src/flow/sources/kafka.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat } from '../../cli/harness.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { seedOfTest } from '../../support/effort.ts';
import { openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun } from '../../support/source.ts';
import { hasKafka, KafkaServer } from './kafka.ts';

let server: KafkaServer;
let last = 0;

async function newTopic(partitions = 1): Promise<string> {
  const topic = `out-${++last}`;
  await server.createTopic(topic, partitions);
  return topic;
}

/** What of a topic is committed. */
async function read(topic: string, args: object = {}): Promise<readonly Value[]> {
  const run = new TestRun();
  await openSource(kafka, { brokers: server.address, topic, from: 'start', until: 'end', ...args }, run).run();
  return run.records;
}

function open(topic: string, args: object = {}, changes: Partial<SinkContext> = {}, from?: SinkStart) {
  const { context, reports } = sinkContext(changes);
  const sink = openSink(kafkaSink, { brokers: server.address, topic, ...args }, context, from);
  return { sink, reports };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const span = (n: number) => ({ start: n * 1000, end: (n + 1) * 1000, time: (n + 1) * 1000, partial: false });
const field = (name: string) => opaque((record) => (record as { [name: string]: Value })[name] ?? null);
const kept = { intents: { write: async () => {} } };

describe.skipIf(!hasKafka)('a topic', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    server = await KafkaServer.prepare(join(mkdtempSync(join(tmpdir(), 'leat-')), 'kafka'));
    await server.start();
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
    server?.remove();
  });

  test('has each record in order, whatever is in it', async () => {
    for (const compression of ['gzip', 'none']) {
      const topic = await newTopic();
      const { sink, reports } = open(topic, { compression });
      await runBatches(sink, [['a', 'é', '', 'two\nlines'], [], [{ a: [1, null] }, 7]]);
      expect(reports.failures).toEqual([]);
      const lines = (await read(topic, { tag: true })).map((record) => (record as { line: string }).line);
      expect(lines).toEqual(['a', 'é', '', 'two\nlines', '{"a":[1,null]}', '7']);
    }
  });

  test('has the keys, values and headers that are wanted, in the partitions of the keys', async () => {
    const topic = await newTopic(5);
    const { sink, reports } = open(topic, { key: field('id'), value: field('text'), headers: field('of') });
    const ids = Array.from({ length: 40 }, (_, i) => i);
    const records = ids.map((id) => ({ id, text: id === 3 ? null : `of ${id}`, of: { host: 'h', n: [1, 'two'] } }));
    await runBatches(sink, [[...records, { id: 99, text: 'x', of: 'no object' }]]);
    expect(reports.bads.map(({ problem }) => problem.reason)).toEqual(['headers that are no object']);
    const found = (await read(topic, { tag: true })) as readonly {
      readonly key: string;
      readonly partition: number;
      readonly line: string | null;
      readonly headers: object;
    }[];
    expect(found).toHaveLength(40);
    for (const { key, partition, line, headers } of found) {
      expect(partition).toBe((murmur2(Buffer.from(key)) & 0x7fffffff) % 5);
      expect(line).toBe(key === '3' ? null : `of ${key}`);
      expect(headers).toEqual({ host: 'h', n: ['1', 'two'] });
    }
  });

  test('that is not there is made', async () => {
    const topic = `made-${++last}`;
    const { sink, reports } = open(topic);
    await runBatches(sink, [['a']]);
    expect(reports).toMatchObject({ failures: [], notes: [] });
    expect(await read(topic)).toEqual(['a']);
  });

  test('takes what is large in parts, and what is too large is bad', async () => {
    const topic = await newTopic();
    const { sink, reports } = open(topic, { compression: 'none' });
    const of = (sign: string, size: number) => sign.repeat(size);
    const large = Array.from({ length: 9 }, (_, i) => of(`${i}`, 300_000));
    await runBatches(sink, [[...large, of('x', 1_100_000), of('y', 900_000), 'end']]);
    expect(reports.bads.map(({ problem, record }) => [problem.reason, String(record).length])).toEqual([
      ['larger than the topic takes', 1_100_000],
    ]);
    expect(await read(topic)).toEqual([...large, of('y', 900_000), 'end']);
  });

  test('goes on behind what was committed, whether that was known or not', async () => {
    const topic = await newTopic(2);
    const first = open(topic, {}, kept);
    const mark = (await first.sink.mark!())!;
    await runBatches(first.sink, [['a', 'b'], ['c']]);
    const intents = [null, null];
    const second = open(topic, {}, kept, { mark, intents });
    // All comes again, and some more.
    await runBatches(second.sink, [['a', 'b'], ['c'], ['d']]);
    expect([...first.reports.failures, ...second.reports.failures]).toEqual([]);
    expect([...(await read(topic))].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('goes on whatever empty batches there were, which do not come again', async () => {
    const topic = await newTopic();
    const first = open(topic, {}, kept);
    const mark = (await first.sink.mark!())!;
    await runBatches(first.sink, [[], [], [], ['a']]);
    const second = open(topic, {}, kept, { mark, intents: [null] });
    await runBatches(second.sink, [['a'], ['b'], ['c']]);
    expect(await read(topic)).toEqual(['a', 'b', 'c']);
  });

  test('ends a transaction that a run which is gone left open, and takes nothing of that run any more', async () => {
    const topic = await newTopic();
    const zombie = open(topic, {}, kept);
    const mark = (await zombie.sink.mark!())!;
    const { id } = mark as { id: string };
    const producer = server
      .client()
      .producer({ transactionalId: `leat-${id}`, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const left = await producer.transaction();
    await left.send({ topic, messages: [{ value: 'never committed' }] });
    const next = open(topic, {}, kept, { mark, intents: [null] });
    await runBatches(next.sink, [['a']]);
    expect(next.reports.failures).toEqual([]);
    expect(await read(topic)).toEqual(['a']);
    zombie.sink.push('z');
    zombie.sink.close(span(0));
    const failure = await zombie.reports.failed;
    expect(failure).toMatchObject({ code: 'sink-fenced', exit: 4 });
    expect(failure.message).toContain('another run that goes on from the same directory writes to it');
    await zombie.sink.finish();
    await producer.disconnect();
    expect(await read(topic)).toEqual(['a']);
  });

  test('whose place is gone is told', async () => {
    const topic = await newTopic();
    const first = open(topic, {}, kept);
    await runBatches(first.sink, [['a']]);
    const { id } = (await open(topic, {}, kept, {
      mark: { id: 'none', at: { batch: 0, records: 0 }, written: null },
      intents: [],
    }).sink.mark!()) as { id: string };
    const mark = { id, at: { batch: 3, records: 0 }, written: { batch: 3, records: 0 } };
    const { reports } = open(topic, {}, kept, { mark, intents: [null] });
    expect(await reports.failed).toMatchObject({ code: 'sink-position', exit: 4 });
  });

  test('waits for a broker that is killed, and says so once', async () => {
    const topic = await newTopic();
    const { sink, reports } = open(topic);
    sink.push('a');
    sink.close(span(0));
    await sink.mark!();
    await server.stop('SIGKILL');
    sink.push('b');
    sink.close(span(1));
    await pause(1000);
    await server.start();
    await sink.finish();
    expect(reports.failures).toEqual([]);
    expect(reports.notes.filter((note) => note.includes('trying again'))).toHaveLength(1);
    // A transaction is over when its broker has said so; that it is over is written into its partitions behind that, which takes a moment more where it has just begun.
    await expect.poll(() => read(topic), { timeout: 60_000 }).toEqual(['a', 'b']);
  });

  test('fails with the words of the server, or of the system', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as { port: number };
    nobody.close();
    const { reports } = open('x', { brokers: `127.0.0.1:${port}`, retry: 300 });
    expect(await reports.failed).toMatchObject({ code: 'sink-unreachable', exit: 4 });
    const wrong = open('x', { user: 'x', password: 'y' });
    expect(await wrong.reports.failed).toMatchObject({
      message: expect.stringContaining('Request is not valid given the current SASL state'),
      help: 'the brokers take no password at this port: leave out `user:` and `password:`, or take another port',
    });
  });

  test('is written to and read with a password, encrypted', async () => {
    const topic = await newTopic();
    const secret = { brokers: server.secure, tls: true, ca: server.file('ca.pem') };
    process.env.LEAT_TEST_SECRET = 'secret of scram';
    const logins = [
      { user: 'plain', password: 'secret of plain', sasl: 'plain' },
      { user: 'scram', password: '${LEAT_TEST_SECRET}', sasl: 'scram-sha-256' },
      { user: 'scram', password: 'secret of scram', sasl: 'scram-sha-512' },
    ];
    for (const login of logins) {
      const { sink, reports } = open(topic, { ...secret, ...login });
      await runBatches(sink, [[login.sasl]]);
      expect(reports.failures).toEqual([]);
      expect((await read(topic, { ...secret, ...login })).at(-1)).toBe(login.sasl);
    }
    delete process.env.LEAT_TEST_SECRET;
    const wrong = { ...secret, user: 'plain', password: 'of nobody' };
    expect(await open(topic, wrong).reports.failed).toMatchObject({
      code: 'sink-refused',
      exit: 4,
      message: expect.stringMatching(/authentication failed.*Invalid username or password/i),
    });
    await expect(read(topic, wrong)).rejects.toThrow(/Invalid username or password/);
    const untrusted = { brokers: server.secure, tls: true, user: 'plain', password: 'secret of plain' };
    expect(await open(topic, untrusted).reports.failed).toMatchObject({
      message: expect.stringContaining('signed by nobody who is trusted'),
      help: 'name the certificate of who signed it: `ca: "ca.pem"`',
    });
    await expect(read(topic, untrusted)).rejects.toThrow(/signed by nobody who is trusted/);
  });

  test('each record is there once, however often leat and the broker are killed', async () => {
    const [from, to] = [await newTopic(3), await newTopic(2)];
    const folder = temporaryDirectory();
    const random = new Random(seedOfTest);
    const program = `kafka("${server.address}", "${from}", from: "start") | kafka("${server.address}", "${to}", key: _, retry: 2m)`;
    const args = ['--checkpoint', 'state', '--batch', '100ms', program];
    const producer = server.client().producer();
    await producer.connect();
    let sent = 0;
    const write = async (count: number) => {
      const messages = Array.from({ length: count }, (_, i) => ({ value: `line ${sent + i}`, key: `${sent + i}` }));
      sent += count;
      await producer.send({ topic: from, messages });
    };
    let kills = 0;
    for (let life = 0; life < 25; life++) {
      const leat = new Leat(args, folder);
      for (let i = 0; i < 3; i++) await write(random.whole(1, 400));
      if (random.chance(0.8)) await leat.noted(/reading out-/);
      await pause(random.whole(0, 700));
      if (life % 5 === 4) {
        await server.stop('SIGKILL');
        await pause(random.whole(0, 300));
        await server.start();
        await write(random.whole(1, 400));
        await pause(random.whole(0, 2000));
      }
      if (leat.child.exitCode === null) kills++;
      leat.child.kill('SIGKILL');
      await leat.ended;
    }
    expect(kills).toBe(25);
    const leat = new Leat(args, folder);
    const [expected, found] = [await read(from), async () => await read(to)];
    for (let tries = 0; tries < 900 && (await found()).length < expected.length; tries++) await pause(200);
    leat.child.kill('SIGTERM');
    const { stderr } = await leat.ended;
    expect(stderr).not.toMatch(/cannot|lost/);
    // What was sent again after a connection broke is in the first topic twice, and no fault of ours.
    expect([...(await found())].sort()).toEqual([...expected].sort());
    expect(new Set(expected).size).toBe(sent);
    await producer.disconnect();
  }, 900_000);
});
