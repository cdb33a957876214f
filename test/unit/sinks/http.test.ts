import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { retryAfter } from '../../../src/flow/http/answers.ts';
import { http } from '../../../src/flow/sinks/http.ts';
import { http as httpSource } from '../../../src/flow/sources/http.ts';
import { batch, openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun } from '../../support/source.ts';

interface Posted {
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A server that answers in turn as it is told, and then takes all. */
async function serving(...answers: ((response: ServerResponse) => void)[]) {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.method !== 'POST') return response.writeHead(501).end();
      posted.push({ headers: request.headers, body: Buffer.concat(pieces) });
      const answer = answers.shift();
      return answer === undefined ? response.writeHead(200).end('thanks') : answer(response);
    });
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/in`;
  return { url, posted };
}

const keyOf = ({ headers }: Posted) => headers['idempotency-key'] as string;

test('posts each batch that gives something as lines of JSON, with a key of its own', async () => {
  const { url, posted } = await serving();
  const { context, reports } = sinkContext();
  await runBatches(openSink(http, { url }, context), [[{ a: 1 }, { a: 2 }], [], [{ a: 3 }]]);
  expect(reports.failures).toEqual([]);
  expect(posted.map(({ body }) => body.toString())).toEqual(['{"a":1}\n{"a":2}\n', '{"a":3}\n']);
  expect(posted[0]!.headers['content-type']).toBe('application/x-ndjson');
  const [first, second] = posted.map((post) => /^(leat-[\da-f-]{36}):(\d+)$/.exec(keyOf(post))!.slice(1));
  expect([first![1], second![1], second![0]]).toEqual(['1', '2', first![0]]);
});

test('says what it is told to say, in headers that secrets of the environment are put into', async () => {
  process.env.LEAT_TEST_KEY = 'a b';
  onTestFinished(() => void delete process.env.LEAT_TEST_KEY);
  const { url, posted } = await serving();
  const { context } = sinkContext();
  const args = {
    url: `${url}?k=\${LEAT_TEST_KEY}`,
    token: '${LEAT_TEST_KEY}',
    headers: { 'X-Key': 'is ${LEAT_TEST_KEY}', 'content-type': 'application/json' },
    gzip: true,
    format: 'csv',
  };
  await runBatches(openSink(http, args, context), [[{ a: 1, b: 'x' }], [{ a: 2, b: 'y' }]]);
  expect(posted.map(({ body }) => gunzipSync(body).toString())).toEqual(['a,b\n1,x\n', 'a,b\n2,y\n']);
  expect(posted[0]!.headers).toMatchObject({
    authorization: 'Bearer a b',
    'x-key': 'is a b',
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  });
});

test.each([429, 500, 503])(
  'posts again with the same key where it is answered %i, and says so once',
  async (status) => {
    const busy = (response: ServerResponse) => void response.writeHead(status).end('later\n');
    const { url, posted } = await serving(busy, busy, (response) => response.destroy());
    const { context, reports } = sinkContext();
    await runBatches(openSink(http, { url }, context), [['a'], ['b']]);
    expect(reports.failures).toEqual([]);
    expect(posted.map(({ body }) => body.toString())).toEqual(['"a"\n', '"a"\n', '"a"\n', '"a"\n', '"b"\n']);
    expect(new Set(posted.slice(0, 4).map(keyOf)).size).toBe(1);
    expect(reports.notes).toEqual([
      expect.stringMatching(new RegExp(`it answers ${status} .*: later; trying again for 30s$`)),
    ]);
  },
);

test('goes on by the same connection behind an answer, and by another behind one that does not end', async () => {
  const ports: (number | undefined)[] = [];
  const port = (response: ServerResponse) => ports.push(response.socket?.remotePort);
  const brief = (response: ServerResponse) => {
    port(response);
    response.writeHead(200).end('thanks');
  };
  const endless = (response: ServerResponse) => {
    port(response);
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('thanks'.repeat(1000)));
    };
    response.on('drain', more);
    more();
  };
  const { url, posted } = await serving(brief, brief, endless, brief);
  const { context, reports } = sinkContext();
  await runBatches(openSink(http, { url }, context), [['a'], ['b'], ['c'], ['d']]);
  expect([reports.failures, reports.notes, posted.length]).toEqual([[], [], 4]);
  expect([ports[0] === ports[1], ports[1] === ports[2], ports[2] === ports[3]]).toEqual([true, true, false]);
});

describe('ends the run', () => {
  const fail = async (answer: (response: ServerResponse) => void, args: object = {}) => {
    const { url } = await serving(answer);
    const { context, reports } = sinkContext();
    const sink = openSink(http, { url: `${url}?key=secret`, ...args }, context);
    sink.push('a');
    sink.close(batch(1));
    const failure = await reports.failed;
    await sink.finish();
    expect(failure.message).not.toContain('secret');
    return failure;
  };

  test('with the words of a server that refuses, of which nothing reaches a terminal raw', async () => {
    const failure = await fail((response) => void response.writeHead(422).end(`no \x1b[31m${'x'.repeat(1000)}`));
    expect(failure).toMatchObject({ code: 'sink-refused', exit: 4 });
    expect(failure.message).toMatch(
      /^cannot write to http:\/\/127\.0\.0\.1:\d+\/in: it answers 422 [\w ]+: no \\x1b\[31mx+$/,
    );
    expect(failure.message.length).toBeLessThan(400);
  });

  test('with where a redirection leads', async () => {
    const failure = await fail((response) => void response.writeHead(308, { location: 'https://x.org/y?z=1' }).end());
    expect(failure.message).toMatch(/308 Permanent Redirect, and leads to https:\/\/x\.org\/y, which is not followed/);
  });

  test('when the server has said for long enough that it cannot', async () => {
    const failure = await fail((response) => void response.writeHead(503).end('down'), { retry: 0 });
    expect(failure).toMatchObject({
      code: 'sink-unreachable',
      exit: 4,
      message: expect.stringMatching(/503 .*: down$/),
    });
  });
});

test('the source takes a batch once that is posted again by a run that goes on', async () => {
  const run = new TestRun();
  const running = openSource(httpSource, { port: 0 }, run).run();
  await run.until(() => run.notes.length > 0);
  const url = `http://127.0.0.1:${/:(\d+) /.exec(run.notes[0]!)![1]}/`;
  const { context } = sinkContext({ intents: { write: async () => {} } });
  const first = openSink(http, { url }, context);
  const mark = (await first.mark!())!;
  await runBatches(first, [['a', 'b'], ['c']]);
  await runBatches(openSink(http, { url }, context, { mark, intents: [] }), [['a', 'b'], ['c'], ['d']]);
  run.abort();
  await running;
  expect(run.records).toEqual(['"a"', '"b"', '"c"', '"d"']);
});

test('tells at the start of a server that wants another token', async () => {
  const run = new TestRun();
  const running = openSource(httpSource, { port: 0, token: 'right' }, run).run();
  await run.until(() => run.notes.length > 0);
  const { context, reports } = sinkContext();
  const url = `http://127.0.0.1:${/:(\d+) /.exec(run.notes[0]!)![1]}/`;
  const sink = openSink(http, { url, token: 'wrong' }, context);
  expect(await reports.failed).toMatchObject({ code: 'sink-refused', message: expect.stringContaining('401') });
  await sink.finish();
  run.abort();
  await running;
});

test('a server that wants to be left alone is', async () => {
  const { url, posted } = await serving(
    (response) => response.writeHead(503, { 'retry-after': '1' }).end(),
    (response) => response.writeHead(429, { 'retry-after': 'soon' }).end(),
  );
  const { context, reports } = sinkContext();
  const before = performance.now();
  await runBatches(openSink(http, { url }, context), [['a']]);
  expect([reports.failures, posted.length]).toEqual([[], 3]);
  // Timers of the system are early by less than a millisecond.
  expect(performance.now() - before).toBeGreaterThan(998);
});

test.each([
  ['120', 120_000],
  ['Thu, 26 Nov 2026 15:00:10 GMT', 10_000],
  ['Thu, 26 Nov 2026 14:00:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['', undefined],
])('Retry-After: %s', (text, pause) => {
  const answer = { headers: { 'retry-after': text } } as unknown as IncomingMessage;
  expect(retryAfter(answer, Date.UTC(2026, 10, 26, 15))).toBe(pause);
});
