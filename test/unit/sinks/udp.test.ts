import { createSocket, type Socket } from 'node:dgram';
import { expect, it, onTestFinished } from 'vitest';
import { udp } from '../../../src/flow/sinks/udp.ts';
import { openSink, runBatches, sinkContext } from '../../support/sink.ts';

/** What comes to a port, a datagram each. */
async function receiver(): Promise<{
  port: number;
  socket: Socket;
  received: string[];
  until: (n: number) => Promise<void>;
}> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  const received: string[] = [];
  socket.on('message', (bytes) => received.push(bytes.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const until = async (n: number) => {
    while (received.length < n) await new Promise((resolve) => setImmediate(resolve));
  };
  return { port: socket.address().port, socket, received, until };
}

it('sends each record as a datagram, in order', async () => {
  const { port, received, until } = await receiver();
  const { context, reports } = sinkContext();
  await runBatches(openSink(udp, { host: '127.0.0.1', port }, context), [
    ['a', 'two\nlines'],
    [],
    [['k', 1], { b: 2 }, ''],
  ]);
  await until(5);
  expect(received).toEqual(['a', 'two\nlines', 'k\t1', '{"b":2}', '']);
  expect(reports.failures).toEqual([]);
});

it('writes JSON where it is told to', async () => {
  const { port, received, until } = await receiver();
  await runBatches(openSink(udp, { host: '127.0.0.1', port, format: 'json' }, sinkContext().context), [
    ['a', ['k', 1]],
  ]);
  await until(2);
  expect(received).toEqual(['"a"', '["k",1]']);
});

it('has a bad record where one is longer than a datagram, and sends the largest', async () => {
  const { port, received, until } = await receiver();
  const { context, reports } = sinkContext();
  await runBatches(openSink(udp, { host: '127.0.0.1', port }, context), [['x'.repeat(65_508), 'y'.repeat(65_507)]]);
  await until(1);
  expect(received).toEqual(['y'.repeat(65_507)]);
  expect(reports.bads.map(({ problem }) => problem.reason)).toEqual(['longer than a datagram may be']);
});

it('goes on where nobody listens, and says so', async () => {
  const context = sinkContext();
  const { port, socket } = await receiver();
  const gone = createSocket('udp4');
  await new Promise<void>((resolve) => gone.bind(0, '127.0.0.1', resolve));
  const free = gone.address().port;
  await new Promise<void>((resolve) => gone.close(resolve));
  expect(free).not.toBe(port);
  void socket;
  const sink = openSink(udp, { host: '127.0.0.1', port: free }, context.context);
  for (let i = 0; context.reports.notes.length === 0; i++) {
    sink.push(`${i}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await sink.finish();
  expect(context.reports.notes[0]).toBe(`nobody listens at 127.0.0.1:${free} (UDP): what is sent there is lost`);
  expect(context.reports.notes[1]).toMatch(/^nobody took \d+ of the datagrams/);
  expect(context.reports.failures).toEqual([]);
});

it('fails where the host is not known', async () => {
  const { context, reports } = sinkContext();
  const sink = openSink(udp, { host: 'no-such-host.invalid', port: 9 }, context);
  const failure = await reports.failed;
  await sink.finish();
  expect(failure.exit).toBe(4);
  expect(failure.message).toMatch(/^cannot write to no-such-host.invalid:9: /);
});

it('sends nothing before it is written down what it follows from', async () => {
  const { port, received, until } = await receiver();
  let write = () => {};
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  const { context } = sinkContext({ ground: () => ({ written: () => written }) });
  const sink = openSink(udp, { host: '127.0.0.1', port }, context);
  sink.push('a');
  let isMarked = false;
  const marked = sink.mark!().then(() => {
    isMarked = true;
  });
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect([received, isMarked]).toEqual([[], false]);
  write();
  await until(1);
  await marked;
  await sink.finish();
});
