/** What docs/connectors.md says can be written is a program, and what its tables promise of sinks is what the sinks do. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { PROMISE_NAMES } from '../../../src/flow/define/sink.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { promiseOf } from '../../../src/query/plan/plan.ts';

const PAGE = readFileSync('docs/connectors.md', 'utf8');

interface Row {
  /** Calls of words, such as `kafka("host:9092", "topic")`. */
  readonly calls: readonly string[];
  readonly isSink: boolean;
  readonly promise: string;
}

/** The rows of the tables that tell of words and what they promise. */
const ROWS = PAGE.split('\n')
  .filter((line) => /^\| `\w+\(/.test(line))
  .map((line): Row => {
    const [what = '', promise = ''] = line.slice(2).split(' | ');
    const calls = [...what.matchAll(/`([^`]+\))`/g)].map(([, call]) => call!);
    return { calls, isSink: /\bsinks?$/.test(what) || /^`(?:save|send)\(/.test(what), promise };
  });

/** What stands for what a row leaves out, in order. */
const LEFT_OUT: readonly (readonly [left: string | RegExp, given: string])[] = [
  ['on: …', 'on: .id'],
  ['"select …"', '"select 1"'],
  ['://…', '://host/d'],
  ['send(…', 'send("h", 9000'],
  ['(…', '("x"'],
  [/\bport\b/, '9000'],
  ['(url)', '("hdfs://host/d")'],
];
const filledOut = (call: string) => LEFT_OUT.reduce((text, [left, given]) => text.replace(left, given), call);

const ONE = 'queue([{a: 1, id: 2, state: "x"}])';

const plan = (program: string) =>
  compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });

/** The programs of the blocks that are not run, since they need servers. */
const PROGRAMS = [...PAGE.matchAll(/^leat (?:--?[\w-]+ [\w./]+ )?'([^']+)'/gm)].map(([, program]) => program!);

const VARIABLES = [...new Set([...PAGE.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!))];
beforeAll(() => {
  for (const name of VARIABLES) process.env[name] ??= 'x';
});
afterAll(() => {
  for (const name of VARIABLES) if (process.env[name] === 'x') delete process.env[name];
});

test.each(ROWS)('$calls: $promise', ({ calls, isSink, promise }) => {
  expect(calls.length).toBeGreaterThan(0);
  for (const call of calls) {
    const isBehind = (isSink && !call.startsWith('listen')) || call.startsWith('lookup');
    const { nodes } = plan(isBehind ? `${ONE} | ${filledOut(call)}` : filledOut(call));
    const promises = nodes.flatMap((node) => (node.kind === 'sink' ? [PROMISE_NAMES[promiseOf(node)]] : []));
    if (isSink && isBehind) expect(promise.slice(0, promises[0]?.length)).toBe(promises[0]);
  }
});

test('all tables of words are looked at', () => {
  expect(ROWS.length).toBeGreaterThan(45);
  expect(ROWS.filter(({ isSink }) => isSink).length).toBeGreaterThan(15);
});

test.each(PROGRAMS)('%s', (program) => {
  expect(plan(program).nodes.length).toBeGreaterThan(0);
});
