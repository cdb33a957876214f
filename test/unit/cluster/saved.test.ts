/** Files that tasks write themselves, one each: together they are what one process writes. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wallClock } from '../../../src/base/clock.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import type { Cluster } from '../../../src/run/local/options/cluster.ts';
import { fromBytes, type Merged, type PieceResult } from '../../../src/run/local/parts/pieces.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { dealtOut, Worker } from '../../support/cluster.ts';
import { temporaryDirectory } from '../../support/directory.ts';

let worker: Worker;
beforeAll(() => {
  worker = Worker.here();
});
afterAll(() => worker.close());

type Work = Pick<Cluster, 'work' | 'records'>;

/** Workers that do each task once: what is done twice leaves a file that nobody wants, see below. */
const once = (): Work => dealtOut([worker], (n) => n - 1);

/** Runs a program. @param seen gets what came back of each task. */
async function run(program: string, work: Work | undefined, seen: (PieceResult | Merged)[] = []) {
  const told: string[] = [];
  let records = 0;
  const cluster: Cluster | undefined = work && {
    program,
    tasks: 3,
    largestPiece: 1000,
    async work(given, signal) {
      const results = await work.work(given, signal);
      for (const merged of results.merged) seen.push(fromBytes<Merged>(merged));
      return results;
    },
    async *records(pieces, signal) {
      for await (const piece of work.records(pieces, signal)) {
        seen.push(fromBytes<PieceResult>(piece.result));
        records += piece.blocks.length;
        yield piece;
      }
    },
  };
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const local = new LocalRun(
    plan,
    {
      ...(cluster === undefined ? {} : { cluster }),
      interval: 1000,
      once: false,
      clock: wallClock,
      stdin: 'file',
      stdout: new TextOutput(),
      format: 'text',
      color: false,
      stateMax: 1e9,
      kernels: true,
      tell: (line) => void told.push(line.replace(/-\d{13}-/g, '-TIME-')),
      trace() {},
    },
    { time: 0 },
  );
  const { exit } = await local.run();
  return { exit, told: told.sort(), records };
}

/** The files of a directory, but for those of no name, in order. */
function filesIn(directory: string): { readonly names: readonly string[]; readonly text: string } {
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  const text = names.sort().map((name) => readFileSync(join(directory, name), 'utf8'));
  return { names: names.map((name) => name.replace(/\d{13}/, 'TIME')), text: text.join('') };
}

/** What is put aside and has no name. */
const leftIn = (directory: string) => readdirSync(directory).filter((name) => name.startsWith('.'));

function folderOf(files: { readonly [name: string]: string }): string {
  const folder = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const line = (i: number) =>
  i % 41 === 7 ? 'no JSON\n' : `${JSON.stringify({ id: i, k: `k${i % 17}`, ms: i % 101 })}\n`;
const linesOf = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i)).join('');
const input = () =>
  folderOf({ 'a.log': linesOf(0, 300), 'b.log': linesOf(300, 420), 'c.log': '', 'd.log': linesOf(420, 430) });

describe.each([
  ['json', 'json | filter(.ms > 50)'],
  ['txt', 'json | map([.id, .k])'],
  ['csv', 'json | map({id: .id, half: .ms / 2})'],
  ['json.gz', 'json'],
])('records as %s', (suffix, stages) => {
  test('each task writes a file, and all of them in order are the one file', async () => {
    const folder = input();
    const program = (out: string) =>
      `files("${folder}/*.log") | ${stages} | save("${folder}/${out}/x", "${suffix}", parts: true)`;
    const here = await run(program('here'), undefined);
    const there = await run(program('there'), once());
    expect(there).toEqual({ ...here, records: 0 });
    const [one, many] = [filesIn(join(folder, 'here')), filesIn(join(folder, 'there'))];
    expect(one.names).toEqual([`x-TIME-00000.${suffix}`]);
    expect(many.names.length).toBeGreaterThan(5);
    expect(many.names).toEqual([...new Set(many.names)].sort());
    expect(leftIn(join(folder, 'there'))).toEqual([]);
    if (suffix === 'csv') expect(many.text.replaceAll('id,half\n', '')).toBe(one.text.replace('id,half\n', ''));
    else if (suffix !== 'json.gz') expect(many.text).toBe(one.text);
  });
});

test('groups are written by who merges them, each a file of some of the keys', async () => {
  const folder = input();
  const program = (out: string) =>
    `files("${folder}/*.log") | json | groupBy(.k, {n: count(), mean: avg(.ms)}) | filter(.n > 23) | map([.k, 1 / (.n - 25)]) | save("${folder}/${out}/", "json", parts: true)`;
  const here = await run(program('here'), undefined);
  const seen: (PieceResult | Merged)[] = [];
  const there = await run(program('there'), once(), seen);
  expect(there).toEqual({ ...here, records: 0 });
  const [one, many] = [filesIn(join(folder, 'here')), filesIn(join(folder, 'there'))];
  const lines = (text: string) => text.split('\n').filter(Boolean).sort();
  expect(many.names.length).toBeGreaterThan(1);
  expect(lines(many.text)).toEqual(lines(one.text));
  // No group comes back.
  for (const result of seen) if ('keys' in result) expect(result.keys).toEqual([]);
  expect(leftIn(join(folder, 'there'))).toEqual([]);
});

test('where the answer might depend on who adds what, what tasks have written is dropped, and it is written here', async () => {
  const folder = folderOf({ 'a.log': Array.from({ length: 400 }, (_, i) => `k${i % 5} 0.${i % 10}\n`).join('') });
  const program = (out: string) =>
    `files("${folder}/*.log") | map(_.split(" ")) | map([_[0], number(_[1])]) | reduceByKey(_ + _) | save("${folder}/${out}/x", "txt", parts: true)`;
  await run(program('here'), undefined);
  await run(program('there'), once());
  expect(filesIn(join(folder, 'there'))).toEqual(filesIn(join(folder, 'here')));
  expect(leftIn(join(folder, 'there'))).toEqual([]);
});

test('a row that reaches over a border is in one of the files', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => (i % 9 === 4 ? `${i},"one\ntwo, ${i}\nthree"\n` : `${i},text\n`));
  const folder = folderOf({ 't.csv': `id,text\n${rows.join('')}` });
  const program = (out: string) =>
    `files("${folder}/t.csv") | csv | map([.id, .text]) | save("${folder}/${out}/x", "json", parts: true)`;
  await run(program('here'), undefined);
  await run(program('there'), once());
  expect(filesIn(join(folder, 'there')).text).toBe(filesIn(join(folder, 'here')).text);
});

test('tasks that are done twice come out once', async () => {
  const folder = input();
  const random = new Random(3);
  const twice = dealtOut([worker], (n) => random.whole(0, n - 1));
  const program = (out: string) => `files("${folder}/*.log") | json | save("${folder}/${out}/x", "json", parts: true)`;
  await run(program('here'), undefined);
  await run(program('there'), twice);
  expect(filesIn(join(folder, 'there')).text).toBe(filesIn(join(folder, 'here')).text);
  // What the others wrote nobody sees.
  expect(leftIn(join(folder, 'there')).length).toBeGreaterThan(0);
});

test('a task that cannot write ends the run with its message, and nothing gets a name', async () => {
  const folder = input();
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out', 'x'), '');
  const program = `files("${folder}/*.log") | json | save("${folder}/out/x/y", "json", parts: true)`;
  const { exit } = await run(program, once());
  expect(exit).toBe(4);
  expect(readdirSync(join(folder, 'out'))).toEqual(['x']);
});

test('an empty input has no file, or one where that is asked for', async () => {
  const folder = folderOf({ 'a.log': '', 'b.log': '{}\n' });
  const program = (more: string) =>
    `files("${folder}/*.log") | json | filter(.k > 1) | save("${folder}/out/x", "json", parts: true${more})`;
  mkdirSync(join(folder, 'out'));
  await run(program(''), once());
  expect(filesIn(join(folder, 'out')).names).toEqual([]);
  await run(program(', empty: true'), once());
  expect(filesIn(join(folder, 'out'))).toEqual({ names: ['x-TIME-00000.json'], text: '' });
});
