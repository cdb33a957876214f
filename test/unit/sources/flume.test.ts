import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { AvroReader, AvroWriter } from '../../../src/flow/flume/avro.ts';
import { type Frame, FrameReader, writeFrame } from '../../../src/flow/flume/frames.ts';
import { readGreeting, writeGreeting } from '../../../src/flow/flume/protocol.ts';
import { flume as flumeSink } from '../../../src/flow/sinks/flume.ts';
import { flume } from '../../../src/flow/sources/flume.ts';
import { openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun } from '../../support/source.ts';

/** A source at a port of its own. */
async function start(args: object = {}, run = new TestRun()) {
  const running = openSource(flume, { port: 0, ...args }, run).run();
  onTestFinished(async () => {
    run.abort();
    await running;
  });
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  const port = Number(/:(\d+) /.exec(run.notes[0]!)![1]);
  return { run, port, running };
}

/** An agent that says what it is told to. */
class Agent {
  readonly socket: Socket;
  private readonly frames = new FrameReader(1_000_000);
  private readonly answers: Frame[] = [];
  private serial = 0;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('data', (bytes) => {
      this.frames.push(bytes);
      for (let frame = this.frames.next(); frame !== undefined; frame = this.frames.next()) this.answers.push(frame);
      this.socket.emit('answered');
    });
  }

  async ask(...parts: readonly Buffer[]): Promise<AvroReader> {
    const serial = this.serial++;
    this.socket.write(writeFrame({ serial, body: Buffer.concat(parts) }));
    while (this.answers.length === 0) await once(this.socket, 'answered');
    const answer = this.answers.shift()!;
    expect(answer.serial).toBe(serial);
    return new AvroReader(answer.body);
  }
}

const call = (...bodies: readonly string[]) => {
  const writer = new AvroWriter().long(0).text('appendBatch');
  if (bodies.length > 0) writer.long(bodies.length);
  for (const body of bodies) writer.long(0).text(body);
  return writer.long(0).take();
};

/** The status behind the words of an answer. */
const statusOf = (reader: AvroReader) => {
  expect(reader.long()).toBe(0);
  expect(reader.some(1)[0]).toBe(0);
  return ['OK', 'FAILED', 'UNKNOWN'][reader.long()];
};

describe.each([false, true])('events of a sink, packed: %s', (deflate) => {
  it('are records, whatever is in them', async () => {
    const { run, port } = await start({ tag: true });
    const { context, reports } = sinkContext();
    const headers = { call: (record: unknown) => ({ n: String(record).length, 'ä b': 'c' }) };
    const sink = openSink(flumeSink, { host: '127.0.0.1', port, deflate, headers }, context);
    const lines = ['a', 'two\nlines', '', 'é', 'x'.repeat(200_000)];
    await runBatches(sink, [lines, [], ['last']]);
    expect(reports.failures).toEqual([]);
    expect(run.records).toEqual(
      [...lines, 'last'].map((line) =>
        expect.objectContaining({ line, headers: { n: String(line.length), 'ä b': 'c' } }),
      ),
    );
  });
});

it('gives lines as bytes, and bodies that are none one by one', async () => {
  const { run, port } = await start();
  const agent = new Agent(port);
  expect(statusOf(await agent.ask(writeGreeting(), call('a', 'b\n', 'c\nd', 'e')).then(greeted))).toBe('OK');
  expect(run.records).toEqual(['a', 'b', 'c\nd', 'e']);
  expect(run.chunks.map(({ kind }) => kind)).toEqual(['text', 'values', 'text']);
  agent.socket.destroy();
});

const greeted = (reader: AvroReader) => {
  expect(readGreeting(reader).isMet).toBe(true);
  return reader;
};

it('teaches an agent that knows another server at this address', async () => {
  const { port, run } = await start();
  const agent = new Agent(port);
  // A hash that is not known, no protocol, the hash of the other server.
  const asked = new AvroWriter().some(Buffer.alloc(16, 7)).long(0).some(Buffer.alloc(16, 9)).long(0).take();
  const reader = await agent.ask(asked, call('a'));
  expect(reader.long()).toBe(2);
  expect(reader.optional(() => reader.text())).toContain('AvroSourceProtocol');
  expect(reader.optional(() => reader.some(16))).toHaveLength(16);
  expect(run.records).toEqual([]);
  expect(statusOf(await agent.ask(writeGreeting(), call('a')).then(greeted))).toBe('OK');
  // Nothing stands in front of what comes then.
  expect(statusOf(await agent.ask(call('b')))).toBe('OK');
  expect(run.records).toEqual(['a', 'b']);
  agent.socket.destroy();
});

it('takes nothing that it has no room for, and says so', async () => {
  const clock = new VirtualClock(0);
  const run = new TestRun({ clock });
  const { port } = await start({}, run);
  const agent = new Agent(port);
  run.shut();
  expect(statusOf(await agent.ask(writeGreeting(), call('a')).then(greeted))).toBe('OK');
  let isAnswered = false;
  const second = agent.ask(call('b')).finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    clock.moveTo(clock.now() + 1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(statusOf(await second)).toBe('FAILED');
  run.reopen();
  expect(statusOf(await agent.ask(call('b')))).toBe('OK');
  expect(run.records).toEqual(['a', 'b']);
  agent.socket.destroy();
});

it('says that a batch has come when it is kept', async () => {
  let keep = () => {};
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  const run = Object.assign(new TestRun(), { kept: () => kept });
  const { port } = await start({}, run);
  const agent = new Agent(port);
  let isAnswered = false;
  const answer = agent.ask(writeGreeting(), call('a')).then((reader) => {
    isAnswered = true;
    return reader;
  });
  await run.until(() => run.records.length === 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isAnswered).toBe(false);
  keep();
  expect(statusOf(greeted(await answer))).toBe('OK');
  agent.socket.destroy();
});

describe('turns away', () => {
  const head = (...numbers: readonly number[]) => {
    const bytes = Buffer.alloc(4 * numbers.length);
    for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * i);
    return bytes;
  };
  const other = new AvroWriter()
    .some(Buffer.alloc(16, 1))
    .optional(new AvroWriter().text('{"protocol":"Mail","types":[],"messages":{}}').take())
    .some(Buffer.alloc(16, 1))
    .long(0)
    .take();
  const cutOff = call('abc').subarray(0, -3);
  // An event of nothing has two bytes, and would be kept by eight.
  const empty = new AvroWriter().long(0).text('appendBatch').long(600).some(Buffer.alloc(1201)).take();
  it.each([
    [
      'more events than there is room for',
      writeFrame({ serial: 0, body: Buffer.concat([writeGreeting(), empty]) }),
      /the messages of a batch take more than 3.9kb/,
    ],
    [
      'what is no agent',
      Buffer.from('GET / HTTP/1.1\r\nHost: leat\r\n\r\n'),
      /no batch, or one larger than `maxBatch`/,
    ],
    ['a frame of many pieces', head(0, 0xffffffff), /no batch, or one larger than `maxBatch`/],
    ['a piece that is long', head(0, 1, 2500), /no batch, or one larger than `maxBatch`/],
    ['another protocol', writeFrame({ serial: 0, body: other }), /another protocol/],
    ['a batch that is cut off', writeFrame({ serial: 0, body: Buffer.concat([writeGreeting(), cutOff]) }), /cut off/],
    ['what zlib did not pack', Buffer.from('xyz and so on'), /incorrect header check/],
  ])('%s', async (_name, bytes, why) => {
    const { run, port } = await start({ maxBatch: 2000 });
    const agent = new Agent(port);
    agent.socket.write(bytes);
    await once(agent.socket, 'close');
    await run.until(() => run.notes.length > 1);
    expect(run.notes[1]).toMatch(why);
    expect(run.records).toEqual([]);
  });
});
