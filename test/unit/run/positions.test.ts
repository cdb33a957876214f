import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { wallClock } from '../../../src/base/clock.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import type { Position } from '../../../src/flow/define/position.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import { TakenPosition } from '../../../src/run/local/reading/taken-position.ts';
import { temporaryDirectory } from '../../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** Runs a program up to a record that it shows by `tap`, or to its end. */
async function run(program: string, last?: string, from?: readonly (Position | undefined)[]) {
  const stdout = new TextOutput();
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const local = new LocalRun(
    plan,
    {
      interval: 1000,
      once: true,
      ...(from === undefined ? {} : { from }),
      clock: wallClock,
      stdin: 'stream',
      stdout,
      format: 'text',
      color: false,
      stateMax: 2 ** 31,
      kernels: true,
      tell() {},
      trace: (line) => last !== undefined && line.includes(last) && local.stop(),
    },
    { time: 0 },
  );
  await local.run();
  return { text: stdout.text, positions: local.sources.positions };
}

test('what a run has not taken, a later one takes, with the same line numbers', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) =>
    i % 9000 === 8999 ? 'no object' : `{"i": ${i}, "of": "${'x'.repeat(20)}"}`,
  );
  writeFileSync(directory.at('a.json'), lines.slice(0, 36_000).join('\n'));
  writeFileSync(directory.at('b.json'), lines.slice(36_000).join('\n'));
  const program = `files("${directory.at('*.json')}") | json | tap | map(.i)`;
  const whole = await run(program);
  for (const last of ['"i":0,', '"i":37000,']) {
    const first = await run(program, last);
    const position = JSON.parse(JSON.stringify(first.positions)) as (Position | undefined)[];
    const rest = await run(program, undefined, position);
    expect(first.text + rest.text).toBe(whole.text);
    expect(position[0]?.at(-1)?.origin?.lines).toBeGreaterThan(0);
  }
}, 120_000);

test('a source that cannot be read again has no position', async () => {
  expect((await run(`exec("printf 'a\\\\nb\\\\n'")`)).positions).toEqual([undefined]);
});

test('there is none while a part of a chunk was taken, and a split that is forgotten is none of it', () => {
  const taken = new TakenPosition([{ key: 'a', at: 1 }]);
  const origin = { id: 3, name: 'b', source: 0, lines: 7 };
  taken.take({ kind: 'values', origin, values: ['x'] });
  expect(taken.position).toBeUndefined();
  taken.take({ kind: 'values', origin, values: ['y'], behind: { key: 'b', at: 2 } });
  expect(taken.position).toEqual([
    { key: 'a', at: 1 },
    { key: 'b', at: 2, origin: { id: 3, lines: 7 } },
  ]);
  taken.take({ kind: 'position', behind: [{ key: 'a', at: null }] });
  expect(taken.position?.map(({ key }) => key)).toEqual(['b']);
});
