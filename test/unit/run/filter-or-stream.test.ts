import { expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { filterOrStream, type Surroundings } from '../../../src/run/local/options/filter-or-stream.ts';

function planOf(program: string) {
  return compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
}

/** Nothing asks for a result each second: a script. */
const SCRIPT: Surroundings = { stdin: 'pipe', stdoutIsTerminal: false };

/** `filter`, or `stream` and why; undefined where standard input is not read. */
function decided(program: string, around: Partial<Surroundings> = {}): string | undefined {
  const found = filterOrStream(planOf(program), { ...SCRIPT, ...around });
  return found && (found.manner === 'filter' ? 'filter' : `stream: ${found.why}`);
}

test.each([
  'json | countBy(.a)',
  'count',
  'words | countByValue | top(2)',
  'json | filter(.a) | map(.b)',
  'csv | groupBy(.a, {n: count()}) | sortBy(.n)',
  // What is behind it makes no difference.
  'count | append("counts.txt")',
  'count | save("counts")',
  'count | send("127.0.0.1", 9)',
  'count | exec("cat")',
  'count | none',
  // Event time is in the records.
  'json | window(1m, on: .t) | count',
  'json | window(1m, 10s, on: .t, late: 30s) | countBy(.a)',
  'json | window(1m, on: .t)',
  'json | session(.a, {n: count()}, gap: 10s, on: .t)',
  'json | dedupe(.id, within: 1m, on: .t)',
  'dedupe',
  'assert(_ != "")',
  // What is beside it ends by itself.
  'union(files("other.txt")) | count',
  'union(queue(["a"], ["b"])) | count',
  'map([_, 1]) | join(files("other.txt") | map([_, 2]))',
  'let a = json; a | count; a | countBy(.b) | append("b")',
])('a pipe into %s is a filter where nothing around it asks for more', (program) => {
  expect(decided(program)).toBe('filter');
});

test.each([
  ['stdin | words | countByValue | print', '`stdin` is written'],
  ['stdin | filter(_ != "")', '`stdin` is written'],
  ['stdin(delimiter: ";") | count', '`stdin` is written'],
  ['let input = stdin; input | count', '`stdin` is written'],
  ['count; stdin | words | count', '`stdin` is written'],
  ['count | window(10s)', '`window` goes by the clock'],
  ['window(10s) | count', '`window` goes by the clock'],
  ['window(10s, 5s)', '`window` goes by the clock'],
  ['countByWindow(10s, 5s)', '`window` goes by the clock'],
  ['map([_, 1]) | reduceByKeyAndWindow(_ + _, 10s)', '`window` goes by the clock'],
  ['countByValue | running', '`running` goes by the clock'],
  ['json | window(1m, on: .t, emit: "update") | count', '`window` goes by the clock'],
  ['json | session(.a, {n: count()}, gap: 10s)', '`session` goes by the clock'],
  ['map([_, 1]) | updateStateByKey((vs, s) => len(vs))', '`updateStateByKey` goes by the clock'],
  ['map([_, 1]) | mapWithState((k, v, s) => [v, v])', '`mapWithState` goes by the clock'],
  ['map([_, 1]) | mapWithState((k, v, s) => [v, v]) | stateSnapshots', '`mapWithState` goes by the clock'],
  ['dedupe(within: 10s)', '`dedupe` goes by the clock'],
  ['assert(_ != "", for: 30s)', '`assert` goes by the clock'],
  ['countByValue | chart', '`chart` goes by the clock'],
  ['union(listen(9999)) | count', '`listen(9999)` beside it is live'],
  ['count; tail("x.log") | count', '`tail("x.log")` beside it is live'],
  ['let a = count; a; a | running', '`running` goes by the clock'],
])('a pipe into %s is a stream: %s', (program, why) => {
  expect(decided(program)).toBe(`stream: ${why}`);
});

test.each<[Partial<Surroundings>, string]>([
  [{ batch: 1000 }, '--batch was given'],
  [{ for: 5000 }, '--for was given'],
  [{ batches: 3 }, '--batches was given'],
  [{ live: true }, '--live was given'],
  [{ format: 'batches' }, '--format batches'],
  [{ format: 'spark' }, '--format spark'],
  [{ stdin: 'terminal' }, 'standard input is a terminal'],
  [{ stdoutIsTerminal: true }, 'standard output is a terminal'],
  [{ stdoutIsTerminal: true, format: 'json' }, 'standard output is a terminal'],
])('with %o a pipe is a stream: %s', (around, why) => {
  expect(decided('count', around)).toBe(`stream: ${why}`);
});

test.each<Partial<Surroundings>>([
  { live: false },
  { format: 'table' },
  { format: 'text' },
  { format: 'json' },
  { format: 'csv' },
  { format: 'tsv' },
])('with %o a pipe is a filter still', (around) => {
  expect(decided('count', around)).toBe('filter');
});

test('what is not printed is not looked at, so a terminal makes no stream of it', () => {
  expect(decided('count | append("n")', { stdoutIsTerminal: true })).toBe('filter');
  expect(decided('count | append("n") | print', { stdoutIsTerminal: true })).toMatch(/^stream/);
});

test('--once makes everything one batch, whatever else is said', () => {
  for (const program of ['stdin | count', 'count | running', 'union(listen(9)) | count']) {
    expect(decided(program, { once: true, batch: 100, stdoutIsTerminal: true })).toBe('filter');
  }
});

test('a program that does not read standard input has no pipe to take', () => {
  for (const program of ['files("a") | count', 'listen(9) | count', 'queue([1]) | running']) {
    expect(decided(program, { batch: 100 })).toBe(undefined);
  }
});

test('somebody who was shown results batch by batch has not asked for them', () => {
  const isAsked = (program: string, around: Partial<Surroundings>) =>
    filterOrStream(planOf(program), { ...SCRIPT, ...around })?.isAsked;
  expect(isAsked('count', { stdoutIsTerminal: true })).toBe(false);
  expect(isAsked('count', {})).toBe(false);
  expect(isAsked('count', { stdoutIsTerminal: true, batch: 1000 })).toBe(true);
  expect(isAsked('stdin | count', { stdoutIsTerminal: true })).toBe(true);
  expect(isAsked('count', { once: true })).toBe(true);
});
