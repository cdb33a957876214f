/** What is posted over encrypted connections, with a certificate that openssl makes for the test. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { http } from '../../../src/flow/sinks/http.ts';
import { http as httpSource } from '../../../src/flow/sources/http.ts';
import { certify } from '../../support/certificates.ts';
import { openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeAll(() => {
  directory = temporaryDirectory();
  certify(directory.path);
});
afterAll(() => directory.remove());

test('batches are posted over TLS to a server whose certificate is known, and to no other', async () => {
  const run = new TestRun();
  const pair = { cert: directory.at('server.pem'), key: directory.at('server.key') };
  const running = openSource(httpSource, { port: 0, tls: true, ...pair, token: 'right' }, run).run();
  await run.until(() => run.notes.length > 0);
  const [, port] = /https:\/\/127\.0\.0\.1:(\d+)/.exec(run.notes[0]!)!;
  const url = `https://localhost:${port}/`;

  const known = sinkContext();
  await runBatches(openSink(http, { url, ca: directory.at('server.pem'), token: 'right' }, known.context), [
    ['a'],
    ['b'],
  ]);
  expect(known.reports.failures).toEqual([]);

  const unknown = sinkContext();
  const sink = openSink(http, { url, token: 'right' }, unknown.context);
  expect(await unknown.reports.failed).toMatchObject({ message: expect.stringContaining('certificate') });
  await sink.finish();

  run.abort();
  await running;
  expect(run.records).toEqual(['"a"', '"b"']);
});
