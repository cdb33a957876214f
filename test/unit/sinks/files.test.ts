import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packedAs } from '../../../src/flow/packings/pack.ts';
import { packingOf } from '../../../src/flow/packings/packing.ts';
import { append } from '../../../src/flow/sinks/append.ts';
import { exec } from '../../../src/flow/sinks/exec.ts';
import { save } from '../../../src/flow/sinks/save.ts';
import { files } from '../../../src/flow/sources/files.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { batch, openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun } from '../../support/source.ts';

/** The files of a directory and what is in them. */
function contents(directory: string): { readonly [name: string]: string } {
  return Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

/** What `append` leaves in a file that holds `before`. */
async function appended(name: string, before: string, records: Parameters<typeof runBatches>[1]) {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, before);
  const { context, reports } = sinkContext();
  await runBatches(openSink(append, { file: path }, context), records);
  return { text: readFileSync(path, 'utf8'), ...reports };
}

test('save names a file by the end of its batch, and leaves empty batches out', async () => {
  const directory = temporaryDirectory();
  const { context } = sinkContext();
  await runBatches(openSink(save, { prefix: `${directory}/hits`, suffix: 'txt' }, context), [
    ['a', ['k', 1]],
    [],
    ['b'],
  ]);
  expect(contents(directory)).toEqual({ 'hits-1000.txt': 'a\nk\t1\n', 'hits-3000.txt': 'b\n' });
});

test('save writes an empty file for an empty batch where that is wanted', async () => {
  const directory = temporaryDirectory();
  const { context } = sinkContext();
  await runBatches(openSink(save, { prefix: `${directory}/hits`, empty: true }, context), [['a'], []]);
  expect(contents(directory)).toEqual({ 'hits-1000': 'a\n', 'hits-2000': '' });
});

test.each(['gz', 'zst'] as const)(
  'an empty batch is nothing that is packed as %s, and a whole file',
  async (ending) => {
    const directory = temporaryDirectory();
    const { context } = sinkContext();
    await runBatches(openSink(save, { prefix: `${directory}/`, suffix: `txt.${ending}`, empty: true }, context), [[]]);
    const run = new TestRun({ once: true });
    const [name] = readdirSync(directory);
    expect(packingOf(readFileSync(join(directory, name!)))).toBe(packedAs(name!)!.packing);
    await openSource(files, { paths: [join(directory, name!)] }, run).run();
    expect([run.records, run.notes]).toEqual([[], []]);
  },
);

test('save takes the look from the suffix or from format, and each csv file has its own header', async () => {
  const directory = temporaryDirectory();
  const { context, reports } = sinkContext();
  const batches = [[{ a: 1 }], [{ b: 2 }]];
  await runBatches(openSink(save, { prefix: `${directory}/`, suffix: '.csv' }, context), batches);
  await runBatches(openSink(save, { prefix: `${directory}/j`, format: 'json' }, context), batches);
  expect(contents(directory)).toEqual({
    '1000.csv': 'a\n1\n',
    '2000.csv': 'b\n2\n',
    'j-1000': '{"a":1}\n',
    'j-2000': '{"b":2}\n',
  });
  expect(reports.notes).toEqual([]);
});

test('save names the file of an event-time window by its end, and replaces an earlier answer', async () => {
  const directory = temporaryDirectory();
  const { context } = sinkContext();
  const sink = openSink(save, { prefix: `${directory}/w` }, context);
  for (const [record, end] of [
    ['a', 60_000],
    ['b', 120_000],
    ['better a', 60_000],
  ] as const) {
    sink.push(record);
    sink.close(batch(1, { start: end - 60_000, end }));
  }
  await sink.finish();
  expect(contents(directory)).toEqual({ 'w-60000': 'better a\n', 'w-120000': 'b\n' });
});

test('save shows a file only when it is whole, and none of a batch that never was', async () => {
  const directory = temporaryDirectory();
  const { context, reports } = sinkContext();
  const sink = openSink(save, { prefix: `${directory}/out` }, context);
  for (let i = 0; i < 100; i++) {
    sink.push('x'.repeat(10_000));
    await sink.blocked();
  }
  expect(readdirSync(directory).filter((name) => !name.startsWith('.'))).toEqual([]);
  await sink.finish();
  expect(readdirSync(directory)).toEqual([]);
  expect(reports.failures).toEqual([]);
});

test('save tells which file could not be put in its place', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'out-1000', 'in the way'), { recursive: true });
  const { context, reports } = sinkContext();
  await runBatches(openSink(save, { prefix: `${directory}/out` }, context), [['a']]);
  expect(reports.failures.map(({ message }) => message)).toEqual([
    `cannot write to ${directory}/out-1000: it is a directory`,
  ]);
  expect(readdirSync(directory)).toEqual(['out-1000']);
});

test('append keeps what is there', async () => {
  expect((await appended('log', 'old\n', [['new'], [], ['newer']])).text).toBe('old\nnew\nnewer\n');
});

test('append begins a line of its own after one that was left half written', async () => {
  expect((await appended('log', 'half a li', [['new']])).text).toBe('half a li\nnew\n');
});

test('append writes a csv header to a new or empty file only', async () => {
  expect((await appended('a.csv', '', [[['k', 1]], [['k', 2]]])).text).toBe('key,value\nk,1\nk,2\n');
  expect((await appended('a.csv', 'key,value\nk,1\n', [[['k', 2]]])).text).toBe('key,value\nk,1\nk,2\n');
});

test('append writes under the columns that a csv file has', async () => {
  const { text, notes } = await appended('a.csv', '\ufeff"b",a\r\n1,2\r\n', [[{ a: 'x', b: 'y', c: 'z' }, { a: 'u' }]]);
  expect(text).toBe('\ufeff"b",a\r\n1,2\r\ny,x\n,u\n');
  expect(notes).toHaveLength(1);
});

test('append takes no pairs into a file with other columns', async () => {
  const { text, bads } = await appended('a.csv', 'b,a\n', [[['k', 1]]]);
  expect(text).toBe('b,a\n');
  expect(bads).toHaveLength(1);
});

test('append refuses a csv file that does not begin with a header', async () => {
  const { text, failures } = await appended('a.csv', '"a"b\n', [['x']]);
  expect(text).toBe('"a"b\n');
  expect(failures.map(({ code, exit }) => [code, exit])).toEqual([['sink-header', 4]]);
});

test('append makes the file and its directories when the run starts', async () => {
  const path = join(temporaryDirectory(), 'a', 'b', 'log');
  const { context } = sinkContext();
  await openSink(append, { file: path }, context).finish();
  expect(existsSync(path)).toBe(true);
});

test('exec runs one command for the whole run', async () => {
  const path = join(temporaryDirectory(), 'out');
  const { context } = sinkContext();
  const sink = openSink(exec, { command: `echo start > '${path}'; cat >> '${path}'; echo end >> '${path}'` }, context);
  await runBatches(sink, [['a'], [], [['b', 1]]]);
  expect(readFileSync(path, 'utf8')).toBe('start\na\nb\t1\nend\n');
});

test('exec runs a command for each batch that has records, one after the other', async () => {
  const path = join(temporaryDirectory(), 'out');
  const { context } = sinkContext();
  const sink = openSink(exec, { command: `paste -s -d + - >> '${path}'`, each: 'batch' }, context);
  await runBatches(sink, [['a', 'b'], [], ['c'], ['d', 'e', 'f']]);
  expect(readFileSync(path, 'utf8')).toBe('a+b\nc\nd+e+f\n');
});

test('a command that ends before it has read everything is a failure, whatever it says', async () => {
  const { context, reports } = sinkContext();
  const sink = openSink(exec, { command: 'true' }, context);
  while (reports.failures.length === 0) {
    sink.push('x'.repeat(100_000));
    await sink.blocked();
  }
  await sink.finish();
  expect(reports.failures.map(({ code, exit, message }) => [code, exit, message])).toEqual([
    ['sink-closed', 4, 'the command `true` ended before it had read everything'],
  ]);
});

test('the failure of a command says how it ended', async () => {
  for (const [command, how] of [
    ['exit 7', 'ended with status 7'],
    ['kill -TERM $$', 'was ended by SIGTERM'],
  ]) {
    const { context, reports } = sinkContext();
    const sink = openSink(exec, { command }, context);
    await reports.failed;
    await sink.finish();
    expect(reports.failures.map(({ message }) => message)).toEqual([`the command \`${command}\` ${how}`]);
  }
});
