/** Bounded programs of every shape give with many at work on their files what they give by themselves. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { wallClock } from '../../../src/base/clock.ts';
import { RunFailure } from '../../../src/base/problem.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import { COMBINED_HERE } from '../../../src/run/local/notes/combined-here.ts';
import type { Cluster } from '../../../src/run/local/options/cluster.ts';
import { fromBytes, type Merged } from '../../../src/run/local/parts/pieces.ts';
import { asFile, withInput } from '../../../src/run/spec/scripted-input.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { dealtOut, Worker } from '../../support/cluster.ts';
import { tries } from '../../support/effort.ts';

/** The words of the language, with standard input from a file, where it is open. */
const wordsWith = (fd: number | undefined) => ({
  sources: fd === undefined ? sources : withInput(() => asFile(fd)),
  stages,
  aggregates,
  sinks,
});

/** What a program gives, prints and says; what is said is in any order, as pieces are told of when they are done. */
async function given(program: string, cluster?: Cluster, fd?: number, once = false) {
  const stdout = new TextOutput();
  const plan = compileProgram(program, {
    words: wordsWith(fd),
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const told: string[] = [];
  const options = {
    interval: 1000,
    once,
    clock: wallClock,
    stdin: 'file',
    stdout,
    format: 'text',
    color: false,
    stateMax: 1e9,
    kernels: true,
    tell: (line: string) => told.push(line),
    trace: (line: string) => told.push(line),
  } as const;
  const run = new LocalRun(plan, cluster === undefined ? options : { ...options, cluster }, { time: 0 });
  const { exit } = await run.run();
  return { exit, printed: stdout.text, told: told.filter((line) => line !== COMBINED_HERE).sort() };
}

let folder: string;
let worker: Worker;

beforeAll(() => {
  worker = Worker.here();
  folder = mkdtempSync(join(tmpdir(), 'leat-'));
  const line = (i: number) =>
    i % 37 === 11 ? 'no JSON' : JSON.stringify({ id: i, k: i % 7, at: i * 100, ms: (i * 7919) % 101 });
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `${line(from + i)}\n`).join('');
  writeFileSync(join(folder, 'a.log'), lines(0, 120));
  writeFileSync(join(folder, 'b.log'), lines(120, 200));
  writeFileSync(join(folder, 'c.log'), '');
  writeFileSync(join(folder, 'b.log.gz'), gzipSync(readFileSync(join(folder, 'b.log'))));
  const rows = Array.from({ length: 60 }, (_, i) =>
    i % 9 === 4 ? `${i},"one\ntwo, ""${i}""\nthree"\n` : `${i},text ${i}\n`,
  );
  writeFileSync(join(folder, 't.csv'), `id,text\n${rows.join('')}61,"open\n`);
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await worker.close();
});

/** `$` stands for the folder. */
const PROGRAMS: readonly string[] = [
  'files("$/*.log") | json | filter(.ms > 50) | map([.id, .ms])',
  'files("$/*.log") | grep("9")',
  'files("$/a.log", tag: true) | map(_.line.length)',
  'files("$/b.log.gz") | json | map(.id)',
  'files("$/a.log", "$/b.log.gz") | json | groupBy(.k, {n: count(), p: p90(.ms)})',
  'files("$/a.log") | json | union(files("$/b.log.gz") | json) | countBy(.k) | sortBy(_[0])',
  'files("$/a.log") | json | map([.k, .id]) | join(files("$/b.log") | json | map([.k, .ms])) | take(20)',
  'let all = files("$/*.log") | json; all | filter(.k == 3) | map(.id); all | countBy(.k) | top(3)',
  'files("$/*.log") | json | map(.ms) | distinct | sort',
  'files("$/*.log") | json | countBy(.ms) | filter(_[1] > 1) | countBy(_[1])',
  'files("$/*.log") | json | countBy(.ms) | top(4)',
  'files("$/*.log") | json | groupBy(.ms, {n: count(), ids: list(.id)}) | filter(.n > 2) | map([.ids[0], .n]) | top(3, ties: true)',
  'files("$/*.log") | json | groupBy(.ms, {n: count(), first: first(.id)}) | filter(.first > 20) | take(5)',
  'files("$/*.log") | json | groupBy(.ms, {n: count(), f: first(.id)}) | map([.n, .f.x.y]) | last(3)',
  'files("$/*.log") | json | groupBy(.ms, {n: count(), f: first(.id)}) | filter(.f == "2") | filter(.n > 5)',
  'files("$/*.log") | json | countBy(.ms) | filter(_[1] > 1) | filter(_[1] > 1000) | take(3)',
  'files("$/*.log") | json | map(.ms) | distinct | flatMap([_, -_]) | top(5)',
  'files("$/*.log") | json | groupBy(.k, {ids: list(.id)}) | flatMap(.ids) | filter(_ % 2 == 0)',
  'files("$/*.log") | json | groupBy(.k, {rate: rate()}) | filter(.rate > 0) | top(2, .rate)',
  'files("$/*.log") | json | window(2s, on: .at) | countBy(.k)',
  'files("$/*.log") | json | dedupe(.k) | map(.id / 3)',
  'files("$/*.log") | json | sample(n: 5, seed: 3)',
  'files("$/*.log") | json | map([.k, .ms]) | updateStateByKey((values, state) => sum(values) + (state ?? 0))',
  'files("$/*.log") | json | stamp | map(.id + 1 / .k) | last(4)',
  'files("$/*.log") | json | map(.ms.x.y)',
  'files("$/t.csv") | csv | map(.text)',
  'files("$/t.csv") | csv | countBy(.text.length)',
  'files("$/a.log") | json | map(.ms / 3) | reduce((a, b) => a + b)',
  'files("$/a.log") | json | map(.ms) | reduce((a, b) => a * 2 + b)',
  'files("$/a.log") | json | map(.id) | head(7)',
  'files("$/*.log") | json | filter(.id > 50) | map(.id) | take(3)',
  'files("$/*.log") | json | flatMap([.id, .nothing.at.all, .ms]) | head(30)',
  'files("$/c.log") | json | map(.id)',
  'files("$/none.log") | json | map(.id)',
  'queue([3, 1, 2], [5, 4]) | map(_ * 2) | filter(_ > 2)',
  'queue(["a", "b", "a"], ["b", "b", "c"]) | countByValue | top(1)',
  'queue([3, 1, 2], [5, 4], [9]) | map(_ + 1) | window(2s) | aggregate({sum: sum(_)})',
  'files("$/a.log") | json | map([.k, .id]) | join(queue([[1, "one"], [2, "two"]]))',
];

test.each(PROGRAMS)('%s', async (text) => {
  const program = text.replaceAll('$', folder);
  const expected = await given(program);
  for (let seed = 0; seed < tries(2, 10); seed++) {
    const random = new Random(seed);
    const others = dealtOut([worker], (n) => random.whole(0, n - 1));
    const largestPiece = random.whole(300, 3000);
    const there = await given(program, { program, tasks: random.whole(1, 4), largestPiece, ...others });
    expect(there, `seed ${seed}`).toEqual(expected);
  }
});

test('standard input that is a file is read by the run itself, beside files that others read', async () => {
  const program = `files("${folder}/a.log") | json | union(stdin | json) | countBy(.k) | sortBy(_[0])`;
  const run = async (cluster?: Cluster) => {
    const fd = openSync(join(folder, 'b.log'), 'r');
    onTestFinished(() => closeSync(fd));
    // Which of two is read first, and so has the first bad record, is not said.
    const { printed, exit } = await given(program, cluster, fd);
    return { printed, exit };
  };
  const cluster = { program, tasks: 2, largestPiece: 500, ...dealtOut([worker], () => 0) };
  const expected = await run();
  expect(await run(cluster)).toEqual(expected);
  expect(expected.printed).toContain('3\t28');
});

test.each(['files("$/a.log")', 'queue(["a"], ["b"])'])('others that fail at %s fail the run', async (source) => {
  const program = `${source.replace('$', folder)} | countByValue`;
  const { records } = dealtOut([worker], () => 0);
  const work = async () => {
    throw new RunFailure('spark', 1, 'Spark has ended');
  };
  const there = await given(program, { program, tasks: 1, largestPiece: 500, work, records });
  expect(there).toMatchObject({ exit: 1, printed: '' });
});

test('of the groups of a share only those come back that are wanted behind them', async () => {
  const program = `files("${folder}/*.log") | json | countBy(.ms) | filter(_[1] > 1) | top(3)`;
  const { work, records } = dealtOut([worker], () => 0);
  const sizes: number[] = [];
  const counting: Cluster = {
    program,
    tasks: 4,
    largestPiece: 2000,
    async work(given, signal) {
      const results = await work(given, signal);
      for (const merged of results.merged) sizes.push(fromBytes<Merged>(merged).keys.length);
      return results;
    },
    records,
  };
  expect(await given(program, counting)).toEqual(await given(program));
  // Three, and the one that shows how far records come.
  expect(sizes).toHaveLength(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
});

test('lists that are one batch are taken in one after the other, and nothing of the first is left out', async () => {
  const program = 'queue(["a", "b", "a"], ["b", "b", "c"]) | countByValue | top(1)';
  const cluster = { program, tasks: 3, largestPiece: 100, ...dealtOut([worker], () => 0) };
  expect((await given(program, cluster, undefined, true)).printed).toBe('b\t3\n');
});

test('where the first records are enough, the pieces behind them are left', async () => {
  const program = `files("${folder}/*.log") | json | map(.id) | head(7)`;
  const { work, records } = dealtOut([worker], () => 0);
  let asked = 0;
  let done = 0;
  const counting: Cluster = {
    program,
    tasks: 1,
    largestPiece: 200,
    work,
    async *records(pieces, signal) {
      asked += pieces.length;
      for await (const piece of records(pieces, signal)) {
        done++;
        yield piece;
      }
    },
  };
  expect((await given(program, counting)).printed).toBe('0\n1\n2\n3\n4\n5\n6\n');
  expect(asked).toBeGreaterThan(10);
  expect(done).toBeLessThan(8);
});
