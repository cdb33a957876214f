import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { hostNetwork } from '../../../src/flow/output/host-network.ts';

test('a connection that the other end has closed is ended, too', async () => {
  const server = createServer((client) => client.end());
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  let left = () => {};
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const to = { kind: 'tcp', host: '127.0.0.1', port } as const;
  const connection = await hostNetwork.connect(to, { broken: left, ended: left });
  await gone;
  await connection.end();
  // It has told of its end by now, and tells of it no more.
  await expect(connection.end()).resolves.toBeUndefined();
});
