/** Answers to clients that read them slowly, or never. */
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { answering } from '../../../src/flow/sockets/answering.ts';

const settled = async (promise: Promise<void> | undefined) => {
  let isSettled = false;
  void promise?.then(() => {
    isSettled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return isSettled;
};

it('is not waited for where there is room', () => {
  const client = new PassThrough({ highWaterMark: 10 });
  expect(answering(client as unknown as Socket, client, Buffer.alloc(5))).toBeUndefined();
});

it('waits until the client has read, and listens to nothing then', async () => {
  const client = new PassThrough({ highWaterMark: 10 });
  const full = answering(client as unknown as Socket, client, Buffer.alloc(50));
  expect(await settled(full)).toBe(false);
  client.resume();
  await full;
  expect([client.listenerCount('drain'), client.listenerCount('close')]).toEqual([0, 0]);
});

it('waits no longer than the client is there, also where something packs for it', async () => {
  const [client, output] = [new PassThrough(), new PassThrough({ highWaterMark: 10 })];
  const full = answering(client as unknown as Socket, output, Buffer.alloc(50));
  expect(await settled(full)).toBe(false);
  client.destroy();
  await full;
  expect(answering(client as unknown as Socket, output, Buffer.alloc(50))).toBeUndefined();
});
