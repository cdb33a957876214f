/** What only Redis has, against a real server: entries of fields, streams that are trimmed or made anew, and keys. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import { addressOf } from '../../src/flow/brokers/address.ts';
import { opaque } from '../../src/flow/define/compiled.ts';
import type { Position } from '../../src/flow/define/position.ts';
import { type Command, REDIS, RedisClient } from '../../src/flow/redis/client.ts';
import type { Reply } from '../../src/flow/redis/replies.ts';
import { RedisStreamReading } from '../../src/flow/redis/stream-reading.ts';
import { redis as redisSink } from '../../src/flow/sinks/redis.ts';
import { redis } from '../../src/flow/sources/redis.ts';
import { BrokerServer, brokers, urlOf } from '../support/brokers.ts';
import { openSink, runBatches, sinkContext } from '../support/sink.ts';
import { openSource, TestRun } from '../support/source.ts';

const broker = brokers.find(({ name }) => name === 'redis')!;

describe.skipIf(!broker.isInstalled)('redis', { timeout: 120_000 }, () => {
  let server: BrokerServer;
  let client: RedisClient;
  let url: string;
  let last = 0;
  beforeAll(async () => {
    server = await BrokerServer.begin(broker.kind);
    url = urlOf(broker, server);
    client = await RedisClient.open(addressOf(url, REDIS), {}, { most: 1e6 });
  }, 120_000);
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  const newName = () => `own-${++last}`;
  const plain = (reply: Reply): unknown =>
    Buffer.isBuffer(reply) ? reply.toString() : Array.isArray(reply) ? reply.map(plain) : reply;
  const ask = async (...command: Command) => plain(await client.ask(command));
  const field = (name: string) => opaque((record) => (record as { [name: string]: Value })[name] ?? null);

  async function read(stream: string, args: object = {}, from?: Position) {
    const run = new TestRun({ once: true });
    await openSource(redis, { url, stream, from: 'start', ...args }, run, from).run();
    return {
      position: run.position,
      records: run.records,
      notes: run.notes.filter((note) => !note.startsWith('the password ')),
    };
  }

  async function write(args: object, records: readonly Value[]) {
    const { context, reports } = sinkContext();
    await runBatches(openSink(redisSink, { url, ...args }, context), [records]);
    return reports;
  }

  test('an entry is an object of its fields, numbers where the text is one', async () => {
    const stream = newName();
    const reports = await write({ stream }, [{ path: '/a', ms: 3, at: [1], none: null }, 'a line', {}, { none: null }]);
    expect(reports.failures).toEqual([]);
    expect(reports.bads.map(({ problem }) => problem.reason)).toEqual(['no fields', 'no fields']);
    expect((await read(stream)).records).toEqual([{ path: '/a', ms: 3, at: '[1]' }, { line: 'a line' }]);
    expect((await read(stream, { types: { ms: 'text' } })).records[0]).toEqual({ path: '/a', ms: '3', at: '[1]' });
    expect((await read(stream, { field: 'path' })).records).toEqual(['/a', 'bad: no field path']);
    const [first] = (await read(stream, { tag: true })).records as unknown as readonly {
      readonly id: string;
      readonly time: number;
    }[];
    expect(first).toEqual({
      source: stream,
      id: first!.id,
      time: first!.time,
      entry: { path: '/a', ms: 3, at: '[1]' },
    });
    expect(first!.id.startsWith(`${first!.time}-`)).toBe(true);
  });

  test('a stream is read from a time on, and behind an id', async () => {
    const stream = newName();
    for (const id of ['1000-0', '1000-1', '2000-0', '3000-5']) await ask('XADD', stream, id, 'line', id);
    const from = async (from: string) => (await read(stream, { field: 'line', from })).records;
    expect(await from('1970-01-01T00:00:02Z')).toEqual(['2000-0', '3000-5']);
    expect(await from('1000-0')).toEqual(['1000-1', '2000-0', '3000-5']);
    expect(await from('9000-0')).toEqual([]);
    expect(await from('end')).toEqual([]);
  });

  test('entries that are trimmed before they are read are told of, and so is a stream that is made anew', async () => {
    const stream = newName();
    for (const id of ['1-0', '2-0']) await ask('XADD', stream, id, 'line', id);
    const first = await read(stream, { field: 'line' });
    expect(first.notes).toEqual([]);
    for (const id of ['3-0', '4-0', '5-0']) await ask('XADD', stream, id, 'line', id);
    const position = JSON.parse(JSON.stringify(first.position)) as Position;
    await ask('XTRIM', stream, 'MAXLEN', '3');
    expect(await read(stream, { field: 'line' }, position)).toMatchObject({
      notes: [],
      records: ['3-0', '4-0', '5-0'],
    });
    await ask('XTRIM', stream, 'MAXLEN', '1');
    const second = await read(stream, { field: 'line' }, position);
    expect(second.records).toEqual(['5-0']);
    expect(second.notes).toEqual([
      expect.stringMatching(
        /^lost: 2 entries of the stream own-\d+ of localhost:\d+ behind 2-0, .* reading on at 5-0$/,
      ),
    ]);
    await ask('DEL', stream);
    await ask('XADD', stream, '1-5', 'line', 'anew');
    const third = await read(stream, { field: 'line' }, position);
    expect(third.records).toEqual(['anew']);
    expect(third.notes).toEqual([expect.stringMatching(/ends at 1-5, before 2-0: it was made anew/)]);
  });

  test('what is no stream is told', async () => {
    const name = newName();
    await ask('SET', name, 'x');
    await expect(read(name)).rejects.toMatchObject({ exit: 3, message: expect.stringMatching(/it is no stream$/) });
    const reports = await write({ stream: name }, ['a']);
    expect(reports.failures).toMatchObject([{ exit: 4, message: expect.stringMatching(/is no stream but a string$/) }]);
  });

  test('a key has what the last record of it is, whatever it had before', async () => {
    const [a, b, c] = [newName(), newName(), newName()];
    await ask('RPUSH', a!, 'a list');
    await write({ key: field('id') }, [
      { id: a!, n: 1, gone: 'x' },
      { id: a!, n: 2 },
      { id: b!, n: 1 },
      { id: null, n: 3 },
    ]);
    expect(await ask('HGETALL', a!)).toEqual(['id', a, 'n', '2']);
    await write({ key: field('id'), value: field('n') }, [
      { id: b!, n: null },
      { id: a!, n: 5 },
    ]);
    expect([await ask('EXISTS', b!), await ask('GET', a!)]).toEqual([0, '5']);
    await write({ key: field('id'), format: 'json', ttl: 60_000 }, [{ id: c!, n: [1] }]);
    expect(await ask('GET', c!)).toBe(`{"id":"${c}","n":[1]}`);
    expect(Number(await ask('PTTL', c!))).toBeGreaterThan(1000);
    await write({}, [
      [a!, 7],
      [{ k: c! }, { n: 1 }],
    ]);
    expect(await ask('GET', a!)).toBe('7');
    expect(await ask('HGET', `{"k":"${c}"}`, 'n')).toBe('1');
  });

  test('a record without a key is bad, and the others are written', async () => {
    const name = newName();
    const reports = await write({ key: field('id') }, [{ id: null }, { id: name, n: 1 }, 'no object']);
    expect(reports.bads.map(({ problem }) => problem.reason)).toEqual(['no key', 'no key']);
    expect(await ask('HGET', name, 'n')).toBe('1');
    expect((await write({}, ['a line'])).bads.map(({ problem }) => problem.reason)).toEqual(['not a pair']);
  });

  test('a stream keeps about as many entries as it is to', async () => {
    const stream = newName();
    await write(
      { stream, maxLength: 100 },
      Array.from({ length: 3000 }, (_, i) => i),
    );
    const length = Number(await ask('XLEN', stream));
    expect(length).toBeGreaterThanOrEqual(100);
    expect(length).toBeLessThan(1000);
  });

  test('a server that lost what it had confirmed is told', async () => {
    const stream = newName();
    const kept = { intents: { write: async () => {} } };
    const { context } = sinkContext(kept);
    const sink = openSink(redisSink, { url, stream }, context);
    sink.push('a');
    sink.close({ start: 0, end: 1, time: 1, partial: false });
    const mark = await sink.mark!();
    await sink.finish();
    await ask('DEL', 'leat:positions');
    const again = sinkContext(kept);
    await runBatches(openSink(redisSink, { url, stream }, again.context, { mark: mark!, intents: [] }), [['b']]);
    expect(again.reports.failures).toMatchObject([{ code: 'sink-position', exit: 4 }]);
    expect(await ask('XLEN', stream)).toBe(1);
  });

  test('an entry may be shorter than its id and what is said of its stream', async () => {
    const stream = newName();
    await ask('XADD', stream, '*', 'line', 'it');
    await ask('XADD', stream, '*', 'line', 'a longer one');
    expect((await read(stream, { field: 'line', maxLine: 5 })).records).toEqual(['it', 'bad: longer than maxLine']);
  });

  test('so may what is published be shorter than the word for it, and where the channel is longer than can be told it is bad', async () => {
    const run = new TestRun();
    const over = openSource(redis, { url, channel: 'own.*', maxLine: 5, tag: true }, run).run();
    await Promise.race([over, run.until(() => run.notes.some((note) => note.startsWith('reading ')))]);
    await ask('PUBLISH', 'own.a', 'it');
    await ask('PUBLISH', 'own.a', 'a longer one');
    await ask('PUBLISH', `own.${'x'.repeat(5000)}`, 'it');
    await ask('PUBLISH', 'own.b', 'end');
    await run.until(() => run.records.length >= 4);
    run.abort();
    await over;
    const bad = 'bad: longer than maxLine';
    const tagged = (channel: string, line: string) => ({ source: 'own.*', line, channel });
    expect(run.records).toEqual([tagged('own.a', 'it'), bad, bad, tagged('own.b', 'end')]);
  });

  test('where entries become larger, fewer of them are asked for at once', async () => {
    const stream = newName();
    const sizes = [...Array.from({ length: 300 }, () => 10), ...Array.from({ length: 100 }, () => 30_000)];
    for (let at = 0; at < sizes.length; at += 100)
      await client.askAll(sizes.slice(at, at + 100).map((size) => ['XADD', stream, '*', 'line', 'x'.repeat(size)]));
    const run = new TestRun({ once: true });
    const args = { stream, from: 'start', isBounded: true, field: 'line', fieldValue: (text: string) => text } as const;
    const bounds = { wait: true, maxLine: 100_000, tag: false, mostAnswer: 1_000_000 };
    await new RedisStreamReading(
      { address: addressOf(url, REDIS), secrets: () => ({}), ...args, ...bounds },
      run,
    ).run();
    expect(run.records.map((record) => (record as string).length)).toEqual(sizes);
    expect(run.notes.every((note) => /an answer of more than .*; trying again$/.test(note))).toBe(true);
    expect(run.notes.length).toBeGreaterThan(0);
  });
});
