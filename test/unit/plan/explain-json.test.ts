import { expect, test } from 'vitest';
import { parseJson, toJson } from '../../../src/base/json.ts';
import { field, type Value } from '../../../src/base/value.ts';
import { planAsData } from '../../../src/query/plan/explain-json.ts';
import { planned } from './planning.ts';

function dataOf(program: string): Value {
  const plan = planned(program);
  return planAsData(plan, new Set(plan.nodes.filter((node) => node.call.name === 'words')));
}

test('a plan is plain data, which is the same when it has been written and read', () => {
  const program =
    'let a = files("a") | words; a | countBy(_ + /x/.test(_) + 9007199254740993) | none; a | union(a) | window(10s, on: _) | count';
  const data = dataOf(program);
  expect(parseJson(toJson(data))).toEqual(data);
  expect(data).toMatchObject({ outputs: [3, 6], notes: [] });
});

test('each source says whether it can go on where a run has stopped', () => {
  const data = dataOf('files("a", "b") | none; listen(9999) | none; words | none');
  const nodes = field(data, 'nodes') as readonly Value[];
  const told = nodes.map((node) => [field(node, 'word'), field(node, 'replayable')]);
  expect(told.filter(([, replayable]) => replayable !== null)).toEqual([
    ['files', true],
    ['listen', false],
    ['stdin', false],
  ]);
});

test('each node says what it is, what feeds it, and what comes of it', () => {
  const data = dataOf('words | groupBy(_, {n: count()}) | window(30s, 10s)');
  const [source, words, group] = field(data, 'nodes') as readonly Value[];
  expect(source).toMatchObject({ id: 0, kind: 'source', word: 'stdin', inputs: [], gives: 'string' });
  expect(source).not.toHaveProperty('written');
  expect(words).toMatchObject({ written: 'words', inputs: [0], step: 'bytes' });
  expect(group).toMatchObject({
    inputs: [1],
    arguments: { key: { of: ['given', 0, 0], columns: ['key'] }, columns: [['n', 'count', {}]] },
    window: { kind: 'batches', length: 30_000, slide: 10_000 },
    exchange: { of: 'partials', by: ['given', 0, 0] },
    step: 'rows',
    place: 'shares',
  });
});
