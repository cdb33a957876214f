import { createSocket } from 'node:dgram';
import { expect, it } from 'vitest';
import { udp } from '../../../src/flow/sources/udp.ts';
import { openSource, TestRun } from '../../support/source.ts';

/** A source that receives on a port of its own, and what sends to it. */
async function start(args: { readonly [name: string]: unknown } = {}, run = new TestRun()) {
  const running = openSource(udp, { port: 0, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  const port = Number(/:(\d+) /.exec(run.notes[0] ?? '')?.[1]);
  const sender = createSocket('udp4');
  const send = (bytes: string | Buffer) =>
    new Promise<void>((resolve) => sender.send(bytes, port, '127.0.0.1', () => resolve()));
  const stop = async () => {
    run.abort();
    await running;
    await new Promise<void>((resolve) => sender.close(resolve));
  };
  return { run, port, sender, send, stop };
}

it('says where it listens and how to try it', async () => {
  const { run, port, stop } = await start();
  expect(run.notes).toEqual([`listening on 127.0.0.1:${port} by UDP (try: nc -u 127.0.0.1 ${port})`]);
  await stop();
});

it('makes a record of each datagram, in order, whatever is in it', async () => {
  const { run, send, stop } = await start();
  const wrong = Buffer.from([0xc3, 0x28, 0x0a, 0x61]);
  for (const datagram of ['a', 'b\n', 'c\r\n', '', 'two\nlines\n', 'd', wrong, 'é €']) await send(datagram);
  await run.until(() => run.records.length === 8);
  expect(run.records).toEqual(['a', 'b', 'c', '', 'two\nlines', 'd', 'bad: not valid UTF-8', 'é €']);
  expect(run.origins).toHaveLength(1);
  await stop();
});

it('tags records with who sent them', async () => {
  const { run, send, sender, stop } = await start({ tag: true });
  await send('a\n');
  await run.until(() => run.records.length === 1);
  expect(run.records).toEqual([{ source: `127.0.0.1:${sender.address().port}`, line: 'a', peer: '127.0.0.1' }]);
  await stop();
});

it('takes a datagram of the most bytes', async () => {
  const { run, send, stop } = await start();
  await send('x'.repeat(65_507));
  await run.until(() => run.records.length === 1);
  expect(String(run.records[0])).toHaveLength(65_507);
  await stop();
});

it('holds what comes while the inbox is full, and hands it on in order', async () => {
  const { run, send, stop } = await start();
  run.shut();
  await send('0');
  await run.until(() => run.records.length === 1);
  for (let i = 1; i < 50; i++) await send(`${i}`);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(run.records).toHaveLength(1);
  run.reopen();
  await run.until(() => run.records.length === 50);
  expect(run.records).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
  await stop();
});

it('counts what is lost beyond what it holds, and tells of it', async () => {
  const { run, send, stop } = await start();
  run.shut();
  await send('first');
  await run.until(() => run.records.length === 1);
  const datagram = Buffer.alloc(60_000, 'x');
  // One at a time, so that the system need not hold more than one.
  while (run.notes.length === 1) {
    await send(datagram);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(run.notes[1]).toBe('datagrams are lost: they come faster than the program takes them');
  await stop();
  expect(run.notes[2]).toMatch(/^datagrams were lost: \d+ came while the program could not keep up/);
  // What was held has not been lost.
  expect(run.records.length).toBeGreaterThan(250);
});

it('says that a port is in use', async () => {
  const { port, stop } = await start();
  const other = openSource(udp, { port }, new TestRun()).run();
  await expect(other).rejects.toMatchObject({
    exit: 3,
    message: `cannot listen on 127.0.0.1:${port} (UDP): the port is in use`,
  });
  await stop();
});
