import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { toJson } from '../../../src/base/json.ts';
import { joinStats, readStats } from '../../../src/cli/options.ts';
import { statsData, statsHead, statsTable } from '../../../src/cli/stats-report.ts';
import { StatusLine } from '../../../src/cli/terminal/status-line.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import type { RunState } from '../../../src/run/local/run-state.ts';
import { StageMeter } from '../../../src/run/local/steps/stage-meter.ts';

const look = { paint: new Chalk({ level: 0 }), ascii: false, keys: true, view: true };

const quiet: RunState = {
  records: 0,
  bytes: 0,
  expected: undefined,
  bad: 0,
  late: 0,
  batches: 0,
  lag: 0,
  watermark: undefined,
  sources: [],
  alerts: () => [],
  stages: () => [],
};

/** The clients or files of a source. */
function origins(name: string, opened: number, open: number): RunState['sources'][number] {
  const definition = sources.find((source) => source.name === name)!;
  return { node: { definition }, opened, open } as RunState['sources'][number];
}

test('a window by time of arrival says when it comes out, and what it has so far', () => {
  const at = (end: number, records: number) =>
    new StatusLine({ ...look, keys: false }, 0).text({ ...quiet, nextWindow: { end, records } }, 13_400, 80, false);
  expect(at(20_000, 4)).toMatch(/^0\/s {2}next window \S+ \(7 s\), 4 records so far$/);
  expect(at(20_000, 1)).toMatch(/1 record so far$/);
  expect(at(3_600_000, 1204)).toMatch(/\(59m47s\), 1,204 records so far$/);
});

test('a window by event time says how far the watermark has to come', () => {
  const state = { ...quiet, watermark: 13_000, nextEventWindow: 20_000 };
  const line = new StatusLine({ ...look, keys: false }, 0).text(state, 13_400, 80, false);
  expect(line).toMatch(/^0\/s {2}watermark \S+ \(-400ms\) {2}next window at watermark \S+$/);
});

test('where a line is too long for the terminal, the bytes a second are left out first', () => {
  const state = { ...quiet, records: 1000, bytes: 2048, late: 3 };
  const at = (columns: number) => new StatusLine(look, 0).text(state, 1000, columns, false);
  expect(at(49)).toBe('1,000/s  2kb/s  late 3  p pause, q quit, ? keys');
  expect(at(46)).toBe('1,000/s  late 3  p pause, q quit, ? keys');
  expect(at(12)).toBe('1,000/s  la…');
});

test('rates are those of the last seconds', () => {
  const line = new StatusLine({ ...look, keys: false }, 0);
  expect(line.text(quiet, 0, 80, false)).toBe('0/s');
  expect(line.text({ ...quiet, records: 1000, bytes: 2048 }, 1000, 80, false)).toBe('1,000/s  2kb/s');
  for (let s = 2; s < 5; s++) line.text({ ...quiet, records: 1000, bytes: 2048 }, s * 1000, 80, false);
  expect(line.text({ ...quiet, records: 1000, bytes: 2048 }, 5000, 80, false)).toBe('0/s  0b/s');
});

test('only what there is to tell stands in it', () => {
  const line = new StatusLine(look, 0);
  const at = new Date(2026, 2, 1, 7, 0, 8).getTime();
  const state = {
    ...quiet,
    bad: 2,
    late: 1234,
    lag: 210,
    watermark: at - 3100,
    sources: [origins('listen', 5, 2), { ...origins('tail', 3, 1), lagBytes: 2000 }, origins('queue', 1, 1)],
  };
  expect(line.text(state, at, 200, false)).toBe(
    '2 clients  3 files  0/s  lag 210ms  watermark 07:00:04 (-3.1s)  late 1,234  bad 2  p pause, q quit, ? keys',
  );
  expect(line.text(state, at, 20, false)).toBe('2 clients  3 files …');
  const behind = [{ ...origins('tail', 3, 1), lagBytes: 3 * 1024 * 1024 }];
  expect(line.text({ ...quiet, sources: behind }, at, 80, false)).toMatch(/^3 files \(lag 3mb\) /);
  expect(line.text(quiet, at, 80, true)).toBe('paused  0/s  p goes on, q quit, ? keys');
});

test('input of a known size has a bar and the time that is left', () => {
  const line = new StatusLine({ ...look, keys: false }, 0);
  const state = { ...quiet, expected: 1000, bytes: 0 };
  line.text(state, 0, 100, false);
  expect(line.text({ ...state, bytes: 250 }, 1000, 100, false)).toBe(
    '█████                25%  250b of 1000b  3s left  0/s  250b/s',
  );
  expect(line.text({ ...state, bytes: 1000 }, 2000, 100, false)).toContain(
    `${'█'.repeat(20)} 100%  1000b of 1000b  0/s`,
  );
});

test('--stats may stand alone before the program', () => {
  const program = 'words | count';
  expect(joinStats(['--stats', program])).toEqual(['--stats=end', program]);
  expect(joinStats(['--stats', '10s', program])).toEqual(['--stats=10s', program]);
  expect(joinStats([program, '--stats'])).toEqual([program, '--stats=end']);
  expect(joinStats(['--stats', 'json,1m', program])).toEqual(['--stats=json,1m', program]);
  expect(joinStats(['--', '--stats', 'json'])).toEqual(['--', '--stats', 'json']);
  expect(readStats('end')).toEqual({ json: false });
  expect(readStats('10s,json')).toEqual({ json: true, every: 10_000 });
  expect(() => readStats('soon')).toThrow('Expected json');
});

/** A run of a program with a meter. */
async function metered(program: string) {
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const meter = new StageMeter(plan);
  const options = {
    interval: 1000,
    once: false,
    clock: new VirtualClock(),
    stdin: 'file' as const,
    format: 'text' as const,
    color: false,
    stateMax: 2 ** 30,
    kernels: true,
    tell() {},
    trace() {},
  };
  const stdout = new TextOutput();
  const run = new LocalRun(plan, { ...options, stdout, meter }, { time: 0 });
  await run.run();
  const bare = new TextOutput();
  await new LocalRun(plan, { ...options, stdout: bare }, { time: 0 }).run();
  expect(stdout.text).toBe(bare.text);
  return { meter, state: run.state() };
}

test('what goes in and out of each stage, is dropped and is bad', async () => {
  const { meter, state } = await metered(
    'queue(["1", "x", "2", "30"], ["4"]) | json | filter(_ < 10) | map(_ * 2) | sort | take(1) | count',
  );
  const lines = statsTable(meter.stages.map((stage) => ({ ...stage, ms: 1 })));
  expect(lines).toEqual([
    'stage                                in  out  dropped  late  bad   ms',
    'queue(["1", "x", "2", "30"], ["4"])        5',
    'json                                  5    4                   1  1.0',
    'filter(_ < 10)                        4    3        1             1.0',
    'map(_ * 2)                            3    3                      1.0',
    'sort                                  3    3                      1.0',
    'take(1)                               3    2        1             1.0',
    'count                                 2    2                      1.0',
    'print                                 2                           1.0',
  ]);
  expect(statsHead(state, 1500)).toBe('5 records in 2 batches, 1.5s');
  const parsed = JSON.parse(toJson(statsData(meter.stages, state, 12.3)));
  expect(parsed).toMatchObject({ elapsed: 12, records: 5, batches: 2, bad: 1, late: 0 });
  expect(parsed.stages[2]).toMatchObject({ stage: 'filter(_ < 10)', kind: 'stage', in: 4, out: 3, dropped: 1, bad: 0 });
});

test('two streams, windows, late records and streams that are read twice are counted where they are', async () => {
  const { meter } = await metered(
    `let a = queue([["k", 1], ["k", 2]]); a | join(queue([["k", 3]])); a | map({ts: _[1] * 1000, v: 1}) | window(1s, on: .ts) | count`,
  );
  const counts = Object.fromEntries(meter.stages.map(({ node, in: taken, out }) => [node.call.name, [taken, out]]));
  expect(counts.join).toEqual([3, 2]);
  expect(counts.map).toEqual([2, 2]);
  expect(counts.count).toEqual([2, 2]);
  for (const { ms } of meter.stages) expect(ms).toBeGreaterThanOrEqual(0);
});
