import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identityOf } from '../../../src/flow/files/done-files.ts';
import { watch } from '../../../src/flow/sources/watch.ts';
import { SteppingClock } from '../../../src/run/trials/stepping-clock.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let clock: SteppingClock;
let run: TestRun;
let running: Promise<void>;

beforeEach(() => {
  directory = temporaryDirectory();
  clock = new SteppingClock();
  run = new TestRun({ clock });
  running = Promise.resolve();
});

afterEach(async () => {
  run.abort();
  await running;
  directory.remove();
});

/** Opens the source and waits until it has looked once. */
async function start(args: { readonly [name: string]: unknown } = {}): Promise<void> {
  running = openSource(watch, { path: directory.path, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
}

/** Waits until it has read a file that comes behind the others, so that they had their chance. */
async function passMarker(name = 'z-marker.log'): Promise<void> {
  writeFileSync(directory.at(name), 'marker\n');
  const before = run.records.filter((record) => record === 'marker').length;
  await clock.passUntil(() => run.records.filter((record) => record === 'marker').length > before);
}

const unmarked = () => run.records.filter((record) => record !== 'marker');

it('reads each new file once, several in order of name', async () => {
  writeFileSync(directory.at('old.log'), 'old\n');
  await start();
  expect(run.notes).toEqual([`watching ${directory.path} for new files`]);
  for (const name of ['c', 'a', 'b']) writeFileSync(directory.at(`${name}.log`), `${name}1\n${name}2`);
  await clock.passUntil(() => run.records.length === 6);
  await passMarker();
  expect([...unmarked()].sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
  expect(run.origins.map((origin) => origin.name)).toContain(directory.at('a.log'));
});

it('takes what is there in order of name with existing: true', async () => {
  for (const name of ['b', 'a', 'c']) writeFileSync(directory.at(name), name);
  await start({ existing: true });
  await clock.passUntil(() => run.records.length === 3);
  expect(run.records).toEqual(['a', 'b', 'c']);
});

it('takes a file that is moved in, however old it is', async () => {
  mkdirSync(directory.at('in'));
  writeFileSync(directory.at('a.log'), 'a\n');
  utimesSync(directory.at('a.log'), 1, 1);
  await start({ path: directory.at('in') });
  renameSync(directory.at('a.log'), directory.at('in/a.log'));
  await clock.passUntil(() => run.records.length === 1);
  expect(run.records).toEqual(['a']);
});

it('does not take a file again that is renamed, appended to or linked', async () => {
  await start();
  writeFileSync(directory.at('a.log'), 'a\n');
  // Behind the marker the file is surely closed; what came while it was read would be read with it.
  await passMarker('y-marker.log');
  renameSync(directory.at('a.log'), directory.at('b.log'));
  appendFileSync(directory.at('b.log'), 'more\n');
  linkSync(directory.at('b.log'), directory.at('c.log'));
  await passMarker();
  expect(unmarked()).toEqual(['a']);
  expect(run.notes.filter((note) => note.includes('written to after it was read'))).toHaveLength(1);
});

it('takes a file with two new names once', async () => {
  await start();
  writeFileSync(directory.at('.a'), 'a\n');
  linkSync(directory.at('.a'), directory.at('a.log'));
  linkSync(directory.at('.a'), directory.at('b.log'));
  await passMarker();
  expect(unmarked()).toEqual(['a']);
});

it('takes a file of the same name again where it is a new one', async () => {
  await start();
  writeFileSync(directory.at('a.log'), 'first\n');
  await clock.passUntil(() => run.records.length === 1);
  rmSync(directory.at('a.log'));
  await passMarker();
  writeFileSync(directory.at('a.log'), 'second\n');
  await clock.passUntil(() => unmarked().length === 2);
  expect(unmarked()).toEqual(['first', 'second']);
});

/** Whether the system knows when a file was made, rather than giving the time of its last change. */
const isDated = statSync(tmpdir()).birthtimeMs > 0 && statSync(tmpdir()).birthtimeMs < statSync(tmpdir()).ctimeMs;

it.runIf(isDated)('takes a new file that gets the number of a removed one at once', async () => {
  await start();
  writeFileSync(directory.at('a.log'), 'first\n');
  await clock.passUntil(() => run.records.length === 1);
  for (let i = 0; i < 5; i++) {
    rmSync(directory.at('a.log'));
    writeFileSync(directory.at('a.log'), `${i}\n`);
    await clock.passUntil(() => run.records.length === 2 + i);
  }
  expect(run.records).toEqual(['first', '0', '1', '2', '3', '4']);
});

it('waits for hidden and half-written files until they have their name', async () => {
  await start();
  for (const name of ['.a', 'a.tmp', 'a~', 'a.part', 'a.swp']) writeFileSync(directory.at(name), `${name}\n`);
  await passMarker();
  expect(unmarked()).toEqual([]);
  renameSync(directory.at('a.tmp'), directory.at('a.log'));
  await clock.passUntil(() => unmarked().length === 1);
  expect(unmarked()).toEqual(['a.tmp']);
});

it('waits while a file grows', async () => {
  await start({ settle: 500 });
  writeFileSync(directory.at('a.log'), 'one\n');
  for (let i = 0; i < 20; i++) {
    await clock.pass(400);
    appendFileSync(directory.at('a.log'), 'more\n');
  }
  expect(run.records).toEqual([]);
  await clock.passUntil(() => run.records.length > 0);
  expect(run.records).toHaveLength(21);
});

it('looks into directories below only with recursive: true, and not into hidden ones', async () => {
  mkdirSync(directory.at('below'));
  mkdirSync(directory.at('.git'));
  await start({ recursive: true });
  mkdirSync(directory.at('new'));
  for (const name of ['below/a', 'new/b', '.git/c']) writeFileSync(directory.at(name), `${name}\n`);
  await clock.passUntil(() => run.records.length === 2);
  await passMarker();
  expect([...unmarked()].sort()).toEqual(['below/a', 'new/b']);
});

it('stays in its directory otherwise', async () => {
  mkdirSync(directory.at('below'));
  await start();
  writeFileSync(directory.at('below/a'), 'a\n');
  await passMarker();
  expect(unmarked()).toEqual([]);
});

it('takes only what a glob matches', async () => {
  await start({ path: directory.at('{a,b}*.log') });
  for (const name of ['a1.log', 'c.log', 'a.txt']) writeFileSync(directory.at(name), `${name}\n`);
  await passMarker('b.log');
  expect(unmarked()).toEqual(['a1.log']);
});

it('waits for a directory that does not exist yet; all files in it are new', async () => {
  await start({ path: directory.at('later') });
  expect(run.notes).toEqual([`waiting for ${directory.at('later')}, which does not exist yet`]);
  mkdirSync(directory.at('later'));
  writeFileSync(directory.at('later/a'), 'a\n');
  await clock.passUntil(() => run.records.length === 1);
  expect(run.notes[1]).toBe(`watching ${directory.at('later')} for new files`);
});

it('goes on when its directory is replaced', async () => {
  mkdirSync(directory.at('in'));
  await start({ path: directory.at('in') });
  rmSync(directory.at('in'), { recursive: true });
  mkdirSync(directory.at('in'));
  writeFileSync(directory.at('in/a'), 'a\n');
  await clock.passUntil(() => run.records.length === 1);
  expect(run.records).toEqual(['a']);
});

it('unpacks gzip, whatever its name, and says which is damaged without giving up', async () => {
  await start();
  writeFileSync(directory.at('a.gz'), gzipSync('one\ntwo\n'));
  writeFileSync(directory.at('b.gz'), 'not packed\n');
  writeFileSync(directory.at('c'), gzipSync('three\n').subarray(0, 20));
  await clock.passUntil(() => run.records.length === 4 && run.notes.length === 2);
  expect(run.records).toEqual(['one', 'two', 'not packed', 'three']);
  expect(run.notes[1]).toBe(`cannot read ${directory.at('c')}: its gzip data ends too early, after 20 bytes`);
  // What came of it is known, so that it comes again where its batch does.
  const identity = identityOf(statSync(directory.at('c'), { bigint: true }));
  expect(run.position?.find(({ key }) => key === identity)?.origin?.lines).toBe(1);
  await passMarker('c.log');
  expect(run.notes).toHaveLength(2);
});

it('with --once takes what is there and ends', async () => {
  run = new TestRun({ clock, once: true });
  writeFileSync(directory.at('b'), 'b\n');
  writeFileSync(directory.at('a'), 'a');
  await openSource(watch, { path: directory.path }, run).run();
  expect(run.records).toEqual(['a', 'b']);
});

it('tells of a file that is written anew after it was read, and of one that was there at the start and is written to', async () => {
  writeFileSync(directory.at('old'), 'old\n');
  await start();
  writeFileSync(directory.at('a'), 'one\n');
  await clock.passUntil(() => run.records.length === 1);
  writeFileSync(directory.at('a'), 'two\n');
  utimesSync(directory.at('a'), 1, 1);
  await clock.passUntil(() => run.notes.length === 2);
  appendFileSync(directory.at('old'), 'new\n');
  await clock.passUntil(() => run.notes.length === 3);
  await passMarker();
  expect(unmarked()).toEqual(['one']);
  expect(run.notes.slice(1)).toEqual([
    `${directory.at('a')} was written anew, or touched, after it was read, and is not read again: under another name it would be a new file`,
    `${directory.at('old')} was there at the start and has been written to since, which is not read: existing: true takes such files, tail follows them`,
  ]);
});

it('says what is there where no directory is', async () => {
  execFileSync('mkfifo', [directory.at('pipe')]);
  await expect(openSource(watch, { path: directory.at('pipe') }, run).run()).rejects.toMatchObject({
    exit: 3,
    message: `${directory.at('pipe')} is a named pipe`,
  });
  symlinkSync('b', directory.at('a'));
  symlinkSync('a', directory.at('b'));
  await start({ path: directory.at('a') });
  expect(run.notes).toEqual([`waiting for ${directory.at('a')}, which is a link that leads in a circle`]);
});

it('follows a file that stands in the place of a directory, as tail does, and says so', async () => {
  const path = directory.at('a.log');
  writeFileSync(path, 'a\n');
  const run = new TestRun({ clock, once: true });
  await openSource(watch, { path, existing: true }, run).run();
  expect(run.notes).toContain(`${path} is a file, and is followed as by \`tail\``);
  expect(run.records).toEqual(['a']);
});

it('knows how many bytes of files it has not read yet, of those that are still written too', async () => {
  await start();
  run.shut();
  for (const [name, text] of [
    ['a', 'one\n'],
    ['b', 'three\n'],
  ] as const) {
    writeFileSync(directory.at(`${name}.log`), text);
  }
  await clock.passUntil(() => run.records.length === 1);
  expect(run.behind!()).toBe(6);
  run.reopen();
  await clock.passUntil(() => run.records.length === 2);
  await passMarker();
  await clock.passUntil(() => run.behind!() === 0);
});
