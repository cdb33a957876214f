/** `--once` ends when all is read: who cannot tell when that is says so. */
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/directory.ts';
import { Leat } from './harness.ts';

test.each([
  ['mqtt("mqtt://127.0.0.1:1", "a")', 'mqtt cannot tell when that is: a server of MQTT does not say how much it has'],
  ['nats("nats://127.0.0.1:1", "a")', 'nats cannot tell when that is: nobody keeps what is sent to a subject'],
  ['redis("redis://127.0.0.1:1", channel: "a")', 'redis cannot tell when that is: nobody keeps what is published'],
  ['amqp("amqp://127.0.0.1:1", exchange: "a")', 'amqp cannot tell when that is: an exchange keeps nothing'],
])('%s does not go with --once, unless it is said for how long', async (source, words) => {
  const refused = await new Leat(['--once', `${source} | count`], temporaryDirectory()).ended;
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(words);
  expect(refused.stderr).toContain('--for 10s');
  // There is nobody: that is a failure where all that is there is wanted.
  const read = await new Leat(['--once', '--for', '1s', `${source} | count`], temporaryDirectory()).ended;
  expect(read.code).toBe(3);
});
