/** What a client of Redis makes of what servers answer. */
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { addressOf } from '../../../src/flow/brokers/address.ts';
import { REDIS, RedisClient } from '../../../src/flow/redis/client.ts';

test.each([
  ["ERR unknown command 'AUTH', with args beginning with: 'the secret word' ", 'the secret word'],
  ["ERR unknown command 'AUTH', with args beginning with: 'the secret w", 'the secret word'],
  ['ERR what is the secret word?', 'the secret word'],
])('a password that the server says again is told to nobody', async (answer, word) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(`-${answer}\r\n`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `redis://:${encodeURIComponent(word)}@localhost:${(server.address() as AddressInfo).port}`;
  const open = RedisClient.open(addressOf(url, REDIS), {}, { most: 1000 });
  const error = await open.then(
    () => undefined,
    (reason: Error) => reason,
  );
  expect(error!.message).toMatch(/^it answers ERR /);
  expect(error!.message).not.toContain('secret w');
});
