import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunFailure } from '../../../src/base/problem.ts';
import { FileOutput, TextOutput } from '../../../src/flow/output/stdout.ts';
import { temporaryDirectory } from '../../support/directory.ts';

/** A descriptor with a `FileOutput`, and what it called. */
function open(fd: number) {
  const calls: (string | RunFailure)[] = [];
  const output = new FileOutput(fd, {
    onClosed: () => void calls.push('closed'),
    onFailure: (failure) => void calls.push(failure),
  });
  return { output, calls };
}

/** A pipe of this process: both its ends. */
function pipe(): { readonly read: number; readonly write: number } {
  const path = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [path]);
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { read, write: openSync(path, constants.O_WRONLY) };
}

function openFile(path: string): number {
  const fd = openSync(path, 'w');
  onTestFinished(() => closeSync(fd));
  return fd;
}

test('texts and bytes come out in the order they were written, whatever their size', async () => {
  const path = join(temporaryDirectory(), 'out');
  const { output, calls } = open(openFile(path));
  const big = 'ü'.repeat(300_000);
  output.write('a');
  output.write(Buffer.from('b'));
  output.write(big);
  output.write('');
  output.write(Buffer.from(big));
  output.write('c');
  await output.flush();
  expect(readFileSync(path, 'utf8') === `ab${big}${big}c`).toBe(true);
  expect(calls).toEqual([]);
});

test('flush waits for what was written before it, and resolves at once where there is nothing', async () => {
  const path = join(temporaryDirectory(), 'out');
  const { output } = open(openFile(path));
  await output.flush();
  output.write('a');
  const first = output.flush();
  output.write('b');
  await first;
  expect(readFileSync(path, 'utf8')).toMatch(/^a/);
  await output.flush();
  expect(readFileSync(path, 'utf8')).toBe('ab');
});

test('a reader that has closed its end is told once, and is no failure', async () => {
  const { read, write } = pipe();
  const { output, calls } = open(write);
  closeSync(read);
  output.write('a');
  await output.flush();
  expect(calls).toEqual(['closed']);
  output.write('b'.repeat(2_000_000));
  expect(output.blocked()).toBeUndefined();
  await output.close();
  closeSync(write);
  expect(calls).toEqual(['closed']);
});

test('a reader that leaves in the middle of a write is told too', async () => {
  const { read, write } = pipe();
  const { output, calls } = open(write);
  output.write('x'.repeat(1_000_000));
  const flushed = output.flush();
  // More than a pipe holds is on its way: the first piece has arrived, the rest never will.
  const reader = new Socket({ fd: read, writable: false });
  await new Promise((resolve) => reader.once('data', resolve));
  reader.destroy();
  await flushed;
  expect(calls).toEqual(['closed']);
  await output.close();
  closeSync(write);
});

test('a full disk is a failure with exit 4', async () => {
  const { output, calls } = open(openFile('/dev/full'));
  output.write('a');
  await output.flush();
  output.write('b');
  await output.flush();
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({
    code: 'sink-full',
    exit: 4,
    message: 'cannot write to standard output: no space left on the device',
  });
});

test.skipIf(process.platform !== 'linux')(
  'waiting for a pipe does not make it non-blocking for others who hold it',
  async () => {
    const { read, write } = pipe();
    const { output } = open(write);
    output.write('a');
    await output.flush();
    const flags = Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${write}`, 'utf8'))![1]!, 8);
    expect(flags & constants.O_NONBLOCK).toBe(0);
    await output.close();
    closeSync(read);
    closeSync(write);
  },
);

test('a text output collects texts and bytes', async () => {
  const output = new TextOutput();
  output.write('a');
  output.write(Buffer.from('ü'));
  await output.flush();
  expect([output.text, output.blocked()]).toEqual(['aü', undefined]);
  output.write('b');
  expect(output.text).toBe('aüb');
});
