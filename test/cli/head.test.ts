import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { shell, start, temporaryFolder } from './harness.ts';

const LEAT = resolve('bin/leat.js');
const MB = 1024 * 1024;

/** A file of so many bytes that begins with these lines; behind them is nothing but a hole. */
function largeFile(lines: string): string {
  const path = join(temporaryFolder(), 'large.txt');
  writeFileSync(path, lines);
  truncateSync(path, 200 * MB);
  return path;
}

/** What a program prints of a file as standard input, and how far the file was read: we share its descriptor, and so its place. */
function readOf(path: string, program: string): { readonly printed: string; readonly read: number } {
  const fd = openSync(path, 'r');
  try {
    const { stdout } = spawnSync(process.execPath, [LEAT, program], { stdio: [fd, 'pipe', 'ignore'] });
    let rest = 0;
    const piece = Buffer.alloc(8 * MB);
    for (let count = 1; count > 0; rest += count) count = readSync(fd, piece, 0, piece.length, null);
    return { printed: stdout.toString(), read: 200 * MB - rest };
  } finally {
    closeSync(fd);
  }
}

test.each([
  ['head(2)', 'a\nb\n'],
  ['take(2)', 'a\nb\n'],
  ['map(upper(_)) | head(2)', 'A\nB\n'],
  ['filter(_ != "a") | take(1) | countByValue', 'b\t1\n'],
])('%s of a large file reads less than 1 MB of it', (program, expected) => {
  const { printed, read } = readOf(largeFile('a\nb\nc\n'), program);
  expect(printed).toBe(expected);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(MB);
});

test('where head is not full, all of the file is read', () => {
  expect(readOf(largeFile('a\nb\n'), 'filter(_ == "b") | head(2)')).toEqual({ printed: 'b\n', read: 200 * MB });
});

test('head ends a pipe that never would, and so does take where all of it is one batch', async () => {
  for (const program of ['head(2)', 'take(2)', 'stdin | head(2)', 'head(2) | exec("cat")']) {
    const { stdout, code } = await shell(`yes | leat '${program}'`);
    expect([program, stdout, code]).toEqual([program, 'y\ny\n', 0]);
  }
});

test('head ends live sources', async () => {
  const run = start(['listen(0) | head(1)', '--batch', '50ms']);
  const [, port] = await run.noted(/listening on 127\.0\.0\.1:(\d+)/);
  await shell(`printf 'a\\nb\\n' > /dev/tcp/127.0.0.1/${port}`);
  expect(await run.ended).toMatchObject({ stdout: 'a\n', code: 0 });
  expect((await start(['exec("yes") | head(1)']).ended).stdout).toBe('y\n');
  expect((await start(['exec("yes") | head(1)', '--workers', '3']).ended).stdout).toBe('y\n');
  expect((await start(['rate(1000) | map(.value) | head(2)', '--batch', '50ms']).ended).stdout).toBe('0\n1\n');
});

test('a session that was recorded up to head gives the same again', async () => {
  const folder = temporaryFolder();
  const first = await shell('yes | leat --record s.jsonl "head(2)"', folder);
  const again = await shell(`leat 'replay("s.jsonl") | head(2)' --format batches`, folder);
  expect(first.stdout).toBe('y\ny\n');
  expect(JSON.parse(again.stdout)).toMatchObject({ records: ['y', 'y'] });
  expect(JSON.parse(again.stdout).partial).toBeUndefined();
});
