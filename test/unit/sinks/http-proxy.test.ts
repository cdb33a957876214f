/** The sink `http` through proxies that the environment names. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { proxyOf } from '../../../src/flow/http/proxy.ts';
import { http } from '../../../src/flow/sinks/http.ts';
import { http as httpSource } from '../../../src/flow/sources/http.ts';
import { certify } from '../../support/certificates.ts';
import { openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

const NAMES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
let before: (string | undefined)[];
beforeEach(() => {
  before = NAMES.map((name) => process.env[name]);
  for (const name of NAMES) delete process.env[name];
});
afterEach(() => {
  for (const [i, name] of NAMES.entries()) {
    if (before[i] === undefined) delete process.env[name];
    else process.env[name] = before[i];
  }
});

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A proxy that takes requests itself, and leads every way to one port of this machine. @param login that it wants, none unless given. */
async function proxying(port = 0, login?: string) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += (piece as Buffer).toString();
    asked.push({ method: request.method!, url: request.url!, headers: request.headers, body });
    response.end();
  });
  server.on('connect', (request: IncomingMessage, socket) => {
    asked.push({ method: 'CONNECT', url: request.url!, headers: request.headers, body: '' });
    if (login !== undefined && request.headers['proxy-authorization'] !== login) {
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
    }
    const other = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      other.pipe(socket).pipe(other);
    });
    for (const each of [other, socket]) {
      each.on('error', () => {});
      each.on('close', () => {
        other.destroy();
        socket.destroy();
      });
    }
    return other;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('what is not encrypted is asked of the proxy, which is told who asks', async () => {
  const { asked, host } = await proxying();
  process.env.HTTP_PROXY = `http://me:p%40ss@${host}`;
  const { context, reports } = sinkContext();
  await runBatches(openSink(http, { url: 'http://hits.invalid/in?a=1', token: 't' }, context), [['x']]);
  expect(reports.failures).toEqual([]);
  expect(asked.map(({ method, url }) => [method, url])).toEqual([
    ['HEAD', 'http://hits.invalid/in?a=1'],
    ['POST', 'http://hits.invalid/in?a=1'],
  ]);
  expect(asked[1]).toMatchObject({ body: '"x"\n', headers: { host: 'hits.invalid', authorization: 'Bearer t' } });
  expect(asked[1]!.headers['proxy-authorization']).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
});

test('a % in a password of a proxy that stands for no sign is one', async () => {
  const { asked, host } = await proxying();
  process.env.HTTP_PROXY = `http://me:100%@${host}`;
  const { context, reports } = sinkContext();
  await runBatches(openSink(http, { url: 'http://hits.invalid/', retry: 0 }, context), [['x']]);
  expect(reports.failures).toEqual([]);
  expect(asked[1]!.headers['proxy-authorization']).toBe(`Basic ${Buffer.from('me:100%').toString('base64')}`);
});

describe('what is encrypted goes through it', () => {
  /** A server by TLS of the name `hits.invalid`, at a port of this machine. */
  async function secure() {
    const directory = temporaryDirectory();
    certify(directory.path, 'server', 'DNS:hits.invalid');
    const run = new TestRun();
    const files = { cert: directory.at('server.pem'), key: directory.at('server.key') };
    const running = openSource(httpSource, { port: 0, tls: true, ...files, token: 't' }, run).run();
    onTestFinished(async () => {
      run.abort();
      await running;
      directory.remove();
    });
    await run.until(() => run.notes.length > 0);
    return { run, ca: files.cert, port: Number(/:(\d+)/.exec(run.notes[0]!)![1]) };
  }

  test('unseen', async () => {
    const { run, ca, port } = await secure();
    const login = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    const { asked, host } = await proxying(port, login);
    process.env.https_proxy = `me:secret@${host}`;
    const { context, reports } = sinkContext();
    await runBatches(openSink(http, { url: 'https://hits.invalid/', ca, token: 't' }, context), [['x'], ['y']]);
    expect([reports.failures, run.records]).toEqual([[], ['"x"', '"y"']]);
    // One connection for all of it.
    expect(asked).toEqual([expect.objectContaining({ method: 'CONNECT', url: 'hits.invalid:443', body: '' })]);
    expect(JSON.stringify(asked)).not.toContain('Bearer');
  });

  test('unless it does not let it, which is told without its password', async () => {
    const { host } = await proxying(1, 'another');
    process.env.HTTPS_PROXY = `http://me:secret@${host}`;
    const { context, reports } = sinkContext();
    const sink = openSink(http, { url: 'https://hits.invalid/', retry: 0 }, context);
    const { message } = await reports.failed;
    expect(message).toBe(`cannot write to https://hits.invalid/ through ${host}: the proxy answers 407`);
    await sink.finish();
  });
});

describe('a proxy', () => {
  const proxy = 'http://proxy:3128';
  test.each([
    ['http://a.example/', { HTTP_PROXY: 'proxy:3128' }, true],
    ['https://a.example/', { HTTP_PROXY: proxy }, false],
    ['https://a.example/', { https_proxy: proxy }, true],
    ['https://a.example/', { https_proxy: '', HTTPS_PROXY: proxy }, false],
    ['http://127.0.0.1/', { HTTP_PROXY: proxy }, false],
    ['http://[::1]/', { HTTP_PROXY: proxy }, false],
    ['http://a.example/', { HTTP_PROXY: proxy, NO_PROXY: '*' }, false],
    ['http://a.example/', { HTTP_PROXY: proxy, NO_PROXY: 'b.example, .example' }, false],
    ['http://A.Example/', { HTTP_PROXY: proxy, no_proxy: 'a.example' }, false],
    ['http://ba.example/', { HTTP_PROXY: proxy, NO_PROXY: 'a.example' }, true],
    ['http://a.example:8080/', { HTTP_PROXY: proxy, NO_PROXY: 'a.example:8080' }, false],
    ['http://a.example/', { HTTP_PROXY: proxy, NO_PROXY: 'a.example:8080' }, true],
    ['http://[fd00::1]/', { HTTP_PROXY: proxy, NO_PROXY: 'fd00::1' }, false],
  ])('of %s with %j', (url, environment, isThere) => {
    expect(proxyOf(new URL(url), environment)?.host).toBe(isThere ? 'proxy:3128' : undefined);
  });

  test('that speaks something else is none', () => {
    expect(() => proxyOf(new URL('http://a.example/'), { HTTP_PROXY: 'socks5://user:secret@proxy:1080' })).toThrow(
      'what HTTP_PROXY of the environment says is no proxy of HTTP',
    );
  });
});
