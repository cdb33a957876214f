import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/flow/files/done-files.ts';
import { tail } from '../../../src/flow/sources/tail.ts';
import { SteppingClock } from '../../../src/run/trials/stepping-clock.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

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

it('knows how many bytes it has not read yet', async () => {
  writeFileSync(log, 'old\n');
  await start();
  run.shut();
  appendFileSync(log, 'one\n');
  await records(1);
  // Nothing more is read until there is room.
  appendFileSync(log, 'two\nthree\n');
  expect(run.behind!()).toBe(10);
  run.reopen();
  await records(3);
  expect(run.behind!()).toBe(0);
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
    new Set([
      `${log} was truncated; reading on in ${directory.at('app.log.1')}, copied from it, then from its start`,
      `${log} was truncated or written anew (2 times so far); reading it from its start (it was read up to byte 6, and what was behind that is lost)`,
    ]),
  );
});

it('finds the copy of a file that is being truncated and does not have the time of that yet', async () => {
  writeFileSync(log, 'one\ntwo\n');
  await start({ from: 'start' });
  await records(2);
  appendFileSync(log, 'three\n');
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  utimesSync(log, 1, 1);
  await clock.passUntil(() => run.records.length === 3);
  await clock.pass(2000);
  appendFileSync(log, 'four\n');
  expect(await records(4)).toEqual(['one', 'two', 'three', 'four']);
  await clock.pass(2000);
  expect(run.records).toHaveLength(4);
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
  const identity = identityOf(statSync(log, { bigint: true }));
  rmSync(log);
  expect(await records(2)).toEqual(['one', 'half']);
  // What came of it is known, so that it comes again where its batch does.
  const left = () => run.position?.find(({ key, at }) => key === identity && !Object.hasOwn(Object(at), 'path'));
  await clock.passUntil(() => left() !== undefined);
  expect(left()?.origin?.lines).toBe(2);
});

it('reads what was copied and truncated while the copy before that was being read', async () => {
  writeFileSync(log, 'old\n');
  await start();
  appendFileSync(log, 'one\n');
  await records(1);
  appendFileSync(log, 'two\n');
  copyFileSync(log, directory.at('app.log.1'));
  truncateSync(log);
  appendFileSync(log, 'three\n');
  const deliver = run.deliver.bind(run);
  run.deliver = (chunk) => {
    const full = deliver(chunk);
    // A busy machine: of the copy the second line is on its way, and the log is rotated again.
    if (chunk.kind === 'text' && run.records.at(-1) === 'two') {
      renameSync(directory.at('app.log.1'), directory.at('app.log.2'));
      copyFileSync(log, directory.at('app.log.1'));
      truncateSync(log);
      writeFileSync(log, 'four\n');
    }
    return full;
  };
  expect(await records(4)).toEqual(['one', 'two', 'three', 'four']);
});

it('numbers the lines of each file by themselves, and anew after a truncation', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, 'one\n');
  await records(1);
  writeFileSync(log, 'x\n');
  await records(2);
  expect(run.origins.length).toBe(2);
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

describe('files that were at the path between two looks', () => {
  /** All of this happens before the source can look. */
  function rotate(...names: readonly string[]): void {
    for (const [i, name] of names.entries()) {
      renameSync(log, directory.at(name));
      writeFileSync(log, `${i + 2}\n`);
    }
  }

  beforeEach(async () => {
    writeFileSync(directory.at('app.log.7'), 'old\n');
    writeFileSync(directory.at('app.log.8.gz'), gzipSync('old\n'));
    writeFileSync(log, '');
    await start();
    appendFileSync(log, '1\n');
    await records(1);
  });

  it('are read whole and in order, by the names that rotations give', async () => {
    rotate('app.log.3', 'app.log-20261125', 'app.2026-11-25T10:00.log', 'app.log~');
    // The system may not know which of them was made first.
    expect([...(await records(5))].sort()).toEqual(['1', '2', '3', '4', '5']);
    expect(run.records.at(-1)).toBe('5');
    expect(run.notes).toHaveLength(1);
  });

  it('are not taken for what other logs leave, nor for what is older', async () => {
    writeFileSync(directory.at('app-error.log.1'), 'other\n');
    writeFileSync(directory.at('app2.log'), 'other\n');
    renameSync(directory.at('app.log.7'), directory.at('app.log.9'));
    rotate('app.log.2', 'app.log.1');
    expect(await records(3)).toEqual(['1', '2', '3']);
  });

  it('are unpacked where they have been packed, and not where what is packed was read', async () => {
    rotate('app.log.2', 'app.log.1');
    for (const name of ['app.log.2', 'app.log.1']) {
      writeFileSync(directory.at(`${name}.gz`), gzipSync(readFileSync(directory.at(name))));
      rmSync(directory.at(name));
    }
    expect(await records(3)).toEqual(['1', '2', '3']);
    await clock.pass(10_000);
    expect(run.records).toEqual(['1', '2', '3']);
  });

  it('are not copies of what was read', async () => {
    copyFileSync(log, directory.at('app.log.bak'));
    rotate('app.log.1');
    expect(await records(2)).toEqual(['1', '2']);
    await clock.pass(10_000);
    expect(run.records).toEqual(['1', '2']);
  });

  it('are read where the file was truncated more than once, with what its copy has', async () => {
    appendFileSync(log, '2\n');
    copyFileSync(log, directory.at('app.log.2'));
    writeFileSync(log, '3\n');
    copyFileSync(log, directory.at('app.log.1'));
    writeFileSync(log, '4\n');
    expect(await records(4)).toEqual(['1', '2', '3', '4']);
  });
});

it('tells of files that are gone for good, as far as events tell of them', async () => {
  writeFileSync(log, '');
  await start();
  appendFileSync(log, '1\n');
  await records(1);
  await clock.pass(3000);
  for (let i = 0; i < 3; i++) {
    rmSync(log);
    writeFileSync(log, `${i}\n`);
  }
  await clock.passUntil(() => run.notes.length > 1);
  expect(run.notes[1]).toBe(
    `lost: 2 files so far, at ${log} for a moment and then gone, or under a name that says nothing of it`,
  );
  expect(run.records).toEqual(['1', '2']);
});

it('tells of files that are gone for good from when it says that it follows on', async () => {
  writeFileSync(log, '');
  await start();
  for (let i = 0; i < 3; i++) {
    rmSync(log);
    writeFileSync(log, `${i}\n`);
  }
  await clock.passUntil(() => run.notes.length > 1);
  expect(run.notes[1]).toMatch(/^lost: 2 files so far, at /);
  expect(await records(1)).toEqual(['2']);
});

it('knows a file that was written anew and is longer by what is in front of where it was read to', async () => {
  const banner = `${'b'.repeat(299)}\n`;
  writeFileSync(log, `${banner}one\n`);
  await start();
  writeFileSync(log, `${banner}another and longer\ntwo\n`);
  expect(await records(3)).toEqual([banner.trimEnd(), 'another and longer', 'two']);
});

it('knows the first line of a file that it reads from its end, and of each that follows', async () => {
  writeFileSync(log, '\ufeffa,b\r\n1,2\r\n');
  await start();
  appendFileSync(log, '3,4\r\n');
  await records(1);
  renameSync(log, directory.at('app.log.1'));
  writeFileSync(log, 'b,a\n5,6\n');
  expect(await records(3)).toEqual(['3,4', 'b,a', '5,6']);
  expect(run.origins.map(({ firstLine }) => firstLine)).toEqual(['a,b', undefined]);
});

it('unpacks what is packed, and passes over what is there at the start', async () => {
  writeFileSync(log, gzipSync('old\n'));
  await start();
  appendFileSync(log, gzipSync('one\ntwo\n'));
  await records(2);
  renameSync(log, directory.at('app.log.1'));
  writeFileSync(log, gzipSync('three\n').subarray(0, 20));
  await records(3);
  rmSync(log);
  await clock.passUntil(() => run.notes.length > 1);
  expect(run.records).toEqual(['one', 'two', 'three']);
  expect(run.notes[1]).toBe(`cannot read ${log}: its gzip data ends too early, after 20 bytes`);
});

it('follows no pipe, and says so', async () => {
  execFileSync('mkfifo', [log]);
  await expect(openSource(tail, { path: log }, run).run()).rejects.toMatchObject({
    exit: 3,
    message: `${log} is a named pipe, and cannot be followed`,
  });
});

it('waits for what a link leads to, and says what it is', async () => {
  symlinkSync('nowhere', log);
  await start();
  expect(run.notes).toEqual([`waiting for ${log}, which is a link to nowhere, which does not exist`]);
  writeFileSync(directory.at('nowhere'), 'one\n');
  expect(await records(1)).toEqual(['one']);
});

it('offers a glob for a directory', async () => {
  mkdirSync(log);
  await expect(openSource(tail, { path: log }, run).run()).rejects.toMatchObject({
    exit: 3,
    message: `${log} is a directory`,
    help: `\`tail("${log}/*")\` follows the files in it`,
  });
});
