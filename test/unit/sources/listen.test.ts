import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { RunFailure } from '../../../src/base/problem.ts';
import { listen } from '../../../src/flow/sources/listen.ts';
import { openSource, TestRun } from '../../support/source.ts';

const clients: Socket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

/** A source that listens on a port of its own. */
async function start(args: { readonly [name: string]: unknown } = {}, run = new TestRun()) {
  const running = openSource(listen, { port: 0, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  const port = Number(/:(\d+) /.exec(run.notes[0] ?? '')?.[1]);
  return { run, running, port };
}

async function client(port: number): Promise<Socket> {
  const socket = createConnection(port, '127.0.0.1');
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function stop(run: TestRun, running: Promise<void>): Promise<void> {
  run.abort();
  await running;
}

it('says where it listens and how to try it', async () => {
  const { run, running, port } = await start();
  expect(run.notes).toEqual([`listening on 127.0.0.1:${port} (try: nc 127.0.0.1 ${port})`]);
  await stop(run, running);
});

it('keeps the lines of clients apart, each with a name of its own', async () => {
  const { run, running, port } = await start({ tag: true });
  const a = await client(port);
  const b = await client(port);
  a.write('one ');
  b.write('uno ');
  a.write('two\n');
  b.write('dos\n');
  await run.until(() => run.records.length === 2);
  const name = (socket: Socket) => `127.0.0.1:${socket.localPort}`;
  expect(run.records).toHaveLength(2);
  expect(run.records).toContainEqual({ source: name(a), line: 'one two', peer: '127.0.0.1' });
  expect(run.records).toContainEqual({ source: name(b), line: 'uno dos', peer: '127.0.0.1' });
  await stop(run, running);
});

it('takes two hundred clients at once', async () => {
  const { run, running, port } = await start();
  const all = await Promise.all(Array.from({ length: 200 }, () => client(port)));
  for (const [i, one] of all.entries()) one.end(`${i}\n`);
  await run.until(() => run.records.length === 200);
  expect(new Set(run.records).size).toBe(200);
  await stop(run, running);
});

it('gives out the half line of a client that leaves', async () => {
  const { run, running, port } = await start();
  const one = await client(port);
  one.end('half');
  await run.until(() => run.records.length === 1);
  expect(run.records).toEqual(['half']);
  await stop(run, running);
});

it('gives out what a client sent before it broke off, and goes on', async () => {
  const { run, running, port } = await start();
  const one = await client(port);
  one.write('whole\nhalf');
  await run.until(() => run.records.length === 1);
  one.resetAndDestroy();
  await run.until(() => run.records.length === 2);
  const two = await client(port);
  two.write('next\n');
  await run.until(() => run.records.length === 3);
  expect(run.records).toEqual(['whole', 'half', 'next']);
  expect(run.notes).toHaveLength(1);
  await stop(run, running);
});

it('gives out what lies unread when a client breaks off while the inbox is full', async () => {
  const { run, running, port } = await start();
  run.shut();
  const one = await client(port);
  one.write('first\n');
  await run.until(() => run.records.length === 1);
  await new Promise<void>((resolve) => one.write('second\nthird', () => resolve()));
  one.end();
  await once(one, 'finish');
  run.reopen();
  await run.until(() => run.records.length === 3);
  expect(run.records).toEqual(['first', 'second', 'third']);
  await stop(run, running);
});

it('keeps nothing of a client that never ends its line', async () => {
  const { run, running, port } = await start({ maxLine: 10_000 });
  const one = await client(port);
  for (let i = 0; i < 100; i++) one.write(Buffer.alloc(10_000, 'x'));
  one.write('\nnext\n');
  await run.until(() => run.records.length === 2);
  expect(run.records).toEqual(['bad: longer than maxLine', 'next']);
  expect(run.bytes).toBe(5);
  await stop(run, running);
});

it('closes when a client has said all, so that nc ends', async () => {
  const { run, running, port } = await start();
  const one = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
  clients.push(one);
  one.resume();
  one.end('bye\n');
  await once(one, 'end');
  expect(run.records).toEqual(['bye']);
  await stop(run, running);
});

it('serves the sockets of bash', async () => {
  const { run, running, port } = await start();
  const shell = spawn('bash', ['-c', `printf 'from bash\\n' > /dev/tcp/127.0.0.1/${port}`]);
  const [code] = await once(shell, 'exit');
  expect(code).toBe(0);
  await run.until(() => run.records.length === 1);
  expect(run.records).toEqual(['from bash']);
  await stop(run, running);
});

it('with --once serves one connection and ends with it', async () => {
  const { run, running, port } = await start({}, new TestRun({ once: true }));
  const one = await client(port);
  one.end('a\nb');
  await running;
  expect(run.records).toEqual(['a', 'b']);
});

it('turns away more clients than it may have, and says so', async () => {
  const { run, running, port } = await start({ clients: 1 });
  const one = await client(port);
  one.write('a\n');
  await run.until(() => run.records.length === 1);
  const two = createConnection(port, '127.0.0.1');
  clients.push(two);
  two.on('error', () => {});
  await once(two, 'close');
  await run.until(() => run.notes.length === 2);
  expect(run.notes[1]).toBe('more than 1 clients at once; the others are turned away');
  await stop(run, running);
});

it('fails with exit 3 where the port is in use', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const failure = await openSource(listen, { port }, new TestRun())
    .run()
    .catch((error: unknown) => error);
  other.close();
  expect(failure).toBeInstanceOf(RunFailure);
  expect(failure).toMatchObject({
    exit: 3,
    message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
    help: 'take another port; 0 takes one that is free',
  });
});

it('closes its clients when the run ends, and gives out their half lines', async () => {
  const { run, running, port } = await start();
  const one = await client(port);
  one.write('a\nhalf');
  await run.until(() => run.records.length === 1);
  const closed = once(one, 'close');
  one.resume();
  await stop(run, running);
  await closed;
  expect(run.records).toEqual(['a', 'half']);
});

it('has one listener on the end of the run, however many clients there are', async () => {
  const { run, running, port } = await start();
  const all = await Promise.all(Array.from({ length: 30 }, () => client(port)));
  for (const [i, one] of all.entries()) one.write(`${i}\n`);
  await run.until(() => run.records.length === 30);
  expect(getEventListeners(run.signal, 'abort')).toHaveLength(1);
  await stop(run, running);
});

it('bounds the unfinished lines of all clients together, and each client goes on with its next line', async () => {
  const LENGTH = 10_000;
  const most = 20 * LENGTH;
  const { run, running, port } = await start({ maxUnfinished: most });
  const all = await Promise.all(Array.from({ length: 300 }, () => client(port)));
  for (const one of all) one.write('x'.repeat(LENGTH));
  // Whoever does not fit was cut before the ends of lines come.
  await run.until(() => run.bads.length >= all.length - most / LENGTH);
  expect(new Set(run.bads.map(({ reason }) => reason))).toEqual(
    new Set(['cut off, the longest of too many unfinished lines']),
  );
  const cut = run.bads.length;
  for (const one of all) one.write('\nnext\n');
  await run.until(() => run.records.filter((record) => record === 'next').length === all.length);
  const whole = run.records.filter((record) => record === 'x'.repeat(LENGTH));
  expect(whole).toHaveLength(all.length - cut);
  expect(run.records).toHaveLength(2 * all.length);
  await stop(run, running);
}, 60_000);

it('cuts the longest line, so that one client cannot take the lines of the others', async () => {
  const { run, running, port } = await start({ maxUnfinished: 100_000 });
  const others = await Promise.all(Array.from({ length: 9 }, () => client(port)));
  for (const one of others) one.write('y'.repeat(5000));
  const greedy = await client(port);
  greedy.write('z'.repeat(90_000));
  await run.until(() => run.bads.length > 0);
  expect(run.bads.map(({ text }) => text[0])).toEqual(['z']);
  for (const one of others) one.end('\n');
  await run.until(() => run.records.length === 10);
  expect(run.records.filter((record) => record === 'y'.repeat(5000))).toHaveLength(9);
  await stop(run, running);
});
