/** `flume` both ways with real agents. */

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat, leat, temporaryFolder } from '../../cli/harness.ts';
import { seedOfTest } from '../../support/effort.ts';
import { freePort } from '../../support/ports.ts';
import { counting, FlumeAgent, hasFlume, memory, sending } from './flume.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An agent that is gone after the test. */
function agent(folder: string, settings: ConstructorParameters<typeof FlumeAgent>[1]): FlumeAgent {
  const agent = new FlumeAgent(folder, settings);
  onTestFinished(() => agent.stop('SIGKILL'));
  return agent;
}

/** The lines of a file, or of the files of a folder, that are whole. */
function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(50);
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const inOrder = (lines: readonly string[]) => lines.map(Number).toSorted((a, b) => a - b);

describe.skipIf(!hasFlume)('agents', { timeout: 300_000 }, () => {
  test.each([
    ['plain', {}],
    ['packed', { 'sinks.k.compression-type': 'deflate', 'sinks.k.compression-level': 6 }],
  ])('send each event once, %s, several at the same time', async (_name, more) => {
    const folder = temporaryFolder();
    const port = await freePort();
    for (const name of ['one', 'two']) {
      agent(join(folder, name), { ...counting(5000), ...memory, ...sending(port), ...more }).start();
    }
    const run = new Leat([`flume(${port}) | append("out.log")`], folder);
    const out = join(folder, 'out.log');
    await until(() => linesOf(out).length >= 10_000);
    run.child.kill('SIGTERM');
    await run.ended;
    expect(inOrder(linesOf(out))).toEqual(numbers(10_000).map((i) => i >> 1));
  });

  test('lose nothing, however often leat is killed', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const random = new Random(seedOfTest);
    const count = 40_000;
    agent(join(folder, 'agent'), { ...counting(count), ...memory, ...sending(port) }).start();
    const args = ['--checkpoint', 'state', '--batch', '100ms', `flume(${port}) | append("out.log")`];
    const out = join(folder, 'out.log');
    const first = new Leat(args, folder);
    await until(() => linesOf(out).length > 0);
    first.child.kill('SIGKILL');
    await first.ended;
    for (let life = 1; life < 20; life++) {
      const run = new Leat(args, folder);
      await Promise.race([run.noted(/for agents of Flume/), run.ended]);
      await pause(random.whole(0, 1200));
      run.child.kill('SIGKILL');
      await run.ended;
    }
    const last = new Leat(args, folder);
    await until(() => new Set(linesOf(out)).size === count);
    last.child.kill('SIGTERM');
    await last.ended;
    const lines = linesOf(out);
    expect([...new Set(inOrder(lines))]).toEqual(numbers(count));
    // What was under way at each of the kills may be there again: the agent had not been told that it had come.
    expect(lines.length - count).toBeLessThanOrEqual(20 * 100);
  });

  test.each([
    ['plain', {}, ''],
    ['packed', { 'sources.s.compression-type': 'deflate' }, ', deflate: true'],
  ])('are sent to, %s, also when they are killed', async (_name, more, args) => {
    const folder = temporaryFolder();
    const port = await freePort();
    const rolled = join(folder, 'rolled');
    mkdirSync(rolled);
    const receiving = agent(join(folder, 'agent'), {
      'sources.s.type': 'avro',
      'sources.s.bind': '127.0.0.1',
      'sources.s.port': port,
      ...more,
      'channels.c.type': 'file',
      'channels.c.checkpointDir': join(folder, 'channel'),
      'channels.c.dataDirs': join(folder, 'data'),
      'channels.c.capacity': 100_000,
      'channels.c.transactionCapacity': 1000,
      'sinks.k.type': 'file_roll',
      'sinks.k.sink.directory': rolled,
      'sinks.k.sink.rollInterval': 0,
    });
    receiving.start();
    await until(() => isListening(port));
    const run = new Leat([`lines | flume("127.0.0.1", ${port}, retry: 2m${args})`], folder);
    const count = 5000;
    for (let i = 0; i < 5; i++) {
      run.input(
        numbers(count / 5)
          .map((j) => `${(i * count) / 5 + j}\n`)
          .join(''),
        true,
      );
      await pause(500);
      await receiving.stop('SIGKILL');
      await pause(300);
      receiving.start();
    }
    run.input('');
    expect(await run.ended).toMatchObject({ code: 0 });
    const all = () => readdirSync(rolled).flatMap((name) => linesOf(join(rolled, name)));
    // What the agent has written into its files is buffered until it ends.
    await pause(2000);
    await receiving.stop();
    expect([...new Set(inOrder(all()))]).toEqual(numbers(count));
  });

  test('feed the programs of the course', async () => {
    const programs = [...readFileSync('docs/spark-course.md', 'utf8').matchAll(/^leat (.*) '(flume.*)'$/gm)];
    expect(programs).toHaveLength(2);
    const printed = await Promise.all(
      programs.map(async ([, options, program]) => {
        const folder = temporaryFolder();
        const [port, lines] = [await freePort(), await freePort()];
        const run = new Leat([...options!.split(' '), program!.replace('41414', `${port}`)], folder);
        const source = { 'sources.s.type': 'netcat', 'sources.s.bind': '127.0.0.1', 'sources.s.port': lines };
        agent(join(folder, 'agent'), { ...source, ...memory, ...sending(port) }).start();
        await until(() => isListening(lines));
        connect(lines, '127.0.0.1').end('to be or not to be\nthat is the question\n');
        return run.said(/Received 2 flume events\.|\(question,1\)/);
      }),
    );
    expect(printed.map(([text]) => text)).toEqual(['Received 2 flume events.', '(question,1)']);
  });

  test('that are none, or not there, are told of', async () => {
    const port = await freePort();
    const absent = await leat([`flume("127.0.0.1", ${port}, retry: 0)`], 'a\n');
    expect(absent.code).toBe(4);
    expect(absent.stderr).toMatch(/cannot write to the agent of Flume at 127\.0\.0\.1:\d+: nobody listens there/);
  });
});
