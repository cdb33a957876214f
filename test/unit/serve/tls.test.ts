/** Views over encrypted connections, with a certificate that openssl makes for the test. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { subscribe } from '../../../src/flow/sources/subscribe.ts';
import { certify } from '../../support/certificates.ts';
import { Serving } from '../../support/serving.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeAll(() => {
  directory = temporaryDirectory();
  certify(directory.path);
});
afterAll(() => directory.remove());

const program = (more = '') =>
  `words | countByValue | serve(0, name: "words", token: "correct-horse", cert: "${directory.at('server.pem')}", key: "${directory.at('server.key')}"${more})`;

interface Answered {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: string;
}

function ask(url: string, ca: Buffer): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, agent: false }, (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => {
        body += piece.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('a view is served encrypted, with a cookie that goes by no other way', async () => {
  const serving = new Serving(program());
  const link = await serving.listens();
  const ca = readFileSync(directory.at('server.pem'));
  const { status, headers } = await ask(link, ca);
  expect([status, String(headers['set-cookie'])]).toEqual([
    200,
    expect.stringMatching(/^leat-token-\d+=correct-horse; .*; Secure$/),
  ]);
  // Who does not speak TLS learns nothing.
  const said = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(link).port), '127.0.0.1', () => socket.write('GET /api HTTP/1.1\r\n\r\n'));
    let text = '';
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => {});
  });
  expect(said).not.toContain('words');
  expect((await ask(link, ca)).status).toBe(200);
});

test('another leat is subscribed to it, and to no server whose certificate it does not trust', async () => {
  const serving = new Serving(program());
  const link = await serving.listens();
  const url = `${new URL(link).origin}/v/words`;
  const args = { url, token: 'correct-horse', wait: true, changes: false, maxEvent: 1e6, tag: false };
  await expect(openSource(subscribe, args, new TestRun()).run()).rejects.toMatchObject({
    exit: 3,
    message: expect.stringContaining('signed by nobody who is trusted'),
  });
  serving.batch([['to', 2]]);
  const run = new TestRun();
  const ended = openSource(subscribe, { ...args, ca: directory.at('server.pem') }, run).run();
  onTestFinished(async () => {
    run.abort();
    await ended;
  });
  await run.until(() => run.records.length === 1);
  expect(run.records).toEqual([['to', 2]]);
});

test('what is no certificate fails the run, and so do views of one page with several', async () => {
  const bad = new Serving(program().replaceAll('server.pem', 'server.key'));
  await bad.listens();
  expect(bad.failures).toMatchObject([{ code: 'cannot-read-certificate', exit: 4 }]);
  const other = new Serving(
    `let w = words; w | count | serve(0, token: "correct-horse", name: "other"); ${program().replace('words |', 'w |')}`,
  );
  await other.listens();
  expect(other.failures).toMatchObject([{ code: 'other-access' }]);
});
