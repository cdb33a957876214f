import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tail } from '../../../src/flow/sources/tail.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';
import { SteppingClock } from '../../support/stepping-clock.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let clock: SteppingClock;
let run: TestRun;
let running: Promise<void>;
let log: string;

beforeEach(() => {
  directory = temporaryDirectory();
  clock = new SteppingClock();
  run = new TestRun({ clock });
  running = Promise.resolve();
  log = directory.at('app.log');
});

afterEach(async () => {
  run.abort();
  await running;
  directory.remove();
});

async function start(args: { readonly [name: string]: unknown } = {}): Promise<void> {
  running = openSource(tail, { path: log, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
}

async function records(count: number): Promise<readonly unknown[]> {
  await clock.passUntil(() => run.records.length >= count);
  return run.records;
}

it('gives what is appended, by events alone', async () => {
  writeFileSync(log, 'old\n');
  await start();
  expect(run.notes).toEqual([`following ${log}`]);
  // The first look may be over before the system's watch is set up; its end rings once more.
  appendFileSync(log, 'one\ntwo\n');
  await run.until(() => run.records.length === 2);
  appendFileSync(log, 'three\n');
  await run.until(() => run.records.length === 3);
  expect(run.records).toEqual(['one', 'two', 'three']);
  expect(clock.now()).toBe(0);
});

it('gives all that is there with from: "start"', async () => {
  writeFileSync(log, 'old\n');
  await start({ from: 'start' });
  appendFileSync(log, 'new\n');
  expect(await records(2)).toEqual(['old', 'new']);
});

it('gives a line only when it is whole', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, 'one\nha');
  await records(1);
  appendFileSync(log, 'lf\n');
  expect(await records(2)).toEqual(['one', 'half']);
});

it('gives the line whole that is half there at the start, and not at all if nothing comes to it', async () => {
  writeFileSync(log, 'old\nha');
  writeFileSync(directory.at('b.log'), 'old\nold too');
  await start({ path: directory.at('*.log') });
  appendFileSync(log, 'lf\nnext');
  await records(1);
  run.abort();
  await running;
  expect(run.records).toEqual(['half', 'next']);
});

it('reads files that appear later whole, and waits for them', async () => {
  await start();
  expect(run.notes).toEqual([`waiting for ${log}, which does not exist yet`]);
  writeFileSync(log, 'one\ntwo\n');
  expect(await records(2)).toEqual(['one', 'two']);
});

it('follows rotation by renaming, and what still goes to the old file', async () => {
  writeFileSync(log, '');
  await start();
  const writer = openSync(log, 'a');
  writeSync(writer, 'one\n');
  await records(1);
  renameSync(log, directory.at('app.log.1'));
  writeSync(writer, 'two\n');
  await records(2);
  writeFileSync(log, 'three\n');
  await records(3);
  writeSync(writer, 'four\n');
  expect(await records(4)).toEqual(['one', 'two', 'three', 'four']);
});

it('reads nothing twice where a glob matches the renamed file too', async () => {
  writeFileSync(log, '');
  await start({ path: directory.at('app.log*') });
  appendFileSync(log, 'one\n');
  await records(1);
  renameSync(log, directory.at('app.log.1'));
  writeFileSync(log, 'two\n');
  await records(2);
  appendFileSync(directory.at('app.log.1'), 'three\n');
  await records(3);
  renameSync(directory.at('app.log.1'), directory.at('app.log.2'));
  renameSync(log, directory.at('app.log.1'));
  writeFileSync(log, 'four\n');
  expect(await records(4)).toEqual(['one', 'two', 'three', 'four']);
});

it('follows rotation by copying and truncating, and says so', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, 'one\ntwo\n');
  await records(2);
  copyFileSync(log, directory.at('app.log.1'));
  truncateSync(log);
  appendFileSync(log, 'three\n');
  await records(3);
  truncateSync(log);
  appendFileSync(log, 'four\n');
  expect(await records(4)).toEqual(['one', 'two', 'three', 'four']);
  expect(new Set(run.notes.slice(1))).toEqual(
    new Set([`${log} was truncated or written anew; reading it from its start`]),
  );
});

it('reads a file from its start that was cut short, though it starts as before', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, `${'x'.repeat(299)}\none\n`);
  await records(2);
  truncateSync(log, 300);
  expect(await records(3)).toEqual(['x'.repeat(299), 'one', 'x'.repeat(299)]);
});

it('reads a file from its start that was written anew and is longer than before', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, 'one\n');
  await records(1);
  writeFileSync(log, 'another\nand longer\n');
  expect(await records(3)).toEqual(['one', 'another', 'and longer']);
});

it('reads a file whole that takes the place of one that was removed, even if it gets its number', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, 'one\n');
  await records(1);
  rmSync(log);
  await clock.pass(10_000);
  writeFileSync(log, 'two\n');
  await records(2);
  rmSync(log);
  writeFileSync(log, 'six\n');
  expect(await records(3)).toEqual(['one', 'two', 'six']);
});

it('gives the half line of a file that is gone for good', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, 'one\nhalf');
  await records(1);
  rmSync(log);
  expect(await records(2)).toEqual(['one', 'half']);
});

it('numbers the lines of each file by themselves, and anew after a truncation', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, 'one\n');
  await records(1);
  writeFileSync(log, 'x\n');
  await records(2);
  expect(new Set(run.chunks.map((chunk) => chunk.origin)).size).toBe(2);
});

it('looks for the last border behind a long line, and for delimiters of several bytes', async () => {
  writeFileSync(log, `a--${'x'.repeat(200_000)}`);
  await start({ delimiter: '--' });
  appendFileSync(log, 'y--z--');
  expect(await records(2)).toEqual([`${'x'.repeat(200_000)}y`, 'z']);
});

it('with --once takes what is there, from the start, and ends', async () => {
  run = new TestRun({ once: true });
  writeFileSync(directory.at('b.log'), 'b\nhalf');
  writeFileSync(directory.at('a.log'), 'a\n');
  await openSource(tail, { path: directory.at('*.log') }, run).run();
  expect(run.records).toEqual(['a', 'b', 'half']);
});

it('offers a glob for a directory', async () => {
  mkdirSync(log);
  await expect(openSource(tail, { path: log }, run).run()).rejects.toMatchObject({
    exit: 3,
    message: `${log} is a directory`,
    help: `\`tail("${log}/*")\` follows the files in it`,
  });
});
