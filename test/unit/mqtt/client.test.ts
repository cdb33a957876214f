/** What a client of MQTT makes of what servers send it. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { addressOf } from '../../../src/flow/brokers/address.ts';
import { MQTT, MqttClient } from '../../../src/flow/mqtt/client.ts';
import { publishPacket } from '../../../src/flow/mqtt/packets.ts';
import { mqtt } from '../../../src/flow/sources/mqtt.ts';
import { openSource, TestRun } from '../../support/source.ts';

/** @param take what is sent to each client, told of what it sends. @returns where it is. */
async function serve(take: (piece: Buffer, socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (piece) => take(piece, socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `localhost:${(server.address() as AddressInfo).port}`;
}

const CONNECTED = Buffer.from([0x20, 2, 0, 0]);
const SUBSCRIBED = Buffer.from([0x90, 3, 0, 1, 1]);

test('however much was kept for it comes before it is told that it hears', async () => {
  const count = 200_000;
  const kept = Buffer.alloc(6 * count, publishPacket('a', Buffer.from('x'), undefined, false));
  const at = await serve((piece, socket) => {
    if (piece[0] === 0x10) socket.write(Buffer.concat([CONNECTED, kept]));
    else if (piece[0] === 0x82) socket.write(SUBSCRIBED);
  });
  const client = await MqttClient.open(addressOf(`mqtt://${at}`, MQTT), {}, { client: 'me', most: 1000 });
  await client.subscribe('a', 1);
  expect(client.rest()).toHaveLength(count);
  client.close();
});

test.each([0, 1])('a server grants less than it is asked for: %i', async (granted) => {
  const at = await serve((piece, socket) => {
    socket.write(piece[0] === 0x10 ? CONNECTED : Buffer.from([0x90, 3, 0, 1, granted]));
  });
  const run = new TestRun();
  const over = openSource(mqtt, { url: `mqtt://${at}`, topic: 'a/#' }, run).run();
  await run.until(() => run.notes.some((note) => note.startsWith('reading ')));
  run.abort();
  await over;
  const told = 'the server has nothing of a/# acknowledged: what is under way when a connection ends is lost';
  expect(run.notes.filter((note) => note === told)).toHaveLength(1 - granted);
});

test('a server that does not let a topic be read is told', async () => {
  const at = await serve((piece, socket) => {
    socket.write(piece[0] === 0x10 ? CONNECTED : Buffer.from([0x90, 3, 0, 1, 0x80]));
  });
  const over = openSource(mqtt, { url: `mqtt://${at}`, topic: 'a' }, new TestRun()).run();
  await expect(over).rejects.toMatchObject({ exit: 3, message: expect.stringContaining('it does not let it read a') });
});

test('a password without a user, which cannot be said, is told', async () => {
  const at = await serve((_piece, socket) => socket.write(CONNECTED));
  const open = MqttClient.open(addressOf(`mqtt://:word@${at}`, MQTT), {}, { most: 1000 });
  await expect(open.then((client) => client.close())).rejects.toThrow('a password without a user');
});
