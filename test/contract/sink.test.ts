/** The promises of a sink, over every sink of the catalog, with real files, pipes, sockets and processes. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createWebServer, type Server as WebServer } from 'node:http';
import { createServer, type Server, Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import { sinks } from '../../src/flow/catalog.ts';
import { opaque } from '../../src/flow/define/compiled.ts';
import type { SinkContext } from '../../src/flow/define/context.ts';
import type { Sink } from '../../src/flow/define/sink.ts';
import { FileOutput } from '../../src/flow/output/stdout.ts';
import { append } from '../../src/flow/sinks/append.ts';
import { chart } from '../../src/flow/sinks/chart.ts';
import { exec } from '../../src/flow/sinks/exec.ts';
import { flume } from '../../src/flow/sinks/flume.ts';
import { http } from '../../src/flow/sinks/http.ts';
import { kafka } from '../../src/flow/sinks/kafka.ts';
import { none } from '../../src/flow/sinks/none.ts';
import { print } from '../../src/flow/sinks/print.ts';
import { save } from '../../src/flow/sinks/save.ts';
import { send } from '../../src/flow/sinks/send.ts';
import { serve } from '../../src/flow/sinks/serve.ts';
import { udp } from '../../src/flow/sinks/udp.ts';
import { unix } from '../../src/flow/sinks/unix.ts';
import { flume as flumeSource } from '../../src/flow/sources/flume.ts';
import { brokers } from '../support/brokers.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { databases } from '../support/servers.ts';
import { batch, openSink, runBatches, sinkContext } from '../support/sink.ts';
import { openSource, TestRun } from '../support/source.ts';

/** A sink that writes JSON somewhere where it can be read. */
interface Subject {
  readonly name: string;
  readonly sink: Sink;
  /** All that has arrived, once the sink has finished. */
  readonly received: () => Promise<string>;
}

type Opened = Pick<Subject, 'sink' | 'received'>;

const subjects: readonly { readonly name: string; readonly open: (context: SinkContext) => Promise<Opened> }[] = [
  ...[print, chart].map((sink) => ({
    name: sink.name,
    async open(context: SinkContext) {
      const path = join(temporaryDirectory(), 'out');
      const fd = openSync(path, 'w');
      onTestFinished(() => closeSync(fd));
      const stdout = fileOutput(fd, context);
      return {
        sink: openSink(sink, {}, { ...context, stdout, format: 'json' }),
        received: async () => readFileSync(path, 'utf8'),
      };
    },
  })),
  {
    name: 'save',
    async open(context) {
      const directory = join(temporaryDirectory(), 'not', 'there');
      return {
        sink: openSink(save, { prefix: `${directory}/out`, suffix: 'json' }, context),
        async received() {
          const names = existsSync(directory) ? readdirSync(directory) : [];
          const time = (name: string) => Number(/^out-(\d+)\.json$/.exec(name)?.[1]);
          expect(names.filter((name) => Number.isNaN(time(name)))).toEqual([]);
          return names
            .sort((a, b) => time(a) - time(b))
            .map((name) => readFileSync(join(directory, name), 'utf8'))
            .join('');
        },
      };
    },
  },
  {
    name: 'save in S3',
    async open(context) {
      const s3 = new FakeS3();
      const endpoint = await s3.listen();
      onTestFinished(() => s3.close());
      return {
        sink: openSink(save, { prefix: 's3://logs/out', suffix: 'json', endpoint }, context),
        async received() {
          const time = (key: string) => Number(/^out-(\d+)\.json$/.exec(key)![1]);
          const objects = [...s3.objects].sort(([a], [b]) => time(a) - time(b));
          return objects.map(([, { bytes }]) => bytes.toString()).join('');
        },
      };
    },
  },
  {
    name: 'flume',
    async open(context) {
      const { run, port } = await agentSource();
      return {
        sink: openSink(flume, { host: '127.0.0.1', port, format: 'json' }, context),
        received: async () => run.records.map((record) => `${record}\n`).join(''),
      };
    },
  },
  {
    name: 'append, by',
    async open(context) {
      const directory = join(temporaryDirectory(), 'not', 'there');
      const args = { file: `${directory}/.json`, by: opaque(() => 'all'), files: 1 };
      const path = join(directory, 'all.json');
      return {
        sink: openSink(append, args, context),
        received: async () => (existsSync(path) ? readFileSync(path, 'utf8') : ''),
      };
    },
  },
  {
    name: 'append',
    async open(context) {
      const path = join(temporaryDirectory(), 'not', 'there', 'out.json');
      return { sink: openSink(append, { file: path }, context), received: async () => readFileSync(path, 'utf8') };
    },
  },
  {
    name: 'send',
    async open(context) {
      const { port, text } = await receiver();
      return { sink: openSink(send, { host: '127.0.0.1', port, format: 'json' }, context), received: () => text };
    },
  },
  {
    name: 'unix',
    async open(context) {
      const path = join(temporaryDirectory(), 'leat.sock');
      const { text } = await receiver(() => {}, path);
      return { sink: openSink(unix, { path, format: 'json' }, context), received: () => text };
    },
  },
  {
    name: 'http',
    async open(context) {
      const { url, bodies } = await webServer();
      return { sink: openSink(http, { url }, context), received: async () => bodies.join('') };
    },
  },
  ...(['run', 'batch'] as const).map((each) => ({
    name: `exec, each ${each}`,
    async open(context: SinkContext) {
      const path = join(temporaryDirectory(), 'out');
      writeFileSync(path, '');
      return {
        sink: openSink(exec, { command: `cat >> '${path}'`, each, format: 'json' }, context),
        received: async () => readFileSync(path, 'utf8'),
      };
    },
  })),
];

/** Sinks that cannot write, and the code of the failure. */
const broken: readonly {
  readonly name: string;
  readonly code: string;
  readonly open: (context: SinkContext) => Promise<Sink>;
}[] = [
  {
    name: 'print on a full device',
    code: 'sink-full',
    async open(context) {
      const fd = openSync('/dev/full', 'w');
      onTestFinished(() => closeSync(fd));
      return openSink(print, {}, { ...context, stdout: fileOutput(fd, context) });
    },
  },
  {
    name: 'save below a file',
    code: 'sink-failed',
    async open(context) {
      const file = join(temporaryDirectory(), 'file');
      writeFileSync(file, '');
      return openSink(save, { prefix: `${file}/out` }, context);
    },
  },
  ...(process.platform === 'linux'
    ? [
        {
          name: 'save where no directory can be made',
          code: 'sink-failed',
          open: async (context: SinkContext) => openSink(save, { prefix: '/proc/not/there/out' }, context),
        },
      ]
    : []),
  {
    name: 'append by a value below a file',
    code: 'sink-failed',
    async open(context) {
      const file = join(temporaryDirectory(), 'file');
      writeFileSync(file, '');
      return openSink(append, { file: `${file}/`, by: opaque(() => 'all'), files: 1 }, context);
    },
  },
  {
    name: 'append to a full device',
    code: 'sink-full',
    open: async (context) => openSink(append, { file: '/dev/full' }, context),
  },
  {
    name: 'append to a directory',
    code: 'sink-failed',
    open: async (context) => openSink(append, { file: temporaryDirectory() }, context),
  },
  {
    name: 'send where nobody listens',
    code: 'sink-unreachable',
    async open(context) {
      const { port, server } = await receiver();
      await new Promise((resolve) => server.close(resolve));
      return openSink(send, { host: '127.0.0.1', port }, context);
    },
  },
  {
    name: 'send to a peer that leaves',
    code: 'sink-closed',
    async open(context) {
      const { port } = await receiver((socket) => socket.destroy());
      return openSink(send, { host: '127.0.0.1', port }, context);
    },
  },
  {
    name: 'flume where nobody listens',
    code: 'sink-unreachable',
    async open(context) {
      const { port, server } = await receiver();
      await new Promise((resolve) => server.close(resolve));
      return openSink(flume, { host: '127.0.0.1', port, retry: 0 }, context);
    },
  },
  {
    name: 'flume to a peer that leaves',
    code: 'sink-refused',
    async open(context) {
      const { port } = await receiver((socket) => socket.end());
      return openSink(flume, { host: '127.0.0.1', port, retry: 0 }, context);
    },
  },
  {
    name: 'flume to what is no agent',
    code: 'sink-failed',
    async open(context) {
      const { port } = await receiver((socket) => socket.write('220 mail.example.com ESMTP ready\r\n'));
      return openSink(flume, { host: '127.0.0.1', port, retry: 0 }, context);
    },
  },
  {
    name: 'unix where nobody listens',
    code: 'sink-failed',
    open: async (context) => openSink(unix, { path: join(temporaryDirectory(), 'leat.sock') }, context),
  },
  {
    name: 'unix to a peer that leaves',
    code: 'sink-closed',
    async open(context) {
      const path = join(temporaryDirectory(), 'leat.sock');
      await receiver((socket) => socket.destroy(), path);
      return openSink(unix, { path }, context);
    },
  },
  {
    name: 'http where nobody listens',
    code: 'sink-unreachable',
    async open(context) {
      const { url, server } = await webServer();
      await new Promise((resolve) => server.close(resolve));
      return openSink(http, { url, retry: 0 }, context);
    },
  },
  {
    name: 'http to a server that takes nothing',
    code: 'sink-refused',
    async open(context) {
      const { url } = await webServer(400);
      return openSink(http, { url }, context);
    },
  },
  {
    name: 'a command that fails',
    code: 'sink-command',
    open: async (context) => openSink(exec, { command: 'read line; exit 3' }, context),
  },
  {
    name: 'a command that fails in its batch',
    code: 'sink-command',
    open: async (context) => openSink(exec, { command: 'cat > /dev/null; exit 3', each: 'batch' }, context),
  },
  {
    name: 'a command that is not there',
    code: 'sink-command',
    open: async (context) => openSink(exec, { command: 'no-such-command-of-ours 2> /dev/null' }, context),
  },
];

/** A source of agents that is at work until the end of the test, and where it listens. */
async function agentSource(): Promise<{ run: TestRun; port: number }> {
  const run = new TestRun();
  const running = openSource(flumeSource, { port: 0, maxLine: 16 * 1024 * 1024 }, run).run();
  onTestFinished(async () => {
    run.abort();
    await running;
  });
  await run.until(() => run.notes.length > 0);
  return { run, port: Number(/:(\d+) /.exec(run.notes[0]!)![1]) };
}

function fileOutput(fd: number, context: SinkContext): FileOutput {
  return new FileOutput(fd, { onClosed: () => {}, onFailure: (failure) => context.fail(failure) });
}

/** A server that takes one connection, by TCP or at a path; `text` is all that came over it. */
async function receiver(
  taken: (socket: Socket) => void = () => {},
  path?: string,
): Promise<{ port: number; server: Server; text: Promise<string> }> {
  const server = createServer();
  onTestFinished(() => void server.close());
  const text = new Promise<string>((resolve) => {
    server.on('connection', (socket) => {
      const pieces: Buffer[] = [];
      socket.on('error', () => {});
      socket.on('data', (piece) => pieces.push(piece));
      socket.on('end', () => resolve(Buffer.concat(pieces).toString()));
      taken(socket);
    });
  });
  await new Promise<void>((resolve) =>
    server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path }, resolve),
  );
  return { port: (server.address() as { port: number }).port, server, text };
}

/** A server of HTTP that keeps the bodies that are posted to it, or answers them all with another status. */
async function webServer(status = 204): Promise<{ url: string; server: WebServer; bodies: readonly string[] }> {
  const bodies: string[] = [];
  const server = createWebServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      if (request.method === 'POST') bodies.push(body);
      response.writeHead(request.method === 'POST' ? status : 200).end();
    });
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/in`, server, bodies };
}

const jsonLines = (batches: readonly (readonly Value[])[]) =>
  batches
    .flat()
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');

test('every sink of the catalog is held to the promises', () => {
  // `serve` is held by tests of its own (test/unit/serve): it keeps what was pushed for those who ask. So is `udp`: nobody is made to wait, and what is longer than a datagram is bad. Those of tables have records of one shape, see tables.test.ts; those of `kafka` need a broker, see test/servers/kafka, and those of other servers of messages theirs, see brokers.test.ts.
  const tested = new Set([
    ...subjects.map(({ name }) => name.replace(/,.*/, '')),
    none.name,
    serve.name,
    udp.name,
    kafka.name,
    ...databases.map(({ name }) => name),
    ...brokers.flatMap(({ ways }) => ways.map(({ sink }) => sink.name)),
  ]);
  expect([...sinks].map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
});

describe.each(subjects)('$name', ({ open }) => {
  test('has given out all that was pushed when it has finished, in order', async () => {
    const { context, reports } = sinkContext();
    const { sink, received } = await open(context);
    const batches: Value[][] = [
      ['plain', 'two\nlines\r\n', 'tab\tand "quotes"', ''],
      [],
      ['日本語 ünïcödé 👩‍👩‍👧 \u0000\u001b[31m', 1.5, null, true, { a: [1, { b: null }] }],
      [['key', 1]],
    ];
    await runBatches(sink, batches);
    expect(await received()).toBe(jsonLines(batches));
    expect(reports.failures).toEqual([]);
  });

  test('takes many records, more than it holds at once', async () => {
    const { context, reports } = sinkContext();
    const { sink, received } = await open(context);
    const padding = 'ä'.repeat(1000);
    const batches = [0, 1].map((b) => Array.from({ length: 1500 }, (_, i) => `${b} ${i} ${padding}`));
    await runBatches(sink, batches);
    const text = await received();
    // Compared in pieces: a difference of 6 MB is no message.
    expect(text.length).toBe(jsonLines(batches).length);
    expect(text === jsonLines(batches)).toBe(true);
    expect(reports.failures).toEqual([]);
  });

  test('writes nothing for empty batches, and finishes without any', async () => {
    const { context, reports } = sinkContext();
    const { sink, received } = await open(context);
    await runBatches(sink, [[], []]);
    expect(await received()).toBe('');
    expect(reports.failures).toEqual([]);
  });

  test('finishes at once where no batch was closed', async () => {
    const { context, reports } = sinkContext();
    const { sink } = await open(context);
    await sink.finish();
    expect(reports.failures).toEqual([]);
  });
});

describe.each(broken)('$name', ({ code, open }) => {
  test('fails once, with exit 4, and takes what comes later without a word', async () => {
    const { context, reports } = sinkContext();
    const sink = await open(context);
    sink.push('first');
    sink.close(batch(1));
    const failure = await reports.failed;
    for (let i = 2; i < 5; i++) {
      sink.push('later'.repeat(500_000));
      sink.close(batch(i));
    }
    expect(sink.blocked()).toBeUndefined();
    await sink.finish();
    expect(reports.failures).toEqual([failure]);
    expect([failure.code, failure.exit]).toEqual([code, 4]);
    expect(failure.message).not.toMatch(/\bE[A-Z]{3,}\b|undefined/);
  });
});

test('none takes everything and says nothing', async () => {
  const { context, reports } = sinkContext();
  await runBatches(openSink(none, {}, context), [['a'], [], ['b']]);
  expect(context.stdout).toHaveProperty('text', '');
  expect(reports.failures).toEqual([]);
});

describe('a reader that does not read', () => {
  /** Pushes until the sink asks to stop, and says how many bytes it took. */
  function fill(sink: Sink): number {
    const line = 'x'.repeat(9999);
    let bytes = 0;
    while (sink.blocked() === undefined && bytes < 50_000_000) {
      sink.push(line);
      bytes += line.length + 1;
    }
    return bytes;
  }

  test('holds send back after a few MB, until it reads again', async () => {
    let connect: (peer: Socket) => void = () => {};
    const connected = new Promise<Socket>((resolve) => {
      connect = resolve;
    });
    const { port, text } = await receiver((socket) => connect(socket.pause()));
    const { context } = sinkContext();
    const sink = openSink(send, { host: '127.0.0.1', port }, context);
    const peer = await connected;
    const bytes = fill(sink);
    expect(bytes).toBeLessThan(2_000_000);
    const free = sink.blocked();
    expect(free).toBeInstanceOf(Promise);
    peer.resume();
    await free;
    expect(sink.blocked()).toBeUndefined();
    await sink.finish();
    expect((await text).length).toBe(bytes);
  });

  test('holds print back on a pipe, and gets everything when it reads again', async () => {
    const path = join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [path]);
    const end = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const fd = openSync(path, 'w');
    const { context, reports } = sinkContext();
    const stdout = fileOutput(fd, context);
    const sink = openSink(print, {}, { ...context, stdout });
    const bytes = fill(sink);
    expect(bytes).toBeLessThan(2_000_000);
    const free = sink.blocked();
    const reader = new Socket({ fd: end, writable: false });
    let length = 0;
    reader.on('data', (piece) => {
      length += piece.length;
    });
    await free;
    expect(sink.blocked()).toBeUndefined();
    await sink.finish();
    await stdout.close();
    closeSync(fd);
    await new Promise((resolve) => reader.once('end', resolve));
    expect(length).toBe(bytes);
    expect(reports.failures).toEqual([]);
  });
});
