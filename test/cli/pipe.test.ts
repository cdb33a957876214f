import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shell, start, temporaryFolder } from './harness.ts';

test('a filter gives one answer however slowly its pipe comes, and tells after a while what it waits for', async () => {
  const run = start(['words | countByValue']);
  run.input('a\n', true);
  await run.noted(/1 record \(2b\) read so far; the result comes when the input ends .*`stdin \| …` or --batch 1s/);
  run.input('b\na');
  expect(await run.ended).toMatchObject({ stdout: 'a\t2\nb\t1\n', code: 0 });
});

test('records that wait for nothing come out of a filter while its pipe is open', async () => {
  const printed = start(['filter(_ != "x")']);
  printed.input('a\n', true);
  await printed.said(/^a\n/);
  printed.input('x\nb\n', true);
  await printed.said(/b\n/);
  printed.input('c');
  expect(await printed.ended).toEqual({ stdout: 'a\nb\nc\n', stderr: '', code: 0 });

  const given = start(['json | map(.n) | exec("cat")']);
  given.input('{"n":1}\n', true);
  await given.said(/^1\n/);
  given.input('');
  expect((await given.ended).code).toBe(0);

  const folder = temporaryFolder();
  const appended = start(['csv | map(.n) | append("out/n.txt")'], folder);
  appended.input('n\n1\n', true);
  const written = join(folder, 'out/n.txt');
  while (!existsSync(written) || readFileSync(written, 'utf8') !== '1\n') {
    await new Promise((resolve) => setImmediate(resolve));
  }
  appended.input('2\n');
  expect((await appended.ended).code).toBe(0);
  expect(readFileSync(written, 'utf8')).toBe('1\n2\n');
});

test('windows and sessions by event time come out of a filter as event time passes them', async () => {
  const line = (t: number) => `{"k":"a","t":${1_700_000_000 + t}}\n`;
  const windows = start(['json | window(10s, on: .t, late: 5s) | count']);
  windows.input(line(1) + line(2) + line(14) + line(9), true);
  // The record at 9 s is late for nothing.
  windows.input(line(15), true);
  await windows.said(/^3\n/);
  windows.input(line(21));
  expect(await windows.ended).toEqual({ stdout: '3\n2\n1\n', stderr: '', code: 0 });

  const sessions = start(['json | session(.k, {n: count()}, gap: 10s, on: .t, late: 0s) | map(.n)']);
  sessions.input(line(1) + line(2) + line(13), true);
  await sessions.said(/^2\n/);
  sessions.input(line(14));
  expect(await sessions.ended).toEqual({ stdout: '2\n2\n', stderr: '', code: 0 });
});

test('without late: nothing is late of a pipe that is a filter, as of a file', async () => {
  const run = start(['json | window(10s, on: .t) | count']);
  run.input('{"t":1700000021}\n', true);
  await run.noted(/the result comes when the input ends \(late: lets each window out when it is over/);
  run.input('{"t":1700000001}\n{"t":1700000022}\n');
  expect(await run.ended).toMatchObject({ stdout: '1\n2\n', code: 0 });
});

test('a signal ends a filter with the answer so far', async () => {
  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const run = start(['tap | count']);
    run.input('a\nb\n', true);
    await run.noted(/b/);
    run.child.kill(signal);
    expect(await run.ended).toMatchObject({ stdout: '2\n', code: exit });
  }
});

test('a pipe that the program names is a stream, and gives a result for each batch', async () => {
  const run = start(['stdin | words | countByValue | print']);
  run.input('a\n', true);
  await run.said(/^a\t1\n/);
  run.input('a\n', true);
  await run.said(/^a\t1\na\t1\n/);
  run.input('');
  expect((await run.ended).code).toBe(0);
});

test('--batch makes a stream of a pipe', async () => {
  const run = start(['--batch', '10ms', 'words | countByValue']);
  run.input('a\n', true);
  await run.said(/^a\t1\n/);
  run.input('');
  expect(await run.ended).toEqual({ stdout: 'a\t1\n', stderr: '', code: 0 });
});

test('explain says how a pipe would be taken, and why', async () => {
  const lines = async (args: string) => (await shell(`leat explain ${args}`)).stdout.trimEnd().split('\n').at(-1);
  expect(await lines(`'words | countByValue'`)).toBe(
    'a pipe is a filter: one batch until it ends (no source is written)',
  );
  expect(await lines(`'stdin | count'`)).toBe('a pipe is a stream: a batch every 1s (`stdin` is written)');
  expect(await lines(`--batch 250ms count`)).toBe('a pipe is a stream: a batch every 250ms (--batch was given)');
  expect(await lines(`--once 'count | running'`)).toBe(
    'a pipe is a filter: one batch until it ends (--once was given)',
  );
  expect(await lines(`'listen(9999)'`)).toMatch(/^print/);
});
