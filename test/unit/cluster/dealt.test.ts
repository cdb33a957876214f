/** Streams whose batches a cluster deals out, without Spark: what comes at which tick, and runs that go on from others that were killed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunFailure } from '../../../src/base/problem.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { Machine } from '../../../src/run/trials/machine.ts';
import { Random } from '../../../src/run/trials/random.ts';
import type { Started } from '../../../src/run/trials/started.ts';
import { dealtOut, Worker } from '../../support/cluster.ts';
import { DealtStream, type Planned } from '../../support/dealt.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { isLong } from '../../support/effort.ts';

let worker: Worker;
beforeAll(() => {
  worker = Worker.here();
});
afterAll(() => worker.close());

/** A program over a directory, at work on what a stream deals out. */
function startOf(text: string, stream: DealtStream, more: Partial<ReturnType<Started['options']>> = {}): Started {
  const random = new Random(1);
  return {
    text,
    mayChange: false,
    plan: (batchTime) =>
      compileProgram(text, {
        words: { sources, stages, aggregates, sinks },
        expressions: createScope({ functions, imports: new Map(), now: () => batchTime.time }),
        interval: 1000,
      }),
    options: () => ({
      interval: 1000,
      once: false,
      stdin: 'file',
      format: 'batches',
      color: false,
      stateMax: 1e9,
      kernels: true,
      cluster: {
        program: text,
        tasks: 2,
        largestPiece: 4,
        ...dealtOut([worker], (n) => random.whole(0, n - 1)),
        stream: stream.open,
      },
      ...more,
    }),
  };
}

/** What was printed: the time (s) and the records of each batch. */
async function printed(program: string, batches: readonly Planned[], more = {}) {
  const process = await new Machine().start({ ...startOf(program, new DealtStream(batches), more), isKept: false });
  const lines = process.text.split('\n').filter(Boolean);
  return lines.map((line) => {
    const { time, records } = JSON.parse(line) as { time: number; records: readonly unknown[] };
    return [time / 1000, records];
  });
}

/** A directory with files of these lines. */
function directoryWith(files: { readonly [name: string]: string }): (name: string) => string {
  const directory = join(temporaryDirectory(), 'in');
  mkdirSync(directory);
  for (const [name, lines] of Object.entries(files)) writeFileSync(join(directory, name), lines);
  return (name) => (name === '' ? directory : join(directory, name));
}

test('each batch is given out at the tick before it was begun, and empty ones between are made up', async () => {
  const at = directoryWith({
    old: 'x\n',
    b: 'b\na\nb\n',
    a: 'a\nc\n',
    '.hidden': 'h\n',
    'half.tmp': 't\n',
    late: 'b\n',
  });
  const batches: readonly Planned[] = [
    { time: 10_010, files: [at('old')] },
    { time: 11_020, files: [at('b'), at('half.tmp'), at('a'), at('.hidden')] },
    { time: 14_999, files: [at('late')] },
  ];
  const counts = [
    ['a', 2],
    ['c', 1],
    ['b', 2],
  ] as const;
  expect(await printed(`watch(${JSON.stringify(at(''))}) | countByValue`, batches)).toEqual([
    [10, []],
    [11, counts],
    [12, []],
    [13, []],
    [14, [['b', 1]]],
  ]);
  expect(
    await printed(`watch(${JSON.stringify(at(''))}, existing: true) | countByValue | window(2s)`, batches),
  ).toEqual([
    [10, [['x', 1]]],
    [11, [['x', 1], ...counts]],
    [12, counts],
    [13, []],
    [14, [['b', 1]]],
  ]);
  const once = await printed(`watch(${JSON.stringify(at(''))}) | count`, [batches[0]!], { once: true });
  expect(once.map(([, records]) => records)).toEqual([[1]]);
});

test('a file that is gone when its batch is worked on is told of, and passed over', async () => {
  const at = directoryWith({ a: 'a\n' });
  const stream = new DealtStream([
    { time: 10_000, files: [at('gone'), at('a')] },
    { time: 11_000, files: [at('g')] },
  ]);
  const program = `watch(${JSON.stringify(at(''))}, existing: true) | countByValue`;
  const { text, notes, result } = await new Machine().start({ ...startOf(program, stream), isKept: false });
  expect(text.split('\n').map((line) => line && JSON.parse(line).records)).toEqual([[['a', 1]], [], '']);
  expect(notes.filter((note) => note.includes('gone before'))).toEqual([
    `${at('gone')} was gone before it could be read`,
    `${at('g')} was gone before it could be read`,
  ]);
  expect(result?.failure).toBeUndefined();
});

test('a stream that cannot be begun is the failure of the run', async () => {
  const stream = new DealtStream([]);
  stream.open = () => {
    throw new RunFailure('no-such-directory', 3, 'in does not exist');
  };
  const { result } = await new Machine().start({ ...startOf('watch("in") | count', stream), isKept: false });
  expect(result).toMatchObject({ exit: 3, failure: { message: 'in does not exist' } });
});

test('records that time makes come in the batch that they are due in', async () => {
  const batches = [10_500, 11_500, 14_500].map((time) => ({ time, files: [] }));
  const rows = [0, 3, 6, 9, 12].map((n, i) => [10 + i, [{ n: i === 0 ? 0 : 3, last: i === 0 ? null : n - 1 }]]);
  expect(await printed('rate(3) | aggregate({n: count(), last: max(.value)})', batches)).toEqual(rows);
});

test('the batches that were asked for are all that come', async () => {
  const stream = new DealtStream([10, 11, 15, 16].map((s) => ({ time: s * 1000, files: [] })));
  const { result } = await new Machine().start({
    ...startOf('rate(1) | count', stream, { batches: 3 }),
    isKept: false,
  });
  expect([result?.batches, stream.told]).toEqual([3, [0, 1, 2]]);
});

test.each([
  // Ticks in which no process is at work are those of the windows only.
  ['countByValue | window(3s) | append("out.tsv")', 'e\t1', [10, 11, 14, 15]],
  ['count | append("out.tsv")', '3', [10, 11, 12, 13]],
])(
  'what a run of %s gives that is killed at any of its calls, and gone on with, is what it gives uninterrupted',
  async (stages, some, [a, b, c, d]) => {
    const at = directoryWith({ a: 'a\nb\n', b: 'b\nb\n', c: 'c\n', d: 'a\n"\n', e: 'e\n' });
    const batches: readonly Planned[] = [
      { time: a! * 1000, files: [at('a')] },
      { time: b! * 1000, files: [at('b'), at('c')] },
      { time: c! * 1000, files: [at('d')] },
      { time: d! * 1000, files: [at('e')] },
    ];
    const program = `watch(${JSON.stringify(at(''))}, existing: true) | ${stages}`;
    const written = ({ files }: Machine) => {
      const size = files.status('out.tsv')?.size ?? 0;
      return files.read('out.tsv', 0, size).toString();
    };
    const whole = new Machine();
    await whole.start(startOf(program, new DealtStream(batches)));
    const expected = written(whole);
    expect(expected.split('\n')).toContain(some);
    let lives = 0;
    for (let endsAt = 1; ; endsAt += isLong ? 1 : 7) {
      const machine = new Machine(new Random(endsAt));
      const stream = new DealtStream(batches);
      const first = await machine.start(startOf(program, stream), [], { endsAt });
      if (first.result !== undefined) break;
      const second = await machine.start(startOf(program, stream));
      expect([endsAt, second.notes.filter((note) => note.includes('exit')), written(machine)]).toEqual([
        endsAt,
        [],
        expected,
      ]);
      lives++;
    }
    expect(lives).toBeGreaterThan(5);
  },
);

test('nothing is kept in the middle of a batch whose records come back piece by piece, since all of it is done again', async () => {
  const at = directoryWith({ a: 'a\n'.repeat(4), b: 'b\n' });
  const batches = [10_000, 10_100].map((time, i) => ({ time, files: [at(i === 0 ? 'a' : 'b')] }));
  const sums = 'map([_, 1]) | updateStateByKey((values, sum) => (sum ?? 0) + values.length) | append("out.tsv")';
  const program = `watch(${JSON.stringify(at(''))}, existing: true) | ${sums}`;
  // So short that the time for it comes within a batch.
  const start = (machine: Machine, stream: DealtStream, endsAt = Number.POSITIVE_INFINITY) =>
    machine.start(startOf(program, stream, { interval: 100 }), [], { endsAt });
  const written = ({ files }: Machine) => files.read('out.tsv', 0, files.status('out.tsv')?.size ?? 0).toString();
  let lives = 0;
  for (let endsAt = 1; ; endsAt += isLong ? 1 : 7) {
    const machine = new Machine(new Random(endsAt));
    const stream = new DealtStream(batches);
    const { result } = await start(machine, stream, endsAt);
    if (result === undefined) await start(machine, stream);
    expect([endsAt, written(machine)]).toEqual([endsAt, 'key\tvalue\na\t4\na\t4\nb\t1\n']);
    if (result !== undefined) break;
    lives++;
  }
  expect(lives).toBeGreaterThan(5);
});

test('records that come as they are go through what remembers them, in the order of the files, which are one after the other', async () => {
  const begun = 1_700_000_000;
  const line = (second: number, k: string) => `{"t":${begun + second},"k":"${k}"}\n`;
  const at = directoryWith({
    a: line(1, 'x') + line(9, 'y'),
    // The first is late, behind what the file before has come to, as of files that are watched without a cluster.
    b: `${line(2, 'x')}${line(9.5, 'y')}no JSON\n`,
    c: line(16, 'x'),
  });
  const batches: readonly Planned[] = [
    { time: (begun + 10) * 1000, files: [at('b'), at('a')] },
    { time: (begun + 11) * 1000, files: [at('c')] },
  ];
  const given = async (stages: string) => {
    const all = await printed(`watch(${JSON.stringify(at(''))}, existing: true) | json | ${stages}`, batches);
    return all.map(([time, records]) => [(time as number) - begun, ...(records as readonly unknown[])]);
  };
  expect(await given(`map([.k, .t - ${begun}])`)).toEqual([
    [10, ['x', 1], ['y', 9], ['x', 2], ['y', 9.5]],
    [11, ['x', 16]],
  ]);
  const windows = await given('window(5s, on: .t) | countBy(.k)');
  expect(windows.filter(([, ...records]) => records.length > 0)).toEqual([
    [10, ['x', 1]],
    [11, ['y', 2]],
    [11, ['x', 1]],
  ]);
  expect(await given(`dedupe(.k) | map(.t - ${begun})`)).toEqual([[10, 1, 9], [11]]);
  expect(await given('map([.k, 1]) | updateStateByKey((values, sum) => (sum ?? 0) + values.length)')).toEqual([
    [10, ['x', 2], ['y', 2]],
    [11, ['x', 3], ['y', 2]],
  ]);
});

test('several streams come together, and what is bounded beside them is in the first batch', async () => {
  const left = directoryWith({ a: 'k,1\n', b: 'k,2\n' });
  const right = directoryWith({ a: 'k\n', b: 'l\n' });
  const batches: readonly Planned[] = [
    { time: 10_000, files: [left('a')], others: [] },
    { time: 11_000, files: [], others: [right('a'), right('b')] },
    { time: 19_000, files: [left('b')], others: [] },
  ];
  const given = async (program: string) => {
    const all = await printed(program, batches);
    return all.filter(([, records]) => (records as readonly unknown[]).length > 0);
  };
  const [ofLeft, ofRight] = [left(''), right('')].map((path) => `watch(${JSON.stringify(path)}, existing: true)`);
  expect(await given(`${ofLeft} | map(_.split(",")) | join(${ofRight} | map([_, "met"]), within: 3s)`)).toEqual([
    [11, [['k', ['1', 'met']]]],
  ]);
  const beside = [`files(${JSON.stringify(right('b'))})`, 'queue(["q"], ["r"])'].map((source) => `union(${source})`);
  expect(await given(`${ofLeft} | map(_.split(",")[1]) | union(${ofRight}) | ${beside.join(' | ')}`)).toEqual([
    [10, ['1', 'l', 'q']],
    [11, ['k', 'l', 'r']],
    [19, ['2']],
  ]);
});
