/** Who connects to a server that encrypts and does not agree on how is let go of, in ten seconds of real time. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { http } from '../../../src/flow/sources/http.ts';
import { certify } from '../../support/certificates.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { openSource, TestRun } from '../../support/source.ts';

test.each([
  ['nothing', ''],
  ['what is no handshake', 'GET / HTTP/1.1\r\n\r\n'],
])('a client that sends %s', async (_what, sent) => {
  const folder = temporaryDirectory();
  certify(folder);
  const run = new TestRun();
  const files = { cert: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  const running = openSource(http, { port: 0, tls: true, ...files }, run).run();
  onTestFinished(async () => {
    run.abort();
    await running;
  });
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  const socket = createConnection(Number(/:(\d+) /.exec(run.notes[0]!)![1]), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.resume();
  socket.write(sent);
  await once(socket, 'close');
  expect(run.notes).toEqual([
    expect.stringMatching(/^listening/),
    expect.stringMatching(/^a client could not connect: /),
  ]);
});
