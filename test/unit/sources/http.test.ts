import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock, wallClock } from '../../../src/base/clock.ts';
import type { Framer, Progress } from '../../../src/flow/define/framer.ts';
import type { Position } from '../../../src/flow/define/position.ts';
import { keyOfBatch } from '../../../src/flow/keyed/known-keys.ts';
import { http } from '../../../src/flow/sources/http.ts';
import { openSource, TestRun } from '../../support/source.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const sockets: Socket[] = [];
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const stop of stops.splice(0)) await stop();
});

/** A source at a port of its own, which ends with the test. */
async function start(args: { readonly [name: string]: unknown } = {}, run = new TestRun(), from?: Position) {
  const source = openSource(http, { port: 0, ...args }, run, from);
  const running = source.run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  const port = Number(/:(\d+) /.exec(run.notes[0] ?? '')?.[1]);
  const stop = async () => {
    run.abort();
    await running;
  };
  stops.push(stop);
  return { run, running, port, source, stop };
}

interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly agent?: Agent;
}

function post(port: number, body: string | Buffer, { method = 'POST', path = '/', headers, agent }: Sending = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', method, path, headers, agent: agent ?? false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function connected(port: number): Promise<Socket> {
  const socket = createConnection(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** A clock that says how many wait for it. */
class WatchedClock extends VirtualClock {
  readonly waiting = new Set<() => void>();

  override at(time: number, wake: () => void): () => void {
    const callOff = super.at(time, () => {
      this.waiting.delete(callOff);
      wake();
    });
    this.waiting.add(callOff);
    return () => {
      this.waiting.delete(callOff);
      callOff();
    };
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** All that comes until the other end closes. */
async function rest(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  await once(socket, 'close');
  return text;
}

describe('what is taken', () => {
  it('says where it listens and how to try it', async () => {
    const { run, port } = await start({ path: '/in' });
    expect(run.notes).toEqual([
      `listening on http://127.0.0.1:${port} (try: curl -d hello http://127.0.0.1:${port}/in)`,
    ]);
  });

  it('takes lines by POST and PUT, each body by itself, a last line without its end too', async () => {
    const { run, port } = await start();
    expect((await post(port, 'a\nb')).status).toBe(204);
    expect((await post(port, 'c\n', { method: 'PUT' })).status).toBe(204);
    expect((await post(port, '')).status).toBe(204);
    expect(run.records).toEqual(['a', 'b', 'c']);
    expect(run.origins.map(({ lines }) => lines)).toEqual([2, 1, 0]);
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ] as const)('unpacks %s', async (encoding, pack) => {
    const { run, port } = await start();
    expect((await post(port, pack('a\nb'), { headers: { 'content-encoding': encoding } })).status).toBe(204);
    expect(run.records).toEqual(['a', 'b']);
  });

  it('unpacks a file of gzip that is sent as it is', async () => {
    const { run, port } = await start();
    expect((await post(port, gzipSync('a\n'))).status).toBe(204);
    expect(run.records).toEqual(['a']);
  });

  it('takes many requests of one connection, and of two hundred', async () => {
    const { run, port } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 20; i++) await post(port, `one ${i}\n`, { agent });
    agent.destroy();
    expect(new Set(run.origins.map(({ name }) => name)).size).toBe(1);
    await Promise.all(Array.from({ length: 200 }, (_, i) => post(port, `${i}\n`)));
    expect(run.records.slice(20).sort()).toEqual(Array.from({ length: 200 }, (_, i) => `${i}`).sort());
  });

  it('says nothing of tokens and cookies in what it tags, and lets a header be called as it likes', async () => {
    const { run, port } = await start({ tag: true, token: 'secret' });
    const headers = { authorization: 'Bearer secret', cookie: 'a=b', '7': 'x' };
    await post(port, 'a', { path: '/p?token=other&q=1', headers });
    expect(JSON.stringify(run.records)).not.toMatch(/secret|other|a=b/);
    expect(run.records[0]).toMatchObject({ line: 'a', peer: '127.0.0.1', path: '/p?q=1' });
  });

  it('answers GET and HEAD, and nothing else', async () => {
    const { port } = await start();
    expect(await post(port, '', { method: 'GET' })).toMatchObject({
      status: 200,
      text: 'leat takes what is sent here by POST\n',
    });
    expect(await post(port, '', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect(await post(port, '', { method: 'DELETE' })).toMatchObject({ status: 405, text: 'send by POST or PUT\n' });
  });
});

describe('what is refused', () => {
  it('takes nothing of a body that breaks off', async () => {
    const { run, port } = await start();
    const socket = await connected(port);
    socket.write('POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\nwhole\nhalf');
    await post(port, 'other\n');
    socket.resetAndDestroy();
    await post(port, 'last\n');
    expect(run.records).toEqual(['other', 'last']);
  });

  it.each([
    [{ path: '/b' }, 404],
    [{ path: '/a', headers: { 'content-encoding': 'zstd' } }, 415],
    [{ path: '/a', headers: { 'content-encoding': 'gzip' } }, 400],
    [{ path: '/a', headers: { 'idempotency-key': 'x'.repeat(201) } }, 400],
    [{ path: '/a', headers: { origin: 'http://example.com' } }, 403],
    [{ path: '/a', headers: { host: 'rebound.example.com' } }, 403],
    [{ path: '/a', headers: { origin: 'http://127.0.0.1:1', host: '127.0.0.1:1' } }, 204],
  ] as const)('%o is answered by %i', async (sending, status) => {
    const { run, port } = await start({ path: '/a' });
    expect((await post(port, 'a', sending)).status).toBe(status);
    expect(run.records).toEqual(status === 204 ? ['a'] : []);
  });

  it('wants the token, in a header or in the address', async () => {
    const { run, port } = await start({ token: 'right' });
    const none = await post(port, 'a');
    expect(none).toMatchObject({ status: 401, text: expect.stringContaining('a token is needed') });
    expect(none.headers['www-authenticate']).toBe('Bearer realm="leat"');
    expect((await post(port, 'a', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect(
      (await post(port, 'b', { headers: { authorization: 'Bearer right', host: 'any', origin: 'http://x' } })).status,
    ).toBe(204);
    expect((await post(port, 'c', { path: '/?token=right' })).status).toBe(204);
    expect(run.records).toEqual(['b', 'c']);
  });

  it('takes a token of several words in either place', async () => {
    const { port } = await start({ token: 'correct horse' });
    expect((await post(port, 'a', { headers: { authorization: 'Bearer  correct horse' } })).status).toBe(204);
    expect((await post(port, 'a', { path: '/?token=correct%20horse' })).status).toBe(204);
    expect((await post(port, 'a', { headers: { authorization: 'Bearer correct' } })).status).toBe(401);
  });

  it('refuses a body that is too long: by its length, as it comes, and when it is unpacked', async () => {
    const { run, port } = await start({ maxBody: 1000 });
    const long = 'x'.repeat(1001);
    expect(await post(port, long)).toMatchObject({ status: 413, text: 'a body has 1000b at most\n' });
    expect((await post(port, long, { headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413);
    expect((await post(port, gzipSync('x'.repeat(5_000_000).slice(0, 200_000)))).status).toBe(413);
    expect((await post(port, gzipSync(gzipSync('x')))).status).toBe(415);
    expect(run.records).toEqual([]);
  });

  it('says what it refuses before a body is sent, to who asks', async () => {
    const { run, port } = await start({ maxBody: 1000 });
    const refused = await connected(port);
    refused.write('POST / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 9999\r\n\r\n');
    expect(await rest(refused)).toMatch(/^HTTP\/1\.1 413 /);
    const taken = await connected(port);
    taken.write(
      'POST / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n',
    );
    await once(taken, 'readable');
    expect(taken.read().toString()).toMatch(/^HTTP\/1\.1 100 /);
    taken.write('a\n');
    expect(await rest(taken)).toMatch(/^HTTP\/1\.1 204 /);
    expect(run.records).toEqual(['a']);
  });

  it('says so of what is no request behind one that was answered', async () => {
    const { port } = await start();
    const socket = await connected(port);
    let said = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      if (said === '') socket.write('no request\r\n\r\n');
      said += piece;
    });
    socket.write(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 2\r\n\r\na\n`);
    await once(socket, 'close');
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 400']);
  });

  it('makes no more records of a body than there is room for', async () => {
    const { run, port } = await start({ tag: true });
    run.shut();
    const sent = post(port, gzipSync('\n'.repeat(500_000)), { headers: { 'content-encoding': 'gzip' } });
    await run.until(() => run.records.length > 0);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(run.records.length).toBeLessThan(200_000);
    run.reopen();
    expect((await sent).status).toBe(204);
    expect(run.records).toHaveLength(500_000);
  });

  it('lets who sends wait while there is no room, for 5 s, and then come again', async () => {
    const clock = new WatchedClock();
    const { run, port } = await start({}, new TestRun({ clock }));
    run.shut();
    expect((await post(port, 'a\n')).status).toBe(204);
    const late = post(port, 'b\n');
    await until(() => clock.waiting.size > 0);
    clock.moveTo(4999);
    expect(clock.waiting.size).toBe(1);
    clock.moveTo(5000);
    expect(await late).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    const waiting = post(port, 'c\n');
    await until(() => clock.waiting.size > 0);
    expect(run.records).toEqual(['a']);
    run.reopen();
    expect((await waiting).status).toBe(204);
    expect(run.records).toEqual(['a', 'c']);
    expect(clock.waiting.size).toBe(0);
  });

  it('holds so many bytes of bodies that are on their way, and no more', async () => {
    const { run, port } = await start({ maxBody: 1000, maxUnfinished: 1000 });
    const first = await connected(port);
    first.write(`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n${'a'.repeat(600)}`);
    const second = await connected(port);
    second.write(`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n${'b'.repeat(600)}`);
    // The one that came later, or both where they came in turn.
    const [status] = await Promise.race([once(first, 'data'), once(second, 'data')]);
    expect(String(status)).toMatch(/^HTTP\/1\.1 429 /);
    expect(run.records).toEqual([]);
  });
});

describe('the end of the run', () => {
  it('answers what was taken, and lets go of all others', async () => {
    const { port, stop, run } = await start();
    const idle = await connected(port);
    const half = await connected(port);
    half.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf');
    await post(port, 'a\n');
    const answer = rest(half);
    await stop();
    expect(await answer).toMatch(/^HTTP\/1\.1 503 /);
    await (idle.closed || once(idle, 'close'));
    expect(run.records).toEqual(['a']);
  });

  it('serves one connection with --once', async () => {
    const run = new TestRun({ once: true });
    const { port, running } = await start({}, run);
    expect((await post(port, 'a\n')).status).toBe(204);
    await running;
    expect(run.records).toEqual(['a']);
  });

  it('fails with exit 3 where the port is in use', async () => {
    const { port } = await start();
    const again = openSource(http, { port }, new TestRun()).run();
    await expect(again).rejects.toMatchObject({ code: 'cannot-listen', exit: 3 });
  });
});

/** A run that is kept: what is received is given to the framer at once, and is safe when it is said to be. */
class KeptRun extends TestRun {
  readonly own: { key: string; at: unknown }[] = [];
  framerOf: ((name: string) => Framer) | undefined;
  safe: () => void = () => {};
  private safety = new Promise<void>((resolve) => {
    this.safe = resolve;
  });

  readonly kept = () => this.safety;
  readonly receive = (name: string) => this.framerOf!(name);

  override deliver(chunk: Parameters<TestRun['deliver']>[0]) {
    if (chunk.kind === 'position') for (const split of chunk.behind) this.own.push(split as never);
    return super.deliver(chunk);
  }
}

describe('keys', () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

  it('takes a request with a key once', async () => {
    const { run, port } = await start();
    expect((await post(port, 'a\n', keyed('k'))).headers['idempotent-replayed']).toBeUndefined();
    expect(await post(port, 'a\n', keyed('k'))).toMatchObject({
      status: 204,
      headers: { 'idempotent-replayed': 'true' },
    });
    await post(port, 'b\n', keyed('other'));
    expect(run.records).toEqual(['a', 'b']);
  });

  it('lets one that comes again while the first is under way wait with it', async () => {
    const run = new KeptRun();
    const { port, source } = await start({}, run);
    run.framerOf = (name) => source.framer!(run.origin(name));
    const both = Promise.all([post(port, 'a\n', keyed('k')), post(port, 'a\n', keyed('k'))]);
    await run.until(() => run.records.length > 0);
    run.safe();
    expect((await both).map(({ status }) => status)).toEqual([204, 204]);
    expect(run.records).toEqual(['a']);
  });

  it('answers when what came is safe', async () => {
    const run = new KeptRun();
    const { port, source } = await start({}, run);
    run.framerOf = (name) => source.framer!(run.origin(name));
    let isAnswered = false;
    const answer = post(port, 'a\n').then(() => {
      isAnswered = true;
    });
    await run.until(() => run.records.length > 0);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(isAnswered).toBe(false);
    run.safe();
    await answer;
  });

  it('knows keys of an earlier run, of those who count theirs all up to the last', async () => {
    const first = new KeptRun();
    const { port, source, stop } = await start({}, first);
    first.framerOf = (name) => source.framer!(first.origin(name));
    first.safe();
    const sender = '0b51e3a4-5a4c-4b0e-8d3b-0d6f1a3b5c7d';
    for (const key of ['k', keyOfBatch(sender, 1), keyOfBatch(sender, 7)]) await post(port, 'a\n', keyed(key));
    await stop();
    expect(first.own).toEqual([
      { key: 'key k', at: 0 },
      { key: `sender leat-${sender}`, at: 1 },
      { key: `sender leat-${sender}`, at: 7 },
    ]);
    const from = JSON.parse(JSON.stringify([first.own[0], first.own[2]])) as Position;
    const second = new KeptRun();
    const next = await start({}, second, from);
    second.framerOf = (name) => next.source.framer!(second.origin(name));
    second.safe();
    for (const key of ['k', keyOfBatch(sender, 5), keyOfBatch(sender, 7)]) await post(next.port, 'old\n', keyed(key));
    for (const key of ['l', keyOfBatch(sender, 8)]) await post(next.port, 'new\n', keyed(key));
    expect(second.records).toEqual(['new', 'new']);
  });
});

it('goes on in a body behind any of its records', () => {
  const bytes = Buffer.from('{"key":"k","tag":{}}\na\nb\nc');
  const cuts: { readonly records: number; readonly offset: number }[] = [];
  const progress = (from: number): Progress => ({
    from,
    skip: from,
    isPassing: false,
    behind: (offset) => {
      cuts.push({ records: 0, offset });
      return { key: 'received 0', at: { name: '', offset } };
    },
    over: () => ({ key: 'received 0', at: null }),
  });
  const read = (from: number) => {
    const run = new TestRun({ clock: wallClock });
    const framer = openSource(http, { port: 0 }, run).framer!(run.origin('c'), progress(from));
    framer.push(bytes);
    framer.end();
    return run.records;
  };
  expect(read(0)).toEqual(['a', 'b', 'c']);
  const offsets = [...new Set(cuts.map(({ offset }) => offset))];
  expect(offsets).toEqual([4, 5]);
  expect(offsets.map(read)).toEqual([['c'], []]);
});
