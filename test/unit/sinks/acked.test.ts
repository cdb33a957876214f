import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import type { Network } from '../../../src/flow/define/network.ts';
import { AckedClients } from '../../../src/flow/keyed/acked-clients.ts';
import type { KeyedPlaces } from '../../../src/flow/keyed/keyed-places.ts';
import { hostNetwork } from '../../../src/flow/output/host-network.ts';
import { send } from '../../../src/flow/sinks/send.ts';
import { listen } from '../../../src/flow/sources/listen.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { batch, openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun } from '../../support/source.ts';

const SENDER = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

async function listening(args: { readonly [name: string]: unknown } = {}, run = new TestRun()) {
  const running = openSource(listen, { port: 0, acked: true, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  onTestFinished(async () => {
    run.abort();
    await running;
  });
  return { run, port: Number(/:(\d+) /.exec(run.notes[0]!)![1]) };
}

/** Says something to a server, and gives all that it says until it closes. */
async function saying(port: number, ...texts: readonly string[]): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  let heard = '';
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    heard += bytes;
  });
  for (const text of texts) {
    const before = heard.length;
    socket.write(text);
    await Promise.race([until(() => heard.length > before), once(socket, 'close')]);
  }
  socket.end();
  if (!socket.closed) await once(socket, 'close');
  return heard;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test('takes numbered batches, each once, and says so', async () => {
  const { run, port } = await listening({ tag: true });
  expect(run.notes).toEqual([`listening on 127.0.0.1:${port} (try: leat 'send("127.0.0.1", ${port}, acked: true)')`]);
  const { context, reports } = sinkContext({ intents: { write: async () => {} } });
  const first = openSink(send, { host: '127.0.0.1', port, acked: true }, context);
  const mark = (await first.mark!())!;
  await runBatches(first, [['a', 'b'], [], ['c']]);
  const again = openSink(send, { host: '127.0.0.1', port, acked: true }, context, { mark, intents: [] });
  await runBatches(again, [['a', 'b'], [], ['c'], ['d']]);
  expect(reports.failures).toEqual([]);
  expect(run.records.map((record) => (record as { line: string }).line)).toEqual(['a', 'b', 'c', 'd']);
  expect(run.records[0]).toEqual({ source: run.origins[0]!.name, line: 'a', peer: '127.0.0.1' });
});

test('speaks first, and takes nothing of who does not know what to say, nor of a part that breaks off', async () => {
  const { run, port } = await listening({ maxUnfinished: 1_000_000, maxLine: 1000 });
  const hello = `leat-acked 1 ${SENDER}\n`;
  expect(await saying(port, 'GET / HTTP/1.1\r\n\r\n')).toBe('leat-acked 1\n');
  expect(await saying(port, 'x'.repeat(1000))).toBe('leat-acked 1\n');
  expect(await saying(port, `${hello}1 4\na\nb\n`)).toBe('leat-acked 1\n1\n');
  expect(await saying(port, `${hello}1 4\na\nb\n`, '2 2\nc\n')).toBe('leat-acked 1\n1\n2\n');
  expect(await saying(port, `${hello}3 1000001\n`)).toBe(
    'leat-acked 1\nno: a batch has 976.6kb at most (maxUnfinished)\n',
  );
  expect(await saying(port, `${hello}0 4\nabcd`)).toBe('leat-acked 1\n');
  const torn = createConnection(port, '127.0.0.1');
  torn.on('error', () => {});
  torn.write(`${hello}3 100\nd\ne`);
  await once(torn, 'data');
  torn.resetAndDestroy();
  expect(await saying(port, `${hello}3 2\nf\n`)).toContain('3\n');
  expect(run.records).toEqual(['a', 'b', 'c', 'f']);
});

test('keeps nothing of a part of which the client says no more', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const run = new TestRun();
  const { port } = await listening({ maxLine: 20_000_000, maxUnfinished: 20_000_000 }, run);
  const used = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const size = 4_000_000;
  const bytes = Buffer.alloc(size, `${'x'.repeat(99)}\n`);
  const before = used();
  for (let i = 1; i <= 10; i++) {
    const socket = createConnection(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let heard = '';
    socket.on('data', (piece) => {
      heard += piece;
    });
    socket.write(`leat-acked 1 ${SENDER}\n${i} ${size}\n`);
    socket.write(bytes);
    await until(() => heard.endsWith(`\n${i}\n`));
  }
  // What is the test's own.
  for (const list of [run.records, run.chunks, run.numbered] as unknown[][]) list.length = 0;
  for (let tries = 0; tries < 50 && used() - before > 3 * size; tries++)
    await new Promise((resolve) => setImmediate(resolve));
  expect(used() - before).toBeLessThan(3 * size);
});

test('lets nobody keep the room of others for longer than a part may take', async () => {
  let isMeasured = false;
  class WatchedClock extends VirtualClock {
    override at(time: number, wake: () => void): () => void {
      isMeasured = true;
      return super.at(time, wake);
    }
  }
  const clock = new WatchedClock();
  const { run, port } = await listening({ maxUnfinished: 1000 }, new TestRun({ clock }));
  const slow = createConnection(port, '127.0.0.1');
  slow.on('error', () => {});
  slow.write(`leat-acked 1 ${SENDER}\n1 1000\na`);
  await until(() => isMeasured);
  const other = saying(port, `leat-acked 1 ${SENDER}\n2 2\nb\n`, '3 2\nc\n');
  for (let now = 0; now < 60_000; now += 1000) {
    clock.moveTo(now);
    slow.write('a');
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([slow.closed, run.records]).toEqual([false, []]);
  clock.moveTo(60_000);
  expect(await other).toBe('leat-acked 1\n2\n3\n');
  expect(run.records).toEqual(['b', 'c']);
});

test('sends to nobody who does not acknowledge, and says what to do', async () => {
  const server = createServer((socket) => socket.write('220 ready\n'));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { context, reports } = sinkContext();
  const sink = openSink(send, { host: '127.0.0.1', port, acked: true }, context);
  expect(await reports.failed).toMatchObject({
    code: 'sink-refused',
    exit: 4,
    help: expect.stringContaining('acked: true'),
  });
  await sink.finish();
});

test('ends the run with what the other end says where a batch is too large for it', async () => {
  const { port } = await listening({ maxUnfinished: 2000, maxLine: 1000 });
  const { context, reports } = sinkContext({ intents: { write: async () => {} } });
  const sink = openSink(send, { host: '127.0.0.1', port, acked: true }, context);
  sink.push('x'.repeat(3000));
  sink.close(batch(1));
  expect((await reports.failed).message).toMatch(/it answers that a batch has 2kb at most/);
  await sink.finish();
});

/** Connections that break at any time, in either direction. */
function breaking(random: Random, chance: number): Network {
  return {
    async connect(to, events) {
      if (random.chance(chance)) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      const connection = await hostNetwork.connect(to, {
        ...events,
        received(bytes) {
          // An acknowledgement is lost with its connection.
          if (random.chance(chance)) lose();
          else events.received?.(bytes);
        },
      });
      const lose = () => {
        connection.letGo();
        events.broken(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
      };
      return {
        ...connection,
        async write(bytes) {
          if (!random.chance(chance)) return connection.write(bytes);
          await connection.write(bytes.subarray(0, random.whole(0, bytes.length))).catch(() => {});
          lose();
        },
      };
    },
  };
}

test.each([1, 2, 3])('each record arrives once over connections that break, with seed %i', async (seed) => {
  const { run, port } = await listening();
  const random = new Random(seed);
  const { context, reports } = sinkContext({ network: breaking(random, 0.15), intents: { write: async () => {} } });
  const batches = Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: random.whole(0, 4) }, (_, j) => `${i}-${j}`),
  );
  await runBatches(openSink(send, { host: '127.0.0.1', port, acked: true, retry: 600_000 }, context), batches);
  expect(reports.failures).toEqual([]);
  expect(run.records).toEqual(batches.flat());
});

test('does not take a fault of the program for a connection that broke', async () => {
  const places = {
    known: () => undefined,
    take: () => {
      throw new TypeError('a fault of the program');
    },
  };
  const clients = new AckedClients(places as unknown as KeyedPlaces, new TestRun(), 1024);
  let served: Promise<void> | undefined;
  const server = createServer((client) => {
    served = clients.serve(client, 'peer');
    served.catch(() => {});
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  await saying(port, `leat-acked 1 ${SENDER}\n1 2\na\n`);
  await expect(served).rejects.toThrow('a fault of the program');
});

test('is exact, and says so', async () => {
  expect(send.promiseWith?.({ acked: true } as never)).toBe('exact');
  expect(send.promiseWith?.({ acked: false } as never)).toBeUndefined();
});
