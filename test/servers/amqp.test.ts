/** What only AMQP has, against a real server: keys and exchanges, messages that no queue takes, queues that are full, and how much is under way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { field, type Value } from '../../src/base/value.ts';
import { AMQP, AmqpClient } from '../../src/flow/amqp/client.ts';
import { addressOf } from '../../src/flow/brokers/address.ts';
import { opaque } from '../../src/flow/define/compiled.ts';
import { amqp as amqpSink } from '../../src/flow/sinks/amqp.ts';
import { amqp } from '../../src/flow/sources/amqp.ts';
import { Leat } from '../cli/harness.ts';
import { BrokerServer, brokers, urlOf } from '../support/brokers.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { batch, openSink, runBatches, sinkContext } from '../support/sink.ts';
import { openSource, TestRun } from '../support/source.ts';

const broker = brokers.find(({ name }) => name === 'amqp')!;

describe.skipIf(!broker.isInstalled)('amqp', { timeout: 120_000 }, () => {
  let server: BrokerServer;
  let client: AmqpClient;
  let url: string;
  let last = 0;
  beforeAll(async () => {
    server = await BrokerServer.begin(broker.kind);
    url = urlOf(broker, server);
    client = await AmqpClient.open(addressOf(url, AMQP), {}, { heartbeat: 0, most: 1e6 });
  }, 120_000);
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  const newName = () => `own-${++last}`;

  async function written(args: object, records: readonly Value[]) {
    const { context, reports } = sinkContext();
    await runBatches(openSink(amqpSink, { url, ...args }, context), [records]);
    return reports;
  }

  async function read(args: object, count: number): Promise<TestRun> {
    const run = new TestRun();
    const over = openSource(amqp, { url, ...args }, run).run();
    await run.until(() => run.records.length >= count);
    run.abort();
    await over;
    return run;
  }

  test('a queue is waited for where it is absent, and made where that is wanted', async () => {
    const queue = newName();
    expect((await written({ queue, retry: 0 }, ['a'])).failures).toMatchObject([
      { exit: 4, message: expect.stringContaining(`no queue '${queue}'`) },
    ]);
    const run = new TestRun();
    const over = openSource(amqp, { url, queue }, run).run();
    await run.until(() => run.notes.some((note) => note.endsWith('; trying again')));
    expect((await written({ queue, declare: true }, ['a', { b: 1 }])).failures).toEqual([]);
    await run.until(() => run.records.length >= 2);
    run.abort();
    await over;
    expect(run.records).toEqual(['a', '{"b":1}']);
  });

  test('with --once what is in the queue is read, and what others take of it is not waited for', async () => {
    const queue = newName();
    const lines = Array.from({ length: 250 }, (_, i) => `line ${i}`);
    await written({ queue, declare: true }, lines);
    const once = async () => {
      const run = new TestRun({ once: true });
      await openSource(amqp, { url, queue }, run).run();
      return run.records;
    };
    expect(await once()).toEqual(lines);
    expect(await once()).toEqual([]);
    await written({ queue }, lines);
    // Each gets what the other has not.
    const [one, other] = await Promise.all([once(), once()]);
    expect([...one, ...other].toSorted()).toEqual(lines.toSorted());
    const waiting = new TestRun({ once: true });
    await expect(openSource(amqp, { url, queue: newName() }, waiting).run()).rejects.toMatchObject({ exit: 3 });
  });

  test('a queue gets of an exchange what has its key, also while nobody reads', async () => {
    const queue = newName();
    const reading = { queue, exchange: 'amq.topic', key: `${queue}.*`, declare: true, tag: true };
    const first = new TestRun();
    const over = openSource(amqp, { url, ...reading }, first).run();
    await first.until(() => first.notes.some((note) => note.startsWith('reading ')));
    first.abort();
    await over;
    const key = opaque((record) => `${queue}.${String(record)}`);
    expect(await written({ exchange: 'amq.topic', key }, ['a', 'b'])).toMatchObject({ failures: [], bads: [] });
    const found = (await read(reading, 2)).records;
    expect(found.map((record) => [field(record, 'key'), field(record, 'line')])).toEqual([
      [`${queue}.a`, 'a'],
      [`${queue}.b`, 'b'],
    ]);
  });

  test('a program names the key of all records, or one of each', async () => {
    const queue = newName();
    await client.makeQueue(queue);
    await client.bind(queue, 'amq.topic', `${queue}.#`);
    const call = (key: string) => `amqp(${JSON.stringify(url)}, exchange: "amq.topic", key: ${key})`;
    for (const key of [`"${queue}.all"`, `"${queue}." + _`]) {
      const leat = new Leat(['--quiet', `queue(["a", "b"]) | ${call(key)}`], temporaryDirectory());
      expect(await leat.ended).toMatchObject({ code: 0 });
    }
    const { records } = await read({ queue, tag: true }, 4);
    expect(records.map((record) => field(record, 'key'))).toEqual(
      ['all', 'all', 'a', 'b'].map((key) => `${queue}.${key}`),
    );
  });

  test('what no queue takes is bad where each record has its key, and a failure where all have one', async () => {
    const queue = newName();
    await client.makeQueue(queue);
    await client.bind(queue, 'amq.direct', queue);
    const key = opaque((record) => (record === 'b' ? 'nobody' : queue));
    const reports = await written({ exchange: 'amq.direct', key }, ['a', 'b', 'c']);
    expect(reports.failures).toEqual([]);
    expect(reports.bads.map(({ problem }) => [problem.reason, problem.detail])).toEqual([
      ['no queue takes it', 'its key is nobody'],
    ]);
    expect((await read({ queue }, 2)).records).toEqual(['a', 'c']);
    const nobody = { ...opaque(() => 'nobody'), reads: new Set<string>() };
    const args = { exchange: 'amq.direct', key: nobody, retry: 0 };
    expect((await written(args, ['a'])).failures).toMatchObject([
      { exit: 4, message: expect.stringContaining('no queue takes what has the key nobody') },
    ]);
    expect(await written({ ...args, mandatory: false }, ['a'])).toMatchObject({ failures: [], bads: [] });
  });

  test('a record that is larger than the server takes is bad, and those around it are there once', async () => {
    const queue = newName();
    const huge = 'x'.repeat(3_000_000);
    const reports = await written({ queue, declare: true, retry: 0 }, ['a', huge, 'b']);
    expect(reports.failures).toEqual([]);
    expect(reports.bads.map(({ problem }) => problem.reason)).toEqual(['larger than the server takes']);
    const found = (await read({ queue }, 2)).records;
    expect([...new Set(found)]).toEqual(['a', 'b']);
  });

  test('a queue that is full is waited for, and what it had taken is not sent again', async () => {
    const queue = newName();
    await client.makeQueue(queue, [
      ['x-max-length', 10n],
      ['x-overflow', 'reject-publish'],
    ]);
    let isRefused = () => {};
    const refused = new Promise<void>((resolve) => {
      isRefused = resolve;
    });
    const note = (message: string) => void (message.includes('it has refused') && isRefused());
    const { context, reports } = sinkContext({ note });
    const sink = openSink(amqpSink, { url, queue, retry: 60_000 }, context);
    const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
    for (const line of lines) sink.push(line);
    sink.close(batch(1));
    await refused;
    const run = await read({ queue }, lines.length);
    await sink.finish();
    expect(reports.failures).toEqual([]);
    expect((run.records as readonly string[]).toSorted()).toEqual(lines.toSorted());
  });
});
