import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { files } from '../../../src/flow/sources/files.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

function put(names: readonly string[]): void {
  for (const name of names) writeFileSync(directory.at(name), name);
}

async function read(...paths: string[]): Promise<readonly unknown[]> {
  const run = new TestRun();
  await openSource(files, { paths: paths.map(directory.at) }, run).run();
  return run.records;
}

it('reads argument by argument, and what a glob matches in order of name', async () => {
  put(['b.log', 'a.log', 'c.log', 'z.txt']);
  expect(await read('z.txt', '*.log')).toEqual(['z.txt', 'a.log', 'b.log', 'c.log']);
});

it('reads a file once that is named twice', async () => {
  put(['a.log', 'b.log']);
  expect(await read('b.log', '*.log')).toEqual(['b.log', 'a.log']);
});

it('knows ?, [ ], { }, ** and directories in a glob', async () => {
  mkdirSync(directory.at('x/y'), { recursive: true });
  put(['a1', 'a2', 'b1', 'x/a1', 'x/y/a1', '.a1']);
  expect(await read('a?')).toEqual(['a1', 'a2']);
  expect(await read('[ab]1')).toEqual(['a1', 'b1']);
  expect(await read('{b,a}1')).toEqual(['a1', 'b1']);
  expect(await read('*/a1')).toEqual(['x/a1']);
  expect(await read('**/a1')).toEqual(['a1', 'x/a1', 'x/y/a1']);
});

it('does not look where nothing can match', async () => {
  mkdirSync(directory.at('1/d'), { recursive: true });
  mkdirSync(directory.at('x/d'), { recursive: true });
  put(['1/a', '1/d/a', 'x/a', 'x/d/a']);
  expect(await read('[0-9]/a')).toEqual(['1/a']);
  expect(await read('[0-9]/**/a')).toEqual(['1/a', '1/d/a']);
  expect(await read('{x/d,1}/a')).toEqual(['1/a', 'x/d/a']);
  expect(await read('**/d/a')).toEqual(['1/d/a', 'x/d/a']);
});

it('takes a path as it is where it exists, whatever its characters mean', async () => {
  put(['a[1].log', 'a1.log']);
  expect(await read('a[1].log')).toEqual(['a[1].log']);
});

it('follows links, and is not caught by one that leads in a circle', async () => {
  mkdirSync(directory.at('x'));
  put(['x/a']);
  symlinkSync(directory.at('x'), directory.at('x/again'));
  symlinkSync(directory.at('x/a'), directory.at('b'));
  symlinkSync('nowhere', directory.at('c'));
  expect(await read('**')).toEqual(['x/a', 'x/a']);
});

it('unpacks .gz, of several parts too', async () => {
  writeFileSync(directory.at('a.gz'), Buffer.concat([gzipSync('one\nt'), gzipSync('wo\n')]));
  expect(await read('a.gz')).toEqual(['one', 'two']);
});

it('fails with exit 3 on a damaged .gz, after what could be read', async () => {
  const packed = gzipSync('one\ntwo\n');
  writeFileSync(directory.at('a.gz'), packed.subarray(0, packed.length - 4));
  await expect(read('a.gz')).rejects.toMatchObject({
    exit: 3,
    message: `cannot read ${directory.at('a.gz')}: its gzip data ends too early, after ${packed.length - 4} bytes`,
  });
});

it('tells gzip by its first bytes, not by the name', async () => {
  writeFileSync(directory.at('a.log'), gzipSync('packed\n'));
  writeFileSync(directory.at('b.gz'), 'plain\n');
  expect(await read('a.log', 'b.gz')).toEqual(['packed', 'plain']);
});

it('leaves out the rest of a damaged file that a glob matches, and reads the others', async () => {
  const packed = gzipSync('one\ntwo\n');
  writeFileSync(directory.at('a.gz'), packed.subarray(0, packed.length - 4));
  put(['b.gz']);
  const run = new TestRun();
  await openSource(files, { paths: [directory.at('*.gz')] }, run).run();
  expect(run.records).toEqual(['one', 'two', 'b.gz']);
  expect(run.notes).toEqual([
    `left out: cannot read ${directory.at('a.gz')}: its gzip data ends too early, after ${packed.length - 4} bytes`,
  ]);
  // What came of it is known, so that it comes again where its batch does.
  expect(run.position?.[0]).toMatchObject({ key: directory.at('a.gz'), origin: { lines: 2 } });
});

// Root may read everything.
it.skipIf(process.getuid?.() === 0)(
  'leaves out what a glob matches and cannot be read, and fails where it is named',
  async () => {
    put(['a', 'b', 'c']);
    mkdirSync(directory.at('d'));
    for (const name of ['b', 'c', 'd']) chmodSync(directory.at(name), 0);
    const run = new TestRun();
    await openSource(files, { paths: [directory.at('**')] }, run).run();
    expect(run.records).toEqual(['a']);
    expect(run.notes).toEqual([
      `left out: cannot read ${directory.at('d')}: permission denied, and 2 more of ${directory.at('**')}`,
    ]);
    await expect(read('b')).rejects.toMatchObject({ exit: 3 });
    await expect(read('[bc]')).rejects.toMatchObject({ exit: 3 });
    chmodSync(directory.at('d'), 0o755);
  },
);

it('says what a link leads to, and what is no file', async () => {
  symlinkSync('b', directory.at('a'));
  symlinkSync('a', directory.at('b'));
  symlinkSync('nowhere', directory.at('c'));
  const circle = { exit: 3, message: `${directory.at('a')} is a link that leads in a circle` };
  await expect(read('a')).rejects.toMatchObject(circle);
  const message = `${directory.at('c')} is a link to nowhere, which does not exist`;
  await expect(read('c')).rejects.toMatchObject({ exit: 3, message });
});

it('says of a variable of a shell that it stays as it is', async () => {
  const opened = openSource(files, { paths: ['$HOME/not-there'] }, new TestRun());
  await expect(opened.run()).rejects.toMatchObject({
    exit: 3,
    message: expect.stringContaining('$HOME stays as it is: ~ is'),
  });
});

it('reads a named pipe until its writers have left', async () => {
  execFileSync('mkfifo', [directory.at('pipe')]);
  const writer = spawn('sh', ['-c', 'printf "one\\ntwo" > "$0"', directory.at('pipe')]);
  const closed = once(writer, 'close');
  expect(await read('pipe')).toEqual(['one', 'two']);
  await closed;
});

it('fails with exit 3 before it reads anything where a path does not exist', async () => {
  put(['a.log']);
  const run = new TestRun();
  const source = openSource(files, { paths: [directory.at('a.log'), directory.at('b.log')] }, run);
  await expect(source.run()).rejects.toMatchObject({ exit: 3, message: `${directory.at('b.log')} does not exist` });
  expect(run.records).toEqual([]);
});

it('fails with exit 3 where nothing matches', async () => {
  await expect(read('*.log')).rejects.toMatchObject({ exit: 3, message: `no file matches ${directory.at('*.log')}` });
  await expect(read('none/*.log')).rejects.toMatchObject({ exit: 3 });
});

it('offers a glob or watch for a directory', async () => {
  mkdirSync(directory.at('in'));
  await expect(read('in')).rejects.toMatchObject({
    exit: 3,
    message: `${directory.at('in')} is a directory`,
    help: `\`files("${directory.at('in')}/*")\` reads the files in it, \`watch("${directory.at('in')}")\` those that come`,
  });
});

it('numbers each file by itself', async () => {
  put(['a', 'b']);
  const run = new TestRun();
  await openSource(files, { paths: [directory.at('a'), directory.at('b')] }, run).run();
  expect(run.origins.map((origin) => origin.name)).toEqual([directory.at('a'), directory.at('b')]);
});

it('leaves files of Parquet out that a glob matches beside texts, and refuses to take them for texts', async () => {
  put(['a.log', 'b.parquet', 'c.parquet']);
  const run = new TestRun();
  await openSource(files, { paths: [directory.at('*')] }, run).run();
  expect(run.records).toEqual(['a.log']);
  expect(run.notes).toEqual([
    `left out: ${directory.at('b.parquet')}, and 1 more: \`files("${directory.at('*.parquet')}")\` reads files of Parquet, whose rows are records`,
  ]);
  await expect(read('[bc].*')).rejects.toMatchObject({ code: 'no-texts', exit: 3 });
});

it('knows how many bytes of all its files it has not read yet', async () => {
  const packed = gzipSync('four\n');
  writeFileSync(directory.at('a.log'), 'one\n');
  writeFileSync(directory.at('b.log'), 'three\n');
  writeFileSync(directory.at('c.log'), packed);
  const run = new TestRun();
  run.shut();
  const reading = openSource(files, { paths: [directory.at('*.log')] }, run).run();
  await run.until(() => run.records.length === 1);
  // Nothing more is read until there is room.
  expect(run.behind!()).toBe(6 + packed.length);
  run.reopen();
  await reading;
  expect([run.records, run.behind!()]).toEqual([['one', 'three', 'four'], 0]);
});
