/** What every text source promises, held against each of them with real files, sockets and processes. */
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createConnection, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import { sources } from '../../src/flow/catalog.ts';
import type { Source, SourceDefinition } from '../../src/flow/define/source.ts';
import { AgentBusy, AgentClient } from '../../src/flow/flume/client.ts';
import type { TextArguments } from '../../src/flow/framing/text.ts';
import { hostNetwork } from '../../src/flow/output/host-network.ts';
import { connect } from '../../src/flow/sources/connect.ts';
import { exec } from '../../src/flow/sources/exec.ts';
import { files } from '../../src/flow/sources/files.ts';
import { flume } from '../../src/flow/sources/flume.ts';
import { hdfs } from '../../src/flow/sources/hdfs.ts';
import { http } from '../../src/flow/sources/http.ts';
import { listen } from '../../src/flow/sources/listen.ts';
import { scribe } from '../../src/flow/sources/scribe.ts';
import { readInputFile, readInputStream } from '../../src/flow/sources/stdin.ts';
import { syslog } from '../../src/flow/sources/syslog.ts';
import { tail } from '../../src/flow/sources/tail.ts';
import { unix } from '../../src/flow/sources/unix.ts';
import { watch } from '../../src/flow/sources/watch.ts';
import { brokers } from '../support/brokers.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { asking, entry, list, OK, old } from '../support/scribe.ts';
import { openSource, TestRun, temporaryDirectory } from '../support/source.ts';
import { nameNodeWith } from '../support/web-hdfs.ts';

type Directory = ReturnType<typeof temporaryDirectory>;

/** A source that is open, and how its other side behaves. */
interface Fixture {
  readonly source: Source;
  /** Called once the source runs: gives it these pieces, in order. */
  feed(pieces: readonly Buffer[]): Promise<void>;
  /** The other side leaves. Absent where it cannot be seen to leave: then the run is aborted. */
  leave?(): void;
  release?(): void;
}

interface Case {
  readonly name: string;
  /** What comes is there before it is opened, so that it cannot be aborted half-way. */
  readonly isGiven?: boolean;
  /** What tagged lines have beside their source. */
  readonly tag?: { readonly [name: string]: Value };
  open(
    run: TestRun,
    args: Partial<TextArguments>,
    directory: Directory,
    pieces: readonly Buffer[],
  ): Promise<Fixture> | Fixture;
}

/** Writes as fast as the other side takes it. */
async function send(socket: Socket | PassThrough, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
}

/** Posts the pieces as one body, again where there is no room. */
async function postUntilTaken(port: number, pieces: readonly Buffer[], agent: Agent): Promise<void> {
  for (let status = 429; status === 429; ) {
    status = await new Promise<number>((resolve, reject) => {
      const options = { port, host: '127.0.0.1', path: '/in?x=1', method: 'POST', agent, setDefaultHeaders: false };
      const headers = { host: '127.0.0.1', 'transfer-encoding': 'chunked', 'x-a': 'b' };
      const asked = request({ ...options, headers }, (answer) => resolve(answer.resume().statusCode!));
      asked.on('error', reject);
      for (const piece of pieces) asked.write(piece);
      asked.end();
    });
  }
}

/** Who sends messages, each a line, and is told whether they were taken. */
interface Peer {
  send(lines: readonly string[]): Promise<boolean>;
  close(): void;
}

async function agentOfFlume(port: number): Promise<Peer> {
  const client = await AgentClient.open(hostNetwork, { host: '127.0.0.1', port, tls: undefined, deflate: false });
  return {
    async send(lines) {
      try {
        await client.append(lines.map((line) => ({ headers: [], body: Buffer.from(line) })));
        return true;
      } catch (error) {
        if (error instanceof AgentBusy) return false;
        throw error;
      }
    },
    close: () => client.letGo(),
  };
}

async function clientOfScribe(port: number): Promise<Peer> {
  const client = createConnection(port, '127.0.0.1');
  client.on('error', () => {});
  return {
    send: async (lines) =>
      (await asking(client, old('Log', list(...lines.map((line) => entry('a', line)))))).endsWith(OK),
    close: () => client.destroy(),
  };
}

const cases: Case[] = [
  {
    name: 'stdin, a file',
    isGiven: true,
    open(run, args, directory, pieces) {
      writeFileSync(directory.at('in'), Buffer.concat(pieces));
      const fd = openSync(directory.at('in'), 'r');
      return {
        source: readInputFile(fd, textArguments(args), run),
        feed: async () => {},
        release: () => closeSync(fd),
      };
    },
  },
  {
    name: 'stdin, a stream',
    open(run, args) {
      const stream = new PassThrough();
      return {
        source: readInputStream(stream, textArguments(args), run),
        feed: (pieces) => send(stream, pieces),
        leave: () => stream.end(),
      };
    },
  },
  {
    name: 'files',
    isGiven: true,
    open(run, args, directory, pieces) {
      writeFileSync(directory.at('a.log'), Buffer.concat(pieces));
      return { source: openSource(files, { paths: [directory.at('*.log')], ...args }, run), feed: async () => {} };
    },
  },
  ...[
    { word: listen, tag: { peer: '127.0.0.1' } },
    { word: syslog, tag: { peer: '127.0.0.1', host: null, facility: null, severity: null } },
  ].map(({ word, tag }) => ({
    name: word.name,
    tag,
    open(run: TestRun, args: Partial<TextArguments>) {
      let client: Socket | undefined;
      return {
        source: openSource(word, { port: 0, ...args }, run),
        async feed(pieces: readonly Buffer[]) {
          await run.until(() => run.notes.length > 0);
          client = createConnection(Number(/:(\d+) /.exec(run.notes[0]!)![1]), '127.0.0.1');
          client.on('error', () => {});
          await send(client, pieces);
        },
        leave: () => client?.end(),
        release: () => client?.destroy(),
      };
    },
  })),
  {
    name: 'http',
    tag: { peer: '127.0.0.1', path: '/in?x=1', headers: { host: '127.0.0.1', 'x-a': 'b' } },
    open(run, args) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      return {
        source: openSource(http, { port: 0, ...args }, run),
        async feed(pieces) {
          await run.until(() => run.notes.length > 0);
          const port = Number(/:(\d+) /.exec(run.notes[0]!)![1]);
          // What is long comes in a request for each piece, as a sender does it who minds how much is taken at once.
          const isLong = Buffer.concat(pieces).length > 1_000_000;
          for (const body of isLong ? pieces.map((piece) => [piece]) : [pieces])
            await postUntilTaken(port, body, agent);
        },
        release: () => agent.destroy(),
      };
    },
  },
  ...[
    { word: flume, tag: { headers: {} }, connected: agentOfFlume },
    { word: scribe, tag: { category: 'a' }, connected: clientOfScribe },
  ].map(({ word, tag, connected }) => ({
    name: word.name,
    tag,
    open(run: TestRun, args: Partial<TextArguments>) {
      let peer: Peer | undefined;
      return {
        source: openSource(word, { port: 0, ...args }, run),
        async feed(pieces: readonly Buffer[]) {
          await run.until(() => run.notes.length > 0);
          peer = await connected(Number(/:(\d+) /.exec(run.notes[0]!)![1]));
          const all = Buffer.concat(pieces);
          // What is long comes in several batches.
          for (const some of all.length > 1_000_000 ? pieces : [all]) {
            const lines = some.toString().replace(/\n$/, '').split('\n');
            for (let isTaken = false; !isTaken; ) isTaken = await peer.send(lines);
          }
        },
        release: () => peer?.close(),
      };
    },
  })),
  {
    name: 'hdfs',
    isGiven: true,
    async open(run, args, _directory, pieces) {
      const node = await nameNodeWith(Buffer.concat(pieces));
      return {
        source: openSource(hdfs, { url: `http://${node.address}/in`, existing: true, every: 1, ...args }, run),
        feed: async () => {},
        release: () => node.close(),
      };
    },
  },
  ...[files, watch].map((word) => ({
    name: `${word.name} in S3`,
    isGiven: true,
    async open(run: TestRun, args: Partial<TextArguments>, _directory: Directory, pieces: readonly Buffer[]) {
      const s3 = new FakeS3();
      s3.put('in/a.log', Buffer.concat(pieces));
      const address = 's3://logs/in/*';
      const where = word === files ? { paths: [address] } : { path: address, existing: true, every: 1 };
      return {
        source: openSource(word, { ...where, endpoint: await s3.listen(), ...args }, run),
        feed: async () => {},
        release: () => s3.close(),
      };
    },
  })),
  {
    name: 'unix',
    open(run, args, directory) {
      let client: Socket | undefined;
      return {
        source: openSource(unix, { path: directory.at('leat.sock'), ...args }, run),
        async feed(pieces) {
          await run.until(() => run.notes.length > 0);
          client = createConnection({ path: directory.at('leat.sock') });
          client.on('error', () => {});
          await send(client, pieces);
        },
        leave: () => client?.end(),
        release: () => client?.destroy(),
      };
    },
  },
  {
    name: 'connect',
    tag: { peer: '127.0.0.1' },
    async open(run, args) {
      const server = createServer();
      const client = new Promise<Socket>((resolve) => server.once('connection', resolve));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      let peer: Socket | undefined;
      return {
        source: openSource(connect, { host: '127.0.0.1', port, ...args }, run),
        async feed(pieces) {
          peer = await client;
          peer.on('error', () => {});
          await send(peer, pieces);
        },
        leave: () => peer?.end(),
        release: () => {
          peer?.destroy();
          server.close();
        },
      };
    },
  },
  {
    name: 'exec',
    open(run, args, directory) {
      // The command copies what is appended to a pipe of the file system, so that it comes piece by piece.
      return {
        source: openSource(
          exec,
          { command: `mkfifo ${directory.at('pipe')} && exec cat ${directory.at('pipe')}`, ...args },
          run,
        ),
        async feed(pieces) {
          for (let isThere = false; !isThere; ) {
            await new Promise((resolve) => setImmediate(resolve));
            isThere = existsSync(directory.at('pipe'));
          }
          const pipe = await openFile(directory.at('pipe'), 'w');
          for (const piece of pieces) await pipe.write(piece);
          await pipe.close();
        },
      };
    },
  },
  {
    name: 'watch',
    isGiven: true,
    open(run, args, directory, pieces) {
      mkdirSync(directory.at('in'));
      writeFileSync(directory.at('in/a.log'), Buffer.concat(pieces));
      return {
        source: openSource(watch, { path: directory.at('in'), existing: true, settle: 1, ...args }, run),
        feed: async () => {},
      };
    },
  },
  {
    name: 'tail',
    open(run, args, directory) {
      writeFileSync(directory.at('a.log'), 'before\n');
      return {
        source: openSource(tail, { path: directory.at('a.log'), ...args }, run),
        async feed(pieces) {
          await run.until(() => run.notes.length > 0);
          for (const piece of pieces) appendFileSync(directory.at('a.log'), piece);
        },
      };
    },
  },
];

function textArguments(args: Partial<TextArguments>): TextArguments {
  return { delimiter: '\n', maxLine: 1024 * 1024, tag: false, ...args };
}

let directory: Directory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

const LINES = ['to be', 'or not to be', '', 'é €', 'that is the question'];
const TEXT = Buffer.from(`${LINES.join('\n')}\n`);

/** Runs a source until so many records have come, then aborts it. */
async function collect(test: Case, pieces: readonly Buffer[], count: number, args: Partial<TextArguments> = {}) {
  const run = new TestRun();
  const fixture = await test.open(run, args, directory, pieces);
  const running = fixture.source.run();
  await fixture.feed(pieces);
  await run.until(() => run.records.length >= count);
  run.abort();
  await running;
  fixture.release?.();
  return run;
}

const inBytes = (bytes: Buffer) => [...bytes.keys()].map((i) => Buffer.from(bytes.subarray(i, i + 1)));

for (const test of cases) {
  describe(test.name, () => {
    it('gives every line once', async () => {
      expect((await collect(test, [TEXT], LINES.length)).records).toEqual(LINES);
    });

    it('gives the same lines however they come', async () => {
      expect((await collect(test, inBytes(TEXT), LINES.length)).records).toEqual(LINES);
    });

    it('gives chunks that end at a line end, of one origin', async () => {
      const run = await collect(test, [TEXT], LINES.length);
      for (const chunk of run.chunks) expect(chunk.kind === 'text' && chunk.bytes.at(-1)).toBe(10);
      expect(run.origins.length).toBe(1);
    });

    it('gives a half line at the end, also when it is aborted', async () => {
      const run = new TestRun();
      const pieces = [Buffer.from('one\ntwo')];
      const fixture = await test.open(run, {}, directory, pieces);
      const running = fixture.source.run();
      await fixture.feed(pieces);
      await run.until(() => run.records.length >= 1);
      if (fixture.leave === undefined) {
        // Given with the line before, or known to have been read with it.
        run.abort();
        await running;
      } else {
        fixture.leave();
        await run.until(() => run.records.length >= 2);
        run.abort();
        await running;
      }
      expect(run.records).toEqual(['one', 'two']);
      fixture.release?.();
    });

    it('makes one bad record of a line that is too long, and goes on behind it', async () => {
      const text = Buffer.from(`a\n${'x'.repeat(50_000)}\nb\n`);
      const run = await collect(test, [text], 3, { maxLine: 1000 });
      expect(run.records).toEqual(['a', 'bad: longer than maxLine', 'b']);
    });

    it('tags lines with where they came from', async () => {
      const run = await collect(test, [TEXT], LINES.length, { tag: true });
      expect(run.records).toEqual(LINES.map((line) => ({ source: run.origins[0]!.name, line, ...test.tag })));
    });

    it('stops reading while the inbox is full, and loses nothing', async () => {
      const line = `${'x'.repeat(99)}\n`;
      const text = Buffer.from(line.repeat(50_000));
      const pieces = Array.from({ length: 100 }, (_, i) => text.subarray(i * 50_000, (i + 1) * 50_000));
      const run = new TestRun();
      run.shut();
      const fixture = await test.open(run, {}, directory, pieces);
      const running = fixture.source.run();
      const fed = fixture.feed(pieces);
      await run.until(() => run.bytes > 0);
      // Long enough for a source that does not stop: it would have come further in any of these turns.
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(run.bytes).toBeLessThan(600_000);
      run.reopen();
      await run.until(() => run.bytes >= text.length);
      await fed;
      run.abort();
      await running;
      expect(run.bytes).toBe(text.length);
      fixture.release?.();
    });

    it('does nothing in a run that is over', async () => {
      const run = new TestRun();
      run.abort();
      const fixture = await test.open(run, {}, directory, [TEXT]);
      await fixture.source.run();
      expect(run.records).toEqual([]);
      fixture.release?.();
    });
  });
}

describe('the catalog', () => {
  const textSources = [...sources].filter((source) => Object.hasOwn(source.parameters, 'maxLine'));

  it('has no text source that is not held to this', () => {
    // Those that read from servers of messages are held to the like in brokers.test.ts.
    const ofBrokers = brokers.flatMap(({ ways }) => ways.map(({ source }) => source.name));
    const held = new Set([...cases.map((test) => test.name.split(',')[0]), ...ofBrokers]);
    expect(textSources.map((source: SourceDefinition) => source.name).filter((name) => !held.has(name))).toEqual([]);
  });
});
