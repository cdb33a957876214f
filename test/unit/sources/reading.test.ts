import { closeSync, openSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { openFramer, type TextArguments } from '../../../src/flow/framing/text.ts';
import { readFile, readStream } from '../../../src/flow/input/reading.ts';
import { readInputStream } from '../../../src/flow/sources/stdin.ts';
import { TestRun, temporaryDirectory } from '../../support/source.ts';

const LINES: TextArguments = { delimiter: '\n', maxLine: 1024, tag: false };

it('gives out what lies unread in a stream that breaks while the inbox is full', async () => {
  const run = new TestRun();
  const stream = new PassThrough();
  const reading = readStream(stream, openFramer(LINES, run.origin('a'), run), run.signal);
  run.shut();
  stream.write('one\n');
  await run.until(() => run.records.length === 1);
  stream.write('two\nhalf');
  expect(run.records).toEqual(['one']);
  stream.destroy(new Error('broken'));
  expect(await reading).toMatchObject({ message: 'broken' });
  expect(run.records).toEqual(['one', 'two', 'half']);
});

it('reads a range of a file and nothing behind it', async () => {
  const directory = temporaryDirectory();
  const run = new TestRun();
  writeFileSync(directory.at('a'), 'one\ntwo\nthree\n');
  const fd = openSync(directory.at('a'), 'r');
  expect(await readFile(fd, openFramer(LINES, run.origin('a'), run), run, { start: 4, end: 8 })).toBe(4);
  expect(run.records).toEqual(['two']);
  closeSync(fd);
  directory.remove();
});

it('reads a file that ends before the range does', async () => {
  const directory = temporaryDirectory();
  const run = new TestRun();
  writeFileSync(directory.at('a'), 'one\n');
  const fd = openSync(directory.at('a'), 'r');
  expect(await readFile(fd, openFramer(LINES, run.origin('a'), run), run, { start: 0, end: 100 })).toBe(4);
  closeSync(fd);
  directory.remove();
});

it('says how to end what is typed at a terminal', async () => {
  const run = new TestRun();
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  const running = readInputStream(terminal, LINES, run).run();
  terminal.end('typed\n');
  await running;
  expect(run.notes).toEqual(['reading from the terminal; Ctrl-D on a line of its own ends it']);
  expect(run.records).toEqual(['typed']);
});
