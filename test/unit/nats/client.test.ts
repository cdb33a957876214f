/** What a client of NATS makes of servers that are not what they should be. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { addressOf } from '../../../src/flow/brokers/address.ts';
import { NATS, NatsClient } from '../../../src/flow/nats/client.ts';
import { certify } from '../../support/certificates.ts';

/** @returns its port. */
async function serve(take: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test.each([
  ['a message', 'MSG news 2 4\r\nlies\r\n'],
  ['a part of one', 'MSG news 2 4\r\n'],
  ['a part of a line', 'MSG ne'],
])('%s in front of the encryption is refused, since anybody may have said it', async (_what, text) => {
  const folder = mkdtempSync(join(tmpdir(), 'leat-nats-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  certify(folder);
  const [cert, key] = ['server.pem', 'server.key'].map((name) => readFileSync(join(folder, name)));
  const port = await serve((socket) => {
    socket.write(`INFO {"tls_required":true}\r\n${text}`, () => {
      const secure = new TLSSocket(socket, { isServer: true, cert: cert!, key: key! });
      secure.on('error', () => {});
      let heard = '';
      secure.on('data', (piece) => {
        heard += String(piece);
        if (heard.endsWith('PING\r\n')) secure.write('xxx\r\n\r\nPONG\r\n'.slice(text.endsWith('4\r\n') ? 0 : 7));
      });
    });
  });
  const address = addressOf(`tls://localhost:${port}`, NATS);
  const open = NatsClient.open({ ...address, host: 'localhost' }, { ca: cert! }, { most: 1000 });
  await expect(open.then((client) => client.close())).rejects.toThrow('before the connection is encrypted');
});
