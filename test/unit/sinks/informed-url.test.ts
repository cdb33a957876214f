import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { InformedUrl } from '../../../src/flow/informing/informed-url.ts';

async function serverOf(
  handler: (text: string, request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    request.on('end', () => handler(text, request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function informed(url: string) {
  const notes: string[] = [];
  const clock = new VirtualClock();
  return { server: new InformedUrl(url, clock, (message) => notes.push(message)), notes, clock };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

test('each message is sent once, as JSON, in order', async () => {
  const told: string[] = [];
  const address = await serverOf((text, { method, url, headers }, response) => {
    told.push(`${method} ${url} ${headers['content-type']} ${text}`);
    response.writeHead(204).end();
  });
  const { server, notes } = informed(`${address}/hook?token=x`);
  server.inform('{"a":"é"}');
  server.inform('{"b":1}');
  await server.finish();
  const sent = 'POST /hook?token=x application/json';
  expect([told, notes]).toEqual([[`${sent} {"a":"é"}`, `${sent} {"b":1}`], []]);
});

test('what may pass is tried again, and what will not is told without what may be secret in the address', async () => {
  let count = 0;
  const address = await serverOf((text, _request, response) => {
    count++;
    response.writeHead(text === 'bad' ? 400 : count < 3 ? 503 : 200).end();
  });
  const { server, notes, clock } = informed(`${address}/secret-path?token=secret`);
  server.inform('one');
  await until(() => count === 1);
  while (count < 3) {
    clock.moveTo(clock.now() + 100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  server.inform('bad');
  await until(() => notes.length > 0);
  await server.finish();
  expect([count, notes]).toEqual([4, [`${address} answers with status 400`]]);
});

test('a server that is not there or does not answer is given up after a bound, and told of', async () => {
  const address = await serverOf(() => {});
  for (const [url, message] of [
    ['http://127.0.0.1:1', 'http://127.0.0.1:1 cannot be told (connection refused)'],
    [address, `${address} cannot be told (no answer)`],
  ] as const) {
    const { server, notes, clock } = informed(url);
    server.inform('one');
    while (notes.length === 0) {
      clock.moveTo(clock.now() + 200);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await server.finish();
    expect(notes).toEqual([message]);
  }
});
