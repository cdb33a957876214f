import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { defineSource, type SourceBehaviour } from '../../../src/flow/define/source.ts';
import { type TextArguments, textParameters, textType } from '../../../src/flow/framing/text.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { readInputFile, readInputStream } from '../../../src/flow/sources/stdin.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'leat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FORMATS = ['text', 'json', 'csv', 'tsv'] as const;
type Look = (typeof FORMATS)[number];

/** All that a user gets to see. */
async function run(
  program: string,
  format: Look,
  kernels: boolean,
  clock: VirtualClock,
  behaviour: SourceBehaviour<TextArguments>,
) {
  const batchTime = { time: 0 };
  const stdin = defineSource({
    name: 'stdin',
    isDefault: true,
    summary: 'Lines of a test',
    docs: '',
    examples: [],
    parameters: textParameters,
    gives: textType,
    behaviour: () => behaviour,
  });
  const plan = compileProgram(program, {
    words: {
      sources: sources.with(stdin),
      stages,
      aggregates,
      sinks,
    },
    expressions: createScope({ functions, imports: new Map(), now: () => batchTime.time }),
    interval: 1000,
  });
  const stdout = new TextOutput();
  const told: string[] = [];
  const bad = new TextOutput();
  const local = new LocalRun(
    plan,
    {
      interval: 1000,
      once: false,
      clock,
      stdin: 'filter',
      pipe: { manner: 'filter', why: 'no source is written', isAsked: false },
      stdout,
      format,
      color: false,
      stateMax: 2 ** 31,
      kernels,
      keepBad: bad,
      // That a result is waited for is told of pipes alone.
      tell: (line) => line.includes('the result comes when the input ends') || told.push(line),
      trace: (line) => told.push(line),
    },
    batchTime,
  );
  const { records, exit } = await local.run();
  return { out: stdout.text, told: told.sort(), bad: bad.text, records, exit };
}

async function fromFile(program: string, format: Look, kernels: boolean, input: Buffer) {
  const path = join(folder, 'input');
  writeFileSync(path, input);
  const file = openSync(path, 'r');
  try {
    return await run(program, format, kernels, new VirtualClock(), {
      kind: 'bounded',
      open: (args, context) => readInputFile(file, args, context),
    });
  } finally {
    closeSync(file);
  }
}

interface Piece {
  readonly length: number;
  /** ms until it comes. */
  readonly pause: number;
}

function fromPipe(program: string, format: Look, kernels: boolean, input: Buffer, pieces: readonly Piece[]) {
  const clock = new VirtualClock();
  const pipe = new PassThrough();
  const feed = async () => {
    let from = 0;
    for (const { length, pause } of pieces) {
      clock.moveTo(clock.now() + pause);
      pipe.write(input.subarray(from, from + length));
      from += length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    pipe.end(input.subarray(from));
  };
  void feed();
  return run(program, format, kernels, clock, {
    kind: 'bounded',
    arrives: true,
    open: (args, context) => readInputStream(pipe, args, context),
  });
}

const pieces = fc.array(
  fc.record({ length: fc.integer({ min: 0, max: 200 }), pause: fc.constantFrom(0, 1, 50, 300, 1500) }),
  { maxLength: 30 },
);

const record = fc
  .record({
    k: fc.constantFrom('a', 'b', 'c'),
    n: fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constant(0.1), fc.constant(null)),
    t: fc.integer({ min: 0, max: 60 }).map((second) => 1_700_000_000 + second),
  })
  .map((fields) => JSON.stringify(fields));
const line = fc.oneof(
  { weight: 12, arbitrary: record },
  { weight: 1, arbitrary: fc.constantFrom('oops', '', '{"k":', '{"k":"a"}', 'a b a') },
);
const input = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, end, isEnded]) => Buffer.from(lines.join(end) + (isEnded && lines.length > 0 ? end : '')));

const step = fc.constantFrom(
  'filter(.n > 3)',
  'filter(.k != "b")',
  'dedupe(.n)',
  'sample(0.6)',
  'tap(.k)',
  'filter(_)',
);
const end = fc.constantFrom(
  'map([.k, .n])',
  'countBy(.k)',
  'groupBy(.k, {n: count(), sum: sum(.n), all: list(.n), p: p50(.n)})',
  'aggregate({n: count(), mean: avg(.n), first: first(.n)})',
  'count',
  'sortBy(.n)',
  'take(3)',
  'map([.k, .n]) | reduceByKey(_ + _) | top(2)',
  'distinct | count',
  'print(4)',
  'map([.k, 1]) | join(queue([["a", 1]], [["b", 2]]))',
  'map(.k) | union(queue(["x"], ["y"]))',
  'window(10s, on: .t) | countBy(.k)',
  'window(10s, 5s, on: .t, late: 5s) | groupBy(.k, {n: count(), all: list(.n)})',
  'window(10s, on: .t, late: 30s)',
  'window(10s, on: .t, late: 5s) | map(.n)',
  'window(10s, on: .t, late: 5s) | sortBy(.n) | take(2)',
  'session(.k, {n: count(), all: list(.n)}, gap: 3s, on: .t)',
  'session(.k, {n: count(), all: list(.n)}, gap: 3s, on: .t, late: 5s)',
  'session(.k, {n: count()}, gap: 2s, on: .t, late: 4s) | map([.k, .n])',
  'session(.k, {n: count()}, gap: 2s, on: .t, late: 4s) | count',
  'session(.k, {n: count()}, gap: 2s, on: .t, late: 4s) | window(20s, on: .end, late: 4s) | countBy(.k)',
);
const programs = fc.oneof(
  fc.tuple(fc.array(step, { maxLength: 2 }), end).map(([steps, last]) => ['json', ...steps, last].join(' | ')),
  fc.tuple(step, end, end).map(([first, one, other]) => `let all = json | ${first}; all | ${one}; all | ${other}`),
  fc.constantFrom('words | countByValue', 'csv', 'lines', 'count', 'filter(_.includes("a"))', 'logfmt'),
);

/** Records that are behind others by a few seconds at most. */
const inAboutOrder = fc
  .array(
    fc.record({
      k: fc.constantFrom('a', 'b', 'c'),
      step: fc.integer({ min: 0, max: 3 }),
      behind: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 40 },
  )
  .map((records) => {
    let second = 1_700_000_000;
    const lines = records.map(({ k, step, behind }, n) => {
      second += step;
      return `${JSON.stringify({ k, n, t: second - behind })}\n`;
    });
    return Buffer.from(lines.join(''));
  });
const byEventTime = fc.constantFrom(
  'window(10s, on: .t, late: 2s) | countBy(.k)',
  'window(10s, 5s, on: .t, late: 4s) | map(.n)',
  'window(5s, on: .t)',
  'session(.k, {all: list(.n)}, gap: 3s, on: .t, late: 4s)',
  'session(.k, {all: list(.n)}, gap: 6s, on: .t, late: 1s) | map([.k, .all])',
  'session(.k, {n: count()}, gap: 4s, on: .t, late: 2s)',
  'session(.k, {n: count()}, gap: 2s, on: .t, late: 4s) | window(20s, on: .start, late: 4s) | countBy(.k)',
  'session(.k, {n: count()}, gap: 2s, on: .t, late: 4s) | session(.k, {s: sum(.n)}, gap: 5s, on: .start)',
  'dedupe(.k, within: 5s, on: .t) | map(.n)',
);
const programsByEventTime = fc.oneof(
  byEventTime.map((end) => `json | ${end}`),
  fc.tuple(byEventTime, byEventTime).map(([one, other]) => `let all = json; all | ${one}; all | ${other}`),
);

function holds(text: fc.Arbitrary<string>, bytes: fc.Arbitrary<Buffer>) {
  return fc.assert(
    fc.asyncProperty(
      text,
      fc.constantFrom(...FORMATS),
      fc.boolean(),
      bytes,
      pieces,
      async (program, format, kernels, input, cut) => {
        const file = await fromFile(program, format, kernels, input);
        expect(await fromPipe(program, format, kernels, input, cut)).toEqual(file);
      },
    ),
    { numRuns: 100 },
  );
}

describe('a filter gives for a pipe, however it is cut and however slowly it comes, what it gives for a file', () => {
  test('whatever the program', () => holds(programs, input));
  test('also where windows and sessions come out before its end', () => holds(programsByEventTime, inAboutOrder));
});
