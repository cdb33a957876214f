/** Two processes: one serves, the other is subscribed to it. */
import { expect, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { type Leat, start, temporaryFolder } from './harness.ts';

const WORDS = (port: number) => `stdin | words | countByValue | running | serve(${port}, name: "words", keep: 1h)`;

async function addressOf(run: Leat): Promise<string> {
  const [, address] = await run.noted(/(http:\/\/\S+)\/ shows/);
  return address!;
}

/** A port that nobody listens on. */
test('one follows the other, waits while it is away, and goes on when it is back', async () => {
  const port = await freePort();
  const follower = start(['--batch', '20ms', '--format', 'json', `subscribe("http://127.0.0.1:${port}/v/words")`]);
  await follower.noted(/cannot subscribe to 127\.0\.0\.1:\d+\/v\/words \(connection refused\); trying again/);
  const first = start(['--batch', '20ms', WORDS(port)]);
  first.input('to be\n', true);
  await follower.said(/\["be",1\]/);
  first.input('or not\n', true);
  await follower.said(/\["not",1\]/);
  first.child.kill('SIGKILL');
  await follower.noted(/the connection to .* broke|closed the connection/);
  const second = start(['--batch', '20ms', WORDS(port)]);
  second.input('once more\n', true);
  await follower.said(/\["more",1\]/);
  await follower.noted(/\/v\/words was started anew: what it found in between is not known/);
  follower.child.kill('SIGINT');
  const { stdout } = await follower.ended;
  expect(stdout.trim().split('\n').slice(-2)).toEqual(['["once",1]', '["more",1]']);
}, 120_000);

test('a follower that is killed goes on behind the last result that it has kept', async () => {
  const folder = temporaryFolder();
  const served = start(['--batch', '20ms', 'stdin | serve(0, name: "lines", keep: 1h)']);
  const program = `subscribe("${await addressOf(served)}/v/lines") | append("out.txt")`;
  const args = ['--batch', '20ms', '--checkpoint', 'kept', program];
  const first = start(args, folder);
  await first.noted(/connected to/);
  let sent = 0;
  const send = () => served.input(`line ${++sent}\n`, true);
  for (let i = 0; i < 20; i++) send();
  const lines = async () =>
    (await import('node:fs')).readFileSync(`${folder}/out.txt`, 'utf8').split('\n').slice(0, -1);
  await expect.poll(() => lines().catch(() => []), { timeout: 60_000, interval: 20 }).toContain('line 20');
  // A batch that comes out behind that one says that it is kept: before the first is, there is nothing to go on from.
  send();
  await expect.poll(lines, { timeout: 60_000, interval: 20 }).toContain('line 21');
  first.child.kill('SIGKILL');
  await first.ended;
  for (let i = 0; i < 20; i++) send();
  const second = start(args, folder);
  send();
  await expect.poll(lines, { timeout: 60_000, interval: 20 }).toContain('line 42');
  expect(await lines()).toEqual(Array.from({ length: 42 }, (_, i) => `line ${i + 1}`));
  second.child.kill('SIGINT');
  await second.ended;
}, 120_000);
