/** The source `subscribe` at real servers: the one that leat is, and others that behave badly. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, wallClock } from '../../../src/base/clock.ts';
import { field, type Value } from '../../../src/base/value.ts';
import type { Position } from '../../../src/flow/define/position.ts';
import { subscribe } from '../../../src/flow/sources/subscribe.ts';
import { SteppingClock } from '../../../src/run/trials/stepping-clock.ts';
import { tries, within } from '../../support/effort.ts';
import { Serving } from '../../support/serving.ts';
import { openSource, TestRun } from '../../support/source.ts';

const PATHS = 'json | groupBy(.path, {n: count()}) | serve(0, name: "paths")';

/** Subscribed until the test is over. */
function subscribed(
  url: string,
  args: { readonly [name: string]: unknown } = {},
  from?: Position,
  once = false,
  clock: Clock = wallClock,
  kept?: () => Promise<void>,
): TestRun {
  const run = new TestRun({ once, clock, ...(from === undefined ? {} : { from }) });
  if (kept !== undefined) Object.assign(run, { kept });
  const source = openSource(
    subscribe,
    { url, wait: true, changes: false, maxEvent: 1e6, tag: false, ...args },
    run,
    from,
  );
  const ended = source.run();
  Object.assign(run, { ended });
  onTestFinished(async () => {
    run.abort();
    await ended.catch(() => {});
  });
  return run;
}

const endOf = (run: TestRun) => (run as unknown as { readonly ended: Promise<void> }).ended;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serverOf(handler: Handler): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const STREAM = { 'content-type': 'text/event-stream' };

const rows = (...numbers: readonly number[]) => numbers.map((n, i) => ({ path: `/${'abcdefghijkl'[i]}`, n }));

test('each result of a view gives its rows, of which only changes are sent', async () => {
  const serving = new Serving(PATHS);
  const address = await serving.listens();
  serving.batch(rows(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  const run = subscribed(`${address}v/paths`);
  await run.until(() => run.records.length === 12);
  serving.batch(rows(1, 2, 30, 4, 5, 6, 7, 8, 9, 10, 11));
  await run.until(() => run.records.length === 23);
  expect(run.records.slice(12)).toEqual(rows(1, 2, 30, 4, 5, 6, 7, 8, 9, 10, 11));
  expect(run.origins.map(({ name }) => name)).toEqual([`${new URL(address).host}/v/paths`]);
});

test('who is killed before anything of it is kept begins again with the result that it was about to begin with', async () => {
  const serving = new Serving(PATHS);
  const url = `${await serving.listens()}v/paths`;
  serving.batch(rows(1, 2));
  let keep = () => {};
  const first = subscribed(url, {}, undefined, false, wallClock, () => new Promise((kept) => (keep = kept)));
  await first.until(() => first.position?.length === 1);
  const { position } = first;
  expect(position).toMatchObject([{ at: { id: expect.stringMatching(/^1\./), isBefore: true } }]);
  expect(first.records).toEqual([]);
  serving.batch(rows(3, 4));
  // Killed here, it has the first one before it yet, and not killed too.
  const second = subscribed(url, {}, position);
  await second.until(() => second.records.length === 4);
  keep();
  await first.until(() => first.records.length === 4);
  expect([first.records, second.records]).toEqual([
    rows(1, 2, 3, 4).map((row, i) => ({ ...row, path: `/${'abab'[i]}` })),
    first.records,
  ]);
  expect(second.position).toMatchObject([{ at: { id: expect.stringMatching(/^2\./) } }]);
});

test('with changes only what is other comes, and tagged also what is gone', async () => {
  const serving = new Serving(PATHS);
  const address = await serving.listens();
  const run = subscribed(`${address}v/paths/events`, { changes: true, tag: true });
  const before = rows(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  serving.batch(before);
  await run.until(() => run.records.length === 12);
  expect(run.records[1]).toMatchObject({
    view: 'paths',
    batch: 1,
    time: 1000,
    start: 0,
    end: 1000,
    key: '/b',
    row: { n: 2 },
  });
  serving.batch([...before.slice(1, 11), { path: '/b2', n: 1 }]);
  await run.until(() => run.records.length === 15);
  expect(run.records.slice(12)).toMatchObject([
    { key: '/a', row: null },
    { key: '/l', row: null },
    { key: '/b2', row: { n: 1 } },
  ]);
});

test('what is put together of changes is what was served, whatever that was', async () => {
  const result = fc.uniqueArray(fc.tuple(fc.nat(12), fc.nat(2)), { selector: ([key]) => key, maxLength: 13 });
  await fc.assert(
    fc.asyncProperty(fc.array(result, { minLength: 1, maxLength: 6 }), async (results) => {
      const batches = results.map((pairs) => pairs.map(([key, n]) => ({ path: `/${key}`, n })));
      const serving = new Serving(PATHS);
      const run = subscribed(`${await serving.listens()}v/paths`, { tag: true });
      await run.until(() => run.notes.length > 0);
      const expected: Value[] = [];
      for (const [i, batch] of batches.entries()) {
        serving.batch(batch);
        expected.push(...batch.map((row) => [i + 1, row]));
        await run.until(() => run.records.length >= expected.length);
      }
      expect(run.records.map((record) => [field(record, 'batch'), field(record, 'row')])).toEqual(expected);
      run.abort();
      await endOf(run);
      await serving.end();
    }),
    { numRuns: tries(20, 500), plugins: [within(10_000)] },
  );
}, 120_000);

test('another process goes on behind any result, as long as it is kept', async () => {
  const serving = new Serving(PATHS);
  const url = `${await serving.listens()}v/paths`;
  const first = subscribed(url, { tag: true });
  const put = (n: number) => serving.batch(rows(n, ...Array<number>(11).fill(0)));
  for (let n = 1; n <= 5; n++) {
    put(n);
    await first.until(() => first.records.length === 12 * n);
  }
  put(6);
  await first.until(() => first.records.length === 72);
  for (const cut of first.cuts.slice(1)) {
    if (cut.count === 72) continue;
    const second = subscribed(url, { tag: true }, JSON.parse(cut.position!) as Position);
    await second.until(() => cut.count + second.records.length >= 72);
    expect(second.records).toEqual(first.records.slice(cut.count));
    expect(second.notes).toEqual([expect.stringMatching(/^connected/)]);
  }
});

test('what is not kept any more is told, and a run that was started anew', async () => {
  const serving = new Serving('json | groupBy(.path, {n: count()}) | serve(0, name: "paths", keep: 3s)');
  const url = `${await serving.listens()}v/paths`;
  for (let n = 1; n <= 9; n++) serving.batch(rows(n));
  const first = subscribed(url, {}, [{ key: 'events', at: { id: '2.00000000' } }]);
  await first.until(() => first.records.length === 1);
  expect(first.notes.at(-1)).toMatch(/\/v\/paths was started anew: what it found in between is not known/);
  const { id } = (JSON.parse(first.cuts.at(-1)!.position!) as [{ at: { id: string } }])[0].at;
  const second = subscribed(url, {}, [{ key: 'events', at: { id: id.replace(/^\d+/, '2') } }]);
  await second.until(() => second.records.length === 1);
  expect(second.notes.at(-1)).toMatch(/^missed 6 results of .*\/v\/paths: they are not kept there any more$/);
});

test('with --once the newest result is taken', async () => {
  const serving = new Serving(PATHS);
  const url = `${await serving.listens()}v/paths`;
  serving.batch(rows(1));
  serving.batch(rows(5, 6));
  const run = subscribed(url, {}, undefined, true);
  await endOf(run);
  expect(run.records).toEqual(rows(5, 6));
});

test('of another stream the data of events are records, read on from the last id', async () => {
  const asked: (string | undefined)[] = [];
  const address = await serverOf((request, response) => {
    asked.push(request.headers['last-event-id'] as string | undefined);
    if (asked.length > 2) return void response.writeHead(204).end();
    response.writeHead(200, STREAM);
    response.end(`retry: 1\nid: ${asked.length}\nevent: add\ndata: {"n":${asked.length}}\n\ndata: lost`);
  });
  const run = subscribed(`${address}/changes`, { tag: true });
  await endOf(run);
  const source = `${new URL(address).host}/changes`;
  expect(run.records).toEqual([
    { source, event: 'add', id: '1', line: '{"n":1}' },
    { source, event: 'add', id: '2', line: '{"n":2}' },
  ]);
  expect(asked).toEqual([undefined, '1', '2']);
  expect(run.notes).toContain(`${source} says that nothing more comes`);
});

test('a server that asks to be asked again at once is asked ten times a second at most', async () => {
  let asked = 0;
  const address = await serverOf((_, response) => {
    asked++;
    response.writeHead(200, STREAM).end('retry: 1\ndata: x\n\n');
  });
  const clock = new SteppingClock();
  const run = subscribed(`${address}/changes`, {}, undefined, false, clock);
  await clock.passUntil(() => asked === 4);
  expect([clock.now(), run.records.length]).toEqual([300, 3]);
});

test.each([
  ['any letters, as UTF-8', 'dépôt ✓ 🎈', 'dépôt ✓ 🎈'],
  ['what no header can have, not at all', 'a\u0001b', undefined],
])('ids of %s', async (_, id, said) => {
  const asked: (string | undefined)[] = [];
  const address = await serverOf((request, response) => {
    const last = request.headers['last-event-id'] as string | undefined;
    asked.push(last === undefined ? undefined : Buffer.from(last, 'latin1').toString());
    if (asked.length > 1) return void response.writeHead(204).end();
    response.writeHead(200, STREAM).end(`retry: 1\nid: ${id}\ndata: x\n\n`);
  });
  const run = subscribed(`${address}/changes`, { tag: true });
  await endOf(run);
  expect(run.records).toEqual([expect.objectContaining({ id })]);
  expect(asked).toEqual([undefined, said]);
});

test('a token is sent to the server that it is for, and to no other', async () => {
  const asked: (string | undefined)[] = [];
  const other = await serverOf((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(200, STREAM).end('data: x\n\n');
  });
  const address = await serverOf((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(307, { location: `${other}/there` }).end();
  });
  const run = subscribed(`${address}/here`, { token: 'secret-word' }, undefined, true);
  await endOf(run);
  expect([run.records, asked]).toEqual([['x'], ['Bearer secret-word', undefined]]);
});

test('a refusal that will not pass is told with what the server says', async () => {
  const serving = new Serving('words | countByValue | serve(0, name: "words", token: "long enough to be one")');
  const url = `${await serving.listens()}`.replace(/\?.*/, 'v/words');
  await expect(endOf(subscribed(url))).rejects.toMatchObject({
    code: 'cannot-subscribe',
    exit: 3,
    message: expect.stringContaining('a token is needed to look at this'),
  });
  serving.batch([['a', 1]]);
  const run = subscribed(url, { token: 'long enough to be one' });
  await run.until(() => run.records.length === 1);
});

test.each<[string, Handler, RegExp]>([
  ['a page', (_, response) => void response.end('<p>'), /this is no stream of events/],
  [
    'redirections without end',
    (request, response) => void response.writeHead(302, { location: request.url }).end(),
    /status 302/,
  ],
  [
    'a redirection elsewhere',
    (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /status 302/,
  ],
  [
    'control characters',
    (_, response) => void response.writeHead(404).end('{"error":{"message":"\\u001b[2J"}}'),
    /: \\x1b\[2J$/,
  ],
])('%s instead of a stream is told', async (_what, handler, message) => {
  const failure: unknown = await endOf(subscribed(`${await serverOf(handler)}/x`)).catch((error: unknown) => error);
  expect(failure).toMatchObject({ exit: 3, message: expect.stringMatching(message) });
});

test.each([
  ['no JSON', 'event: result\nid: 1.a\ndata: {\n\n'],
  ['keys that are not as many as rows', 'event: result\nid: 1.a\ndata: {"keys":["a"],"rows":[]}\n\n'],
  ['a change of nothing', 'event: change\nid: 2.a\ndata: {"keys":["a"],"rows":[1],"at":[0]}\n\n'],
  [
    'places that cannot be',
    'event: result\nid: 1.a\ndata: {"keys":["a"],"rows":[7]}\n\nevent: change\nid: 2.a\ndata: {"keys":["b"],"rows":[1],"at":[1000000]}\n\n',
  ],
  [
    'a change that does not follow',
    'event: result\nid: 1.a\ndata: {"keys":["a"],"rows":[7]}\n\nevent: change\nid: 3.a\ndata: {"keys":["b"],"rows":[1]}\n\n',
  ],
])('a view that sends %s is begun with anew', async (_what, text) => {
  let count = 0;
  const address = await serverOf((request, response) => {
    response.writeHead(200, STREAM);
    if (++count === 1) response.write(text);
    else {
      expect(request.headers['last-event-id']).toBe(undefined);
      response.write(
        'event: result\nid: 9.b\ndata: {"view":"x","batch":9,"time":1,"start":0,"end":1,"rows":["new"]}\n\n',
      );
    }
  });
  const run = subscribed(`${address}/v/x`);
  await run.until(() => run.records.includes('new'));
  expect(run.notes.join()).toContain('cannot be followed; trying again');
});

test('what does not keep up makes the server wait', async () => {
  let written = 0;
  const address = await serverOf(async (_request, response) => {
    response.writeHead(200, STREAM);
    const event = `data: ${'x'.repeat(50_000)}\n\n`;
    for (let i = 0; i < 1000 && !response.destroyed; i++) {
      written++;
      if (!response.write(event))
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    }
  });
  const run = new TestRun();
  run.shut();
  const source = openSource(
    subscribe,
    { url: `${address}/x`, wait: true, changes: false, maxEvent: 1e6, tag: false },
    run,
  );
  const ended = source.run();
  await run.until(() => run.records.length > 0);
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(run.records.length).toBeLessThan(20);
  run.abort();
  run.reopen();
  await ended;
  expect(written).toBeLessThan(1000);
});
