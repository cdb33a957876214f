/** The end of a plan can be worked on by itself: what a run says, and its sinks, without its sources and without a clock of the wall. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import type { BadMax } from '../../../src/run/local/options/local-options.ts';
import { OpenSinks } from '../../../src/run/local/output/open-sinks.ts';
import { Reports } from '../../../src/run/local/reports/reports.ts';
import { runContext } from '../../../src/run/local/steps/run-context.ts';

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'leat-tail-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** The sinks of a program, given batches of records one after the other. */
function tailOf(program: string, badMax?: BadMax) {
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const told: string[] = [];
  let failures = 0;
  const settings = { tell: (line: string) => void told.push(line), trace() {}, ...(badMax && { badMax }) };
  const reports = new Reports(settings, () => void failures++);
  let tick = 0;
  const context = runContext(
    { interval: 1000, clock: new VirtualClock(), live: false, stateMax: 2 ** 30, now: () => tick },
    reports,
  );
  const stdout = new TextOutput();
  const opened = new OpenSinks(
    plan,
    context,
    { stdout, format: 'batches', color: false },
    {
      isPaced: false,
      recordsIn: () => undefined,
      endings: { isStopped: false, signal: new AbortController().signal },
    },
  );
  for (const node of plan.nodes) if (node.kind === 'sink') opened.open(node);
  return {
    told,
    reports,
    context,
    stdout,
    failures: () => failures,
    batch(...records: readonly Value[]) {
      tick += 1000;
      for (const sink of opened.all.values()) {
        for (const record of records) sink.push(record);
        sink.close({ time: tick, start: tick - 1000, end: tick, partial: false });
      }
    },
    finish: () => opened.finish(),
  };
}

test('sinks write batches that no source of this process has read', async () => {
  const path = join(directory(), 'out.txt');
  const tail = tailOf(`stdin | print | append(${JSON.stringify(path)})`);
  tail.batch('a', 'b');
  tail.batch();
  tail.batch('c');
  await tail.finish();
  expect(readFileSync(path, 'utf8')).toBe('a\nb\nc\n');
  const batches = tail.stdout.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { time: number; records: readonly Value[] });
  expect(batches.map(({ time, records }) => [time, records])).toEqual([
    [1000, ['a', 'b']],
    [2000, []],
    [3000, ['c']],
  ]);
  expect(tail.reports.conclude(3)).toBeUndefined();
  expect(tail.told).toEqual([]);
});

test('a sink that cannot write fails the run in its own words', async () => {
  const file = join(directory(), 'file');
  writeFileSync(file, '');
  const path = join(file, 'out.txt');
  const tail = tailOf(`stdin | append(${JSON.stringify(path)})`);
  tail.batch('a');
  await tail.finish();
  expect(tail.reports.failure?.exit).toBe(4);
  expect(tail.reports.failure?.message).toContain(path);
  expect(tail.failures()).toBeGreaterThan(0);
});

test('what is bad or late behind the sources is told and counted as by a run', () => {
  const tail = tailOf('stdin', { count: 2 });
  for (const text of ['x', 'y']) tail.context.bad(new BadRecord('no number'), text);
  tail.context.late('their windows had closed');
  tail.context.note('it is so');
  tail.context.note('it is so');
  expect(tail.reports.failure).toBeUndefined();
  tail.context.bad(new BadRecord('no number'), 'z');
  expect(tail.reports.failure?.code).toBe('bad-max');
  tail.reports.conclude(10);
  expect(tail.told).toEqual([
    'bad record: no number, at the end of a batch: x',
    'it is so',
    '3 bad of 10: 3 no number (first at the end of a batch)',
    '1 late of 10: their windows had closed',
  ]);
});
