/** Clients that mean harm, at a real server: what they do costs those who look nothing. */
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Serving } from '../../support/serving.ts';

const WORDS = 'words | countByValue | serve(0, name: "words")';

/** Connects so many times, and sends that. */
async function clients(serving: Serving, count: number, text: string): Promise<readonly Socket[]> {
  const { port } = new URL(await serving.listens());
  const all = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect(Number(port), '127.0.0.1', () => {
            socket.write(text);
            resolve(socket);
          });
          socket.on('error', () => resolve(socket));
        }),
    ),
  );
  onTestFinished(() => {
    for (const socket of all) socket.destroy();
  });
  return all;
}

const closed = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.on('close', resolve)));

test('requests that never end are ended, and others are answered meanwhile', async () => {
  const serving = new Serving(WORDS);
  const slow = await clients(serving, 100, 'GET /api HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  // A letter now and then, as who wants to keep the connection sends it.
  const drip = setInterval(() => {
    for (const socket of slow) if (!socket.destroyed) socket.write('a');
  }, 500);
  onTestFinished(() => clearInterval(drip));
  expect((await serving.ask('/healthz')).status).toBe(200);
  for (const socket of slow) socket.resume();
  await Promise.all(slow.map(closed));
  expect((await serving.ask('/healthz')).status).toBe(200);
});

test('a body that never ends is not waited for', async () => {
  const serving = new Serving(WORDS);
  const [socket] = await clients(
    serving,
    1,
    `POST /v/words.json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n${'x'.repeat(1000)}`,
  );
  let said = '';
  socket!.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  await closed(socket!);
  expect(said).toMatch(/^HTTP\/1.1 405/);
});

test('more connections than are taken are turned away, and those who look go on being told', async () => {
  const serving = new Serving(WORDS);
  serving.batch([['a', 1]]);
  const reader = await serving.events('/v/words/events');
  await reader.next();
  const many = await clients(serving, 3200, '');
  for (const socket of many) socket.resume();
  // Those beyond the bound are closed at once, by the server.
  await expect.poll(() => many.filter(({ destroyed }) => destroyed).length, { timeout: 60_000 }).toBeGreaterThan(150);
  serving.batch([['a', 2]]);
  expect(await reader.next()).toMatchObject({ data: { batch: 2 } });
  for (const socket of many) socket.destroy();
  await expect
    .poll(
      () =>
        serving.ask('/healthz').then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 60_000 },
    )
    .toBe(200);
});

test('what does not read what it asked for is let go of, and holds up no batch', async () => {
  const serving = new Serving(WORDS);
  const rows = Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, i]);
  serving.batch(rows);
  const stuck = await clients(serving, 20, 'GET /v/words/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  for (const socket of stuck) socket.pause();
  const reader = await serving.events('/v/words/events');
  await reader.next();
  for (let n = 1; n <= 8; n++) {
    serving.batch(rows.map(([key, i]) => [key!, (i as number) + n]));
    expect(await reader.next()).toMatchObject({ data: { batch: n + 1 } });
  }
});

test('mark-up and escapes in every field are text in all that is served', async () => {
  const serving = new Serving('json | groupBy(.path, {n: count()}) | serve(0, name: "v")');
  const evil = '</script><img src=x onerror=alert(1)>\u001b[2J"\'`&${1}](javascript:1)|';
  serving.batch([{ path: evil, n: 1, [evil]: evil }]);
  for (const ending of ['json', 'jsonl', 'csv', 'tsv', 'md', 'svg']) {
    const { headers, body } = await serving.ask(`/v/v.${ending}`);
    expect([ending, headers['x-content-type-options']]).toEqual([ending, 'nosniff']);
    expect(String(headers['content-security-policy'])).toContain('sandbox');
    expect(String(headers['content-type'])).not.toContain('html');
    if (ending === 'svg' || ending === 'md') {
      expect(body).not.toMatch(/(?<!\\)<(?:img|\/script)/);
      expect(body).not.toContain('\u001b');
    }
  }
  const missing = await serving.ask(`/v/${encodeURIComponent(evil)}`);
  expect([missing.status, missing.headers['content-type']]).toEqual([404, 'application/json; charset=utf-8']);
});
