import { expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import type { RunContext } from '../../../src/flow/define/context.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { stageStep } from '../../../src/run/local/steps/build-steps.ts';
import { FieldWatch } from '../../../src/run/local/steps/field-watch.ts';
import { sinkContext } from '../../support/sink.ts';
import { FastLaneUse } from '../kernel/both-ways.ts';

/** The parser of a program at work in a live run that is watched: batches of lines, what it gave out, and what was told. */
function watchedParser(program: string) {
  const notes: string[] = [];
  const run: RunContext = { ...sinkContext().context, live: true, note: (message) => notes.push(message) };
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const node = plan.nodes.find((candidate) => candidate.kind === 'stage')!;
  if (node.kind !== 'stage') throw new Error('no stage');
  let given = 0;
  const down = { push: () => void given++, close() {}, advance() {}, finish() {} };
  const watch = new FieldWatch(plan, run);
  const [step] = watch.around(node, down, (behind) => [stageStep(node, run, behind)]);
  let time = 0;
  return {
    notes,
    given: () => given,
    batch(...lines: readonly string[]) {
      for (const line of lines) step!.push(line);
      time += 1000;
      step!.close({ time, start: time - 1000, end: time, partial: false });
    },
    finish: () => watch.finish(),
  };
}

const many = (count: number, line: string) => Array.from({ length: count }, () => line);

test('live data is looked at again, and each record goes its way once', () => {
  const { notes, batch, given } = watchedParser('json | countBy(.ms)');
  batch(...many(1000, '{"ms":1}'));
  for (let i = 0; i < 12; i++) batch('{"took":1}');
  batch(...many(1000, '{"took":1}'));
  expect(notes).toEqual(['no field "ms" any more in the last 1,000 records; seen: took']);
  expect(given()).toBe(2012);
});

test('rows under a header are looked at once, since the header of another file would be missed', () => {
  const { notes, batch } = watchedParser('csv | countBy(.ms)');
  batch('ms', ...many(1000, '1'));
  for (let i = 0; i < 20; i++) batch('1');
  batch(...many(1000, '1'));
  expect(notes).toEqual([]);
});

test('a line that is looked at stands where it stands: only the first one of a file may begin with a byte order mark', async () => {
  const lines = Buffer.from('{"took":1}\n\ufeff{"took":1}\n{"took":1}\n');
  const { told } = await new FastLaneUse().bothWays('given | json | countBy(.ms)', [lines]);
  expect(told).toContain('no field "ms" in the first 2 records; seen: took');
});
