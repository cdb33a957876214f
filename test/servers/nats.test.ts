/** What only NATS has, against a real server: messages that look like words of the server, answers that are longer than a message may be, and streams that refuse some. */
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import { addressOf } from '../../src/flow/brokers/address.ts';
import type { SinkStart } from '../../src/flow/define/sink.ts';
import { NATS, NatsClient } from '../../src/flow/nats/client.ts';
import { nats as natsSink } from '../../src/flow/sinks/nats.ts';
import { nats } from '../../src/flow/sources/nats.ts';
import { BrokerServer, brokers, PASSWORD, urlOf } from '../support/brokers.ts';
import { batch, openSink, runBatches, sinkContext } from '../support/sink.ts';
import { openSource, TestRun } from '../support/source.ts';

const broker = brokers.find(({ name }) => name === 'nats')!;

describe.skipIf(!broker.isInstalled)('nats', { timeout: 120_000 }, () => {
  let server: BrokerServer;
  let client: NatsClient;
  let url: string;
  let last = 0;
  beforeAll(async () => {
    server = await BrokerServer.begin(broker.kind);
    url = urlOf(broker, server);
    client = await NatsClient.open(addressOf(url, NATS), {}, { most: 1e6 });
  }, 120_000);
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  async function newStream(settings: { readonly [name: string]: Value } = {}): Promise<string> {
    const name = `own-${++last}`;
    await client.ask(`$JS.API.STREAM.CREATE.${name}`, { name, subjects: [`on.${name}`], ...settings });
    return name;
  }

  /** Publishes a message whose headers are as they are given, and resolves when the stream has it. */
  async function publish(stream: string, head: string, body: string): Promise<void> {
    const socket = createConnection(server.ports.plain, 'localhost');
    const said = { user: 'leat', pass: PASSWORD, verbose: false, headers: true };
    const sizes = `${head.length} ${head.length + body.length}`;
    socket.write(`CONNECT ${JSON.stringify(said)}\r\nSUB answer 1\r\n`);
    socket.write(`HPUB on.${stream} answer ${sizes}\r\n${head}${body}\r\n`);
    let heard = '';
    for await (const piece of socket) {
      heard += String(piece);
      if (heard.includes('"seq":')) break;
    }
    expect(heard).toContain('"seq":');
  }

  async function read(stream: string, args: object = {}): Promise<readonly Value[]> {
    const run = new TestRun({ once: true });
    await openSource(nats, { url, stream, from: 'start', ...args }, run).run();
    return run.records;
  }

  test.each(['404 No Messages', '408 Request Timeout', '503', '409 Consumer Deleted'])(
    'a message whose headers begin with %s is a message',
    async (status) => {
      const stream = await newStream();
      await publish(stream, 'NATS/1.0\r\n\r\n', 'before');
      await publish(stream, `NATS/1.0 ${status}\r\n\r\n`, 'it');
      await publish(stream, 'NATS/1.0\r\n\r\n', 'behind');
      expect(await read(stream)).toEqual(['before', 'it', 'behind']);
    },
  );

  test('headers may be as long as a message, and what has longer ones is bad', async () => {
    const subject = `own.${++last}`;
    const readings = [{}, { maxLine: 1000 }].map((args) => {
      const run = new TestRun();
      return { run, over: openSource(nats, { url, subject, ...args }, run).run() };
    });
    for (const { run } of readings) await run.until(() => run.notes.some((note) => note.startsWith('reading ')));
    client.publish(subject, 'it', { headers: `A: ${'x'.repeat(100_000)}` });
    client.publish(subject, 'behind');
    for (const { run } of readings) await run.until(() => run.records.length >= 2);
    for (const { run } of readings) run.abort();
    for (const { over } of readings) await over;
    expect(readings.map(({ run }) => run.records)).toEqual([
      ['it', 'behind'],
      ['bad: longer than maxLine', 'behind'],
    ]);
  });

  test('a message may be shorter than what is said of its stream', async () => {
    const stream = await newStream();
    await publish(stream, 'NATS/1.0\r\n\r\n', 'it');
    await publish(stream, 'NATS/1.0\r\n\r\n', 'a longer one');
    expect(await read(stream, { maxLine: 5 })).toEqual(['it', 'bad: longer than maxLine']);
  });

  test('what a full stream refuses is written when it has room, though the record behind it was taken', async () => {
    const stream = await newStream({ max_bytes: 2000, discard: 'new' });
    let tell: (note: string) => void = () => {};
    const refused = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const { context, reports } = sinkContext({ note: (message) => message.includes('trying again') && tell(message) });
    const sink = openSink(natsSink, { url, subject: `on.${stream}`, stream, retry: 100_000 }, context);
    const large = 'x'.repeat(3000);
    for (const record of ['a', large, 'c']) sink.push(record);
    sink.close(batch(1));
    await Promise.race([refused, reports.failed]);
    await client.ask(`$JS.API.STREAM.UPDATE.${stream}`, {
      name: stream,
      subjects: [`on.${stream}`],
      discard: 'new',
      max_bytes: 100_000,
    });
    await sink.finish();
    expect(reports.failures).toEqual([]);
    expect((await read(stream)).toSorted()).toEqual(['a', 'c', large]);
  });

  test('what a stream refused is written by the next run, though the last message is a record behind it', async () => {
    const settings = { discard: 'new', duplicate_window: 100_000_000 };
    const stream = await newStream({ ...settings, max_bytes: 2000 });
    const large = 'x'.repeat(3000);
    const args = { url, subject: `on.${stream}`, stream, retry: 0 };
    const first = sinkContext({ intents: { write: async () => {} } });
    const sink = openSink(natsSink, args, first.context);
    sink.push('before');
    sink.close(batch(1));
    const mark = await sink.mark!();
    for (const record of ['a', large, 'c']) sink.push(record);
    sink.close(batch(2));
    expect(await first.reports.failed).toMatchObject({ exit: 4 });
    expect(await read(stream)).toEqual(['before', 'a', 'c']);
    await client.ask(`$JS.API.STREAM.UPDATE.${stream}`, {
      ...{ ...settings, name: stream, subjects: [`on.${stream}`] },
      max_bytes: 100_000,
    });
    const second = sinkContext({ intents: { write: async () => {} } });
    const from = JSON.parse(JSON.stringify({ mark, intents: [] })) as SinkStart;
    await runBatches(openSink(natsSink, args, second.context, from), [['a', large, 'c'], ['d']]);
    expect(second.reports.failures).toEqual([]);
    expect((await read(stream)).toSorted()).toEqual(['a', 'before', 'c', 'd', large]);
  });

  test('a sink begins behind a message of some megabytes, which it looks at', async () => {
    const stream = await newStream();
    const large = 'x'.repeat(3_000_000);
    for (const record of [large, 'behind']) {
      const { context, reports } = sinkContext();
      const sink = openSink(natsSink, { url, subject: `on.${stream}`, stream, retry: 0 }, context);
      await runBatches(sink, [[record]]);
      expect(reports.failures).toEqual([]);
    }
    expect(await read(stream, { maxLine: 4_000_000 })).toEqual([large, 'behind']);
  });

  test('a record that is larger than the stream takes is bad, once, and the others are written', async () => {
    const stream = await newStream({ max_msg_size: 500 });
    const { context, reports } = sinkContext();
    const sink = openSink(natsSink, { url, subject: `on.${stream}`, stream }, context);
    await runBatches(sink, [['a', 'x'.repeat(1000), 'c']]);
    expect(reports.failures).toEqual([]);
    expect(reports.bads.map(({ problem }) => problem.reason)).toEqual(['larger than the stream takes']);
    expect(await read(stream)).toEqual(['a', 'c']);
  });
});
