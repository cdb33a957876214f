import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { defineSource } from '../../../src/flow/define/source.ts';
import { textParameters, textType } from '../../../src/flow/framing/text.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';

interface Settings {
  readonly once?: boolean;
  readonly stateMax?: number;
  readonly kernels?: boolean;
}

/** Runs a program on a live pipe that gives some lines in each second; what a terminal would show, and what was told. */
async function run(program: string, batches: readonly (readonly string[])[], settings: Settings = {}) {
  const { once = false, stateMax = 2 ** 31, kernels = true } = settings;
  const clock = new VirtualClock();
  const stdin = defineSource({
    name: 'stdin',
    isDefault: true,
    summary: 'Lines of a test',
    docs: '',
    examples: [],
    parameters: textParameters,
    gives: textType,
    behaviour: () => ({
      kind: 'live',
      open: (_args, context) => ({
        async run() {
          const origin = context.origin('stdin');
          for (const lines of batches) {
            const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
            if (bytes.length > 0) await context.deliver({ kind: 'text', origin, bytes });
            clock.moveTo(clock.now() + 1000);
            // A tick may wait for the next turn of the event loop.
            for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
          }
        },
      }),
    }),
  });
  const plan = compileProgram(program, {
    words: { sources: sources.with(stdin), stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const stdout = new TextOutput();
  const told: string[] = [];
  const local = new LocalRun(
    plan,
    {
      interval: 1000,
      once,
      // The clock of the wall, which a run cannot move.
      clock: { now: () => clock.now(), at: (time, wake) => clock.at(time, wake) },
      stdin: 'stream',
      pipe: { manner: 'stream', why: 'standard output is a terminal', isAsked: false },
      stdout,
      format: 'table',
      color: false,
      showsTotals: !once,
      stateMax,
      kernels,
      tell: (line) => told.push(line),
      trace: (line) => told.push(line),
    },
    { time: 0 },
  );
  const { bad } = await local.run();
  return { out: stdout.text, told, bad };
}

/** What was printed last, and its first line. */
function last(out: string): { readonly title: string; readonly table: string } {
  const block = out.trimEnd().split('\n\n').at(-1)!;
  const end = block.indexOf('\n');
  return { title: block.slice(0, end), table: block.slice(end + 1) };
}

const line = fc
  .record({ k: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.oneof(fc.integer({ min: 0, max: 99 }), fc.constant(0.1)) })
  .map((fields) => JSON.stringify(fields));

test.each([
  'json | countBy(.k)',
  'json | countBy(.k) | top(2)',
  'json | filter(.n > 20) | count',
  'json | groupBy(.k, {n: count(), sum: sum(.n), mean: avg(.n), all: list(.n), p: p50(.n)}) | sortBy(.k)',
  'json | groupBy(.k, {n: count()}) | filter(.n > 2) | map([.k, .n])',
  'json | map([.k, .n]) | reduceByKey(max)',
  'json | groupBy(.k, {part: share(), n: count(), rest: 1 - share(sum(.n))}) | sortBy(.k)',
  'json | map(.k) | distinct | count',
  'words | countByValue',
  'csv | count',
  'json | countBy(.k) | append("/dev/null") | print',
  'json | countBy(.k) | print(2)',
])('behind the batches of a pipe comes what they are as one: %s', async (program) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(line, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 }),
      fc.boolean(),
      async (batches, kernels) => {
        const shown = last((await run(program, batches, { kernels })).out);
        const whole = last((await run(program, batches, { kernels, once: true })).out);
        // A program that has no result for any batch has none for all of them.
        if (!shown.title.includes('all')) expect(whole.title).toBe('');
        else {
          expect(shown.title).toContain(`all ${batches.length} batches`);
          expect(shown.table).toBe(whole.table);
        }
      },
    ),
    { numRuns: 12 },
  );
});

const BATCHES = [['a b a'], [], ['b'], ['c a']];

test('batches without records count among all of them', async () => {
  expect(last((await run('words | countByValue', BATCHES)).out)).toEqual({
    title: '4s  all 4 batches  3 records',
    table: 'key  value\na        3\nb        2\nc        1',
  });
});

test('what goes to other sinks has the batches only, and what is told is told once', async () => {
  const { out, told } = await run('tap | words | countByValue | print; json | count', BATCHES);
  expect(out.match(/all 4 batches/g)).toHaveLength(2);
  expect(told.filter((text) => text === 'b')).toHaveLength(1);
});

test.each([
  ['records that flow', 'words'],
  ['records in another order', 'sortBy(_)'],
  ['windows', 'words | countByValue | window(2s)'],
  ['running results', 'words | countByValue | running'],
  ['what looks back', 'words | groupBy(_, {n: count(), more: n - lag(n, 1s), part: share()})'],
  ['states', 'words | map([_, 1]) | updateStateByKey((vs, s) => len(vs))'],
  ['what goes by batches in front of the aggregation', 'take(1) | words | countByValue'],
  ['what remembers something in front of it', 'dedupe | count'],
  ['what does not print', 'words | countByValue | none'],
  ['joins', 'words | map([_, 1]) | join(queue([["a", 1]])) | countByKey'],
])('there is no such result of %s', async (_what, program) => {
  expect((await run(program, BATCHES)).out).not.toContain('batches');
});

test('one batch is all there is', async () => {
  expect((await run('words | countByValue', [['a'], [], []])).out).not.toContain('batches');
});

test('it is given up where it would take too much, which is told', async () => {
  const { out, told } = await run('words | countByValue', BATCHES, { stateMax: 100 });
  expect(out).not.toContain('batches');
  expect(told).toEqual([
    'the result over all batches was not kept: it would take more than --state-max, or cannot be put together',
  ]);
});
