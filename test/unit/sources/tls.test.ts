/** Encrypted connections, with certificates that openssl makes for the test. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createConnection, createServer as createPlainServer, type Socket } from 'node:net';
import { connect as connectSecurely, createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../../src/flow/sinks/send.ts';
import { connect } from '../../../src/flow/sources/connect.ts';
import { listen } from '../../../src/flow/sources/listen.ts';
import { syslog } from '../../../src/flow/sources/syslog.ts';
import { authority, signed } from '../../support/certificates.ts';
import { openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
const at = (name: string) => directory.at(name);

beforeAll(() => {
  directory = temporaryDirectory();
  authority(directory.path);
  signed(directory.path, 'server');
  signed(directory.path, 'elsewhere', 'DNS:example.com');
  signed(directory.path, 'client', 'DNS:client');
});
afterAll(() => directory.remove());

const pair = (name: string) => ({ cert: at(`${name}.pem`), key: at(`${name}.key`) });

/** A server with a port of its own. */
async function listening(args: { readonly [name: string]: unknown }, source: typeof listen | typeof syslog = listen) {
  const run = new TestRun();
  const running = openSource(source, { port: 0, tls: true, ...pair('server'), ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  const port = Number(/:(\d+) /.exec(run.notes[0] ?? '')?.[1]);
  const stop = async () => {
    run.abort();
    await running;
  };
  return { run, port, stop };
}

/** A server that sends a line to each client, and keeps what they send. */
async function serving(name: string, options: { readonly requestCert?: boolean } = {}) {
  const files = { cert: readFileSync(at(`${name}.pem`)), key: readFileSync(at(`${name}.key`)) };
  const sockets = new Set<Socket>();
  const received: string[] = [];
  const server = createServer({ ...files, ca: readFileSync(at('ca.pem')), ...options }, (socket: TLSSocket) => {
    socket.on('data', (bytes: Buffer) => received.push(bytes.toString()));
    socket.on('error', () => {});
    socket.write('hello\n');
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, received, close };
}

describe('listen', () => {
  it('takes the lines of clients that speak TLS, and says how to try it', async () => {
    const { run, port, stop } = await listening({});
    expect(run.notes[0]).toBe(
      `listening on 127.0.0.1:${port} by TLS (try: openssl s_client -quiet -connect 127.0.0.1:${port})`,
    );
    const client = connectSecurely({ port, host: '127.0.0.1', ca: readFileSync(at('ca.pem')) });
    client.end('a\nb\n');
    await run.until(() => run.records.length === 2);
    expect(run.records).toEqual(['a', 'b']);
    await stop();
  });

  it('tells of a client that speaks something else, and serves the next one', async () => {
    const { run, port, stop } = await listening({});
    const plain = createConnection(port, '127.0.0.1');
    plain.on('error', () => {});
    plain.write('GET / HTTP/1.0\r\n\r\n');
    await run.until(() => run.notes.length === 2);
    expect(run.notes[1]).toBe('a client could not connect: the other end does not speak TLS');
    connectSecurely({ port, host: '127.0.0.1', ca: readFileSync(at('ca.pem')) }).end('a\n');
    await run.until(() => run.records.length === 1);
    expect(run.records).toEqual(['a']);
    await stop();
  });

  it('with `ca` lets in only who shows a certificate that it signed', async () => {
    const { run, port, stop } = await listening({ ca: at('ca.pem') });
    const ca = readFileSync(at('ca.pem'));
    const stranger = connectSecurely({ port, host: '127.0.0.1', ca });
    stranger.on('error', () => {});
    await run.until(() => run.notes.length === 2);
    expect(run.notes[1]).toBe('a client could not connect: it showed no certificate');
    const files = { cert: readFileSync(at('client.pem')), key: readFileSync(at('client.key')) };
    connectSecurely({ port, host: '127.0.0.1', ca, ...files }).end('a\n');
    await run.until(() => run.records.length === 1);
    await stop();
  });

  it('ends at once where a client has not agreed on anything yet', async () => {
    const { port, stop } = await listening({});
    const silent = createConnection(port, '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    await stop();
    silent.destroy();
  });

  it('says which file is none', async () => {
    writeFileSync(at('none.pem'), 'no certificate\n');
    const source = (args: object) =>
      openSource(listen, { port: 0, tls: true, ...pair('server'), ...args }, new TestRun()).run.bind(undefined);
    const failing = async (args: object) => source(args)();
    await expect(failing({ cert: at('not-there.pem') })).rejects.toMatchObject({
      exit: 3,
      message: expect.stringContaining(`cannot read ${at('not-there.pem')}`),
    });
    await expect(failing({ cert: at('none.pem') })).rejects.toMatchObject({
      exit: 3,
      message: expect.stringContaining('these are no certificates with their key'),
    });
    await expect(failing({ key: at('client.key') })).rejects.toMatchObject({ exit: 3 });
  });
});

describe('connect', () => {
  it('reads from a server whose certificate it trusts', async () => {
    const { port, close } = await serving('server');
    const run = new TestRun();
    const running = openSource(connect, { host: '127.0.0.1', port, tls: true, ca: at('ca.pem') }, run).run();
    await run.until(() => run.records.length === 1);
    expect(run.records).toEqual(['hello']);
    run.abort();
    await running;
    await close();
  });

  it.each([
    ['server', {}, 'its certificate was signed by nobody who is trusted'],
    ['elsewhere', { ca: 'ca.pem' }, 'its certificate is for other names'],
  ])('refuses the certificate of %s with %j', async (name, files: { ca?: string }, words) => {
    const { port, close } = await serving(name);
    const ca = files.ca === undefined ? {} : { ca: at(files.ca) };
    const running = openSource(connect, { host: 'localhost', port, tls: true, ...ca }, new TestRun()).run();
    await expect(running).rejects.toMatchObject({
      exit: 3,
      message: `cannot connect to localhost:${port}: ${words}`,
      help: expect.any(String),
    });
    await close();
  });

  it('says that a server does not speak TLS', async () => {
    const server = createPlainServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('hello\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const running = openSource(connect, { host: '127.0.0.1', port, tls: true }, new TestRun()).run();
    await expect(running).rejects.toMatchObject({ message: expect.stringContaining('does not speak TLS') });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('send', () => {
  it('sends to a server whose certificate it trusts, and shows its own', async () => {
    const { port, received, close } = await serving('server', { requestCert: true });
    const { context, reports } = sinkContext();
    const args = { host: 'localhost', port, tls: true, ca: at('ca.pem'), ...pair('client') };
    await runBatches(openSink(send, args, context), [['a'], ['b']]);
    expect(reports.failures).toEqual([]);
    expect(received.join('')).toBe('a\nb\n');
    await close();
  });

  it.each([
    ['server', {}, 'its certificate was signed by nobody who is trusted'],
    ['elsewhere', { ca: 'ca.pem' }, 'its certificate is for other names'],
  ])('refuses the certificate of %s with %j', async (name, files: { ca?: string }, words) => {
    const { port, received, close } = await serving(name);
    const { context, reports } = sinkContext();
    const ca = files.ca === undefined ? {} : { ca: at(files.ca) };
    const sink = openSink(send, { host: 'localhost', port, tls: true, ...ca }, context);
    sink.push('secret');
    const failure = await reports.failed;
    await sink.finish();
    expect([failure.exit, failure.message]).toEqual([4, `cannot write to localhost:${port}: ${words}`]);
    expect(received).toEqual([]);
    await close();
  });

  it('fails where the server wants a certificate', async () => {
    const { port, close } = await serving('server', { requestCert: true });
    const { context, reports } = sinkContext();
    const sink = openSink(send, { host: 'localhost', port, tls: true, ca: at('ca.pem') }, context);
    sink.push('a');
    const failure = await reports.failed;
    await sink.finish();
    expect([failure.exit, failure.message, failure.help]).toEqual([
      4,
      `cannot write to localhost:${port}: the other end wants to be shown a certificate`,
      'show one: `cert: "client.pem", key: "client.key"`',
    ]);
    await close();
  });
});

describe('syslog', () => {
  it('takes the messages of clients that speak TLS, and of no others, at no port of UDP', async () => {
    const { run, port, stop } = await listening({ tag: true }, syslog);
    expect(run.notes[0]).toBe(`listening on 127.0.0.1:${port} for syslog by TLS`);
    const plain = createConnection(port, '127.0.0.1');
    plain.on('error', () => {});
    plain.write('<13>plain\n');
    await once(plain, 'close');
    const datagrams = createSocket('udp4');
    datagrams.bind(port, '127.0.0.1');
    await once(datagrams, 'listening');
    datagrams.close();
    const client = connectSecurely({ port, host: '127.0.0.1', ca: readFileSync(at('ca.pem')) });
    await once(client, 'secureConnect');
    client.write('14 <11>two\nlines?');
    client.end('<34>Oct 11 22:14:15 web1 app: a\n');
    await run.until(() => run.records.length === 2);
    await stop();
    expect(run.records).toMatchObject([
      { line: '<11>two\nlines?', severity: 'err', peer: '127.0.0.1' },
      { line: '<34>Oct 11 22:14:15 web1 app: a', host: 'web1', facility: 'auth', peer: '127.0.0.1' },
    ]);
  });
});
