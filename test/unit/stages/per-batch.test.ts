import { describe, expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import { NUMBER, STRING } from '../../../src/base/type.ts';
import { field, type Value } from '../../../src/base/value.ts';
import { max } from '../../../src/flow/aggregates/max.ts';
import { sum } from '../../../src/flow/aggregates/sum.ts';
import { stages } from '../../../src/flow/catalog.ts';
import type { AggregateDefinition } from '../../../src/flow/define/aggregate.ts';
import { type Compiled, opaque } from '../../../src/flow/define/compiled.ts';
import type { Key } from '../../../src/flow/define/named-fields.ts';
import type { Column } from '../../../src/flow/define/parameters.ts';
import type { StageDefinition } from '../../../src/flow/define/stage.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { GroupStep } from '../../../src/flow/groups/group-step.ts';

type GroupBehaviour = Extract<StageDefinition['behaviour'], { kind: 'group' }>;
const SPAN = { time: 1000, start: 0, end: 1000, partial: false };
type Args = { readonly [name: string]: unknown };

/** What a stage gives for each batch, and why records were bad. */
function run(name: string, args: Args, ...batches: readonly (readonly Value[])[]) {
  const definition = stages.find((stage) => stage.name === name) as StageDefinition;
  if (definition.behaviour.kind !== 'group') throw new Error(`${name} does not group`);
  const fallbacks = Object.entries(definition.parameters).map(([parameter, { fallback }]) => [parameter, fallback]);
  const bads: string[] = [];
  const out: Value[][] = [];
  let open: Value[] = [];
  const down: Step = {
    push: (record) => open.push(record),
    close() {
      out.push(open);
      open = [];
    },
    advance() {},
    finish() {},
  };
  const context = { bad: ({ reason }: BadRecord) => bads.push(reason) } as never;
  const grouping = definition.behaviour.create({ ...Object.fromEntries(fallbacks), ...args } as never);
  const step = new GroupStep(grouping, context, down);
  batches.forEach((batch, index) => {
    for (const record of batch) step.push(record);
    step.close({ time: (index + 1) * 1000, start: index * 1000, end: (index + 1) * 1000, partial: false });
  });
  return { out, bads };
}

const of = (name: string) => opaque((record) => field(record!, name));
const aggregate = (name: string, definition: AggregateDefinition, f: Compiled): Column => ({
  name,
  type: NUMBER,
  value: {
    kind: 'aggregate',
    word: definition,
    arguments: { f },
    aggregate: definition.create({ f } as never),
    text: name,
  },
});

describe('groups', () => {
  test('come in the order first seen, and a batch knows nothing of the one before', () => {
    expect(run('countByValue', {}, ['b', 'a', 'b'], [], ['a']).out).toEqual([
      [
        ['b', 2],
        ['a', 1],
      ],
      [],
      [['a', 1]],
    ]);
  });

  test('are told apart by content, whatever the order of fields, and never by type', () => {
    const { out } = run('countByValue', {}, [{ a: 1, b: 2 }, { b: 2, a: 1 }, 1, '1', true, null, null]);
    expect(out).toEqual([
      [
        [{ a: 1, b: 2 }, 2],
        [1, 1],
        ['1', 1],
        [true, 1],
        [null, 2],
      ],
    ]);
  });

  test('only take pairs where they go by key', () => {
    const { out, bads } = run('groupByKey', {}, [['a', 1], 'a', ['a', 2, 3], ['a', null]]);
    expect(out).toEqual([[['a', [1, null]]]]);
    expect(bads).toEqual(['not a pair [key, value]', 'not a pair [key, value]']);
  });

  test('go on without a value that their function fails on', () => {
    const f = opaque((a, b) => {
      if (b === 'x') throw new BadRecord('no x');
      return `${a}${b}`;
    });
    expect(
      run('reduceByKey', { f }, [
        ['k', 'a'],
        ['k', 'x'],
        ['k', 'b'],
      ]),
    ).toEqual({ out: [[['k', 'ab']]], bads: ['no x'] });
    expect(run('reduce', { f }, ['a', 'x', 'b'], [])).toEqual({ out: [['ab'], []], bads: ['no x'] });
  });

  test('do not come to be of bad records alone', () => {
    const add = () => {
      throw new BadRecord('never');
    };
    expect(run('aggregateByKey', { zero: 0, add, merge: add }, [['k', 1]]).out).toEqual([[]]);
  });
});

describe('count and aggregate', () => {
  test('give something for an empty batch', () => {
    expect(run('count', {}, ['a', null], []).out).toEqual([[2], [0]]);
    const columns = [aggregate('total', sum, of('v')), aggregate('most', max, of('v'))];
    expect(run('aggregate', { columns }, [{ v: 3 }, {}], []).out).toEqual([
      [{ total: 3, most: 3 }],
      [{ total: 0, most: null }],
    ]);
  });
});

describe('groupBy', () => {
  const total = aggregate('total', sum, of('v'));

  test('puts the columns of the key first', () => {
    const service: Key = { of: of('service'), columns: [{ name: 'service', type: STRING }], isObject: false };
    const { out } = run('groupBy', { key: service, columns: [total] }, [{ v: 1, service: 'a' }, { v: 2 }]);
    expect(JSON.stringify(out)).toBe('[[{"service":"a","total":1},{"service":null,"total":2}]]');
  });

  test('spreads a key that is an object over its columns', () => {
    const key: Key = {
      of: opaque((record) => ({ a: field(record!, 'x'), b: 1 })),
      columns: [
        { name: 'a', type: STRING },
        { name: 'b', type: NUMBER },
      ],
      isObject: true,
    };
    expect(run('groupBy', { key, columns: [total] }, [{ x: 'p', v: 1 }]).out).toEqual([[{ a: 'p', b: 1, total: 1 }]]);
  });

  test('treats __proto__ as any other name', () => {
    const key: Key = { of: opaque(() => 'k'), columns: [{ name: '__proto__', type: STRING }], isObject: false };
    const { out } = run('groupBy', { key, columns: [total] }, [{ v: 1 }]);
    expect(JSON.stringify(out)).toBe('[[{"__proto__":"k","total":1}]]');
  });

  test('leaves no trace of a record that one of its aggregates refuses', () => {
    const columns = [total, aggregate('other', sum, of('w'))];
    const key: Key = { of: opaque(() => 1), columns: [{ name: 'key', type: NUMBER }], isObject: false };
    const { out, bads } = run('groupBy', { key, columns }, [
      { v: 1, w: 1 },
      { v: 10, w: 'x' },
      { v: 'x', w: 10 },
    ]);
    expect(out).toEqual([[{ key: 1, total: 1, other: 1 }]]);
    expect(bads).toEqual(['sum needs numbers and was given a string', 'sum needs numbers and was given a string']);
  });
});

describe('sort', () => {
  test('orders values of all kinds, integers beyond 2^53 among the numbers', () => {
    const records = [{ a: 1 }, [1], 'b', 2n ** 60n, 3, false, null, 'a', -1];
    expect(run('sort', {}, records).out[0]).toEqual([null, false, -1, 3, 2n ** 60n, 'a', 'b', [1], { a: 1 }]);
  });

  test('by a function keeps the order of arrival among equals, also downwards', () => {
    const records = [
      { k: 1, i: 0 },
      { k: 2, i: 1 },
      { k: 1, i: 2 },
      { k: 2, i: 3 },
    ];
    const order = (args: Args) =>
      run('sortBy', { f: of('k'), ...args }, records).out[0]!.map((record) => field(record, 'i'));
    expect(order({})).toEqual([0, 2, 1, 3]);
    expect(order({ desc: true })).toEqual([1, 3, 0, 2]);
  });
});

describe('top', () => {
  test('goes by the value of a pair, ties by key ascending', () => {
    const { out } = run('top', { n: 3 }, [
      ['d', 1],
      ['c', 5],
      ['a', 5],
      ['b', 5],
      ['e', 9],
    ]);
    expect(out).toEqual([
      [
        ['e', 9],
        ['a', 5],
        ['b', 5],
      ],
    ]);
  });

  test('goes by the record itself where it is no pair, and by what `by` gives', () => {
    expect(run('top', { n: 2 }, [3, 10, 1]).out).toEqual([[10, 3]]);
    expect(run('top', { n: 1, by: of('ms') }, [{ ms: 1 }, { ms: 7 }]).out).toEqual([[{ ms: 7 }]]);
  });

  test('gives the same as sorting all, however many there are', () => {
    const records = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 1000);
    const expected = records.toSorted((a, b) => b - a);
    for (const n of [1, 2, 17, 999, 6000]) expect(run('top', { n }, records).out[0]).toEqual(expected.slice(0, n));
  });

  test('with ties gives all that are level with the last, in the same order, merged from parts as well', () => {
    const records: Value[] = Array.from({ length: 5000 }, (_, i) => [`k${(i * 7919) % 5000}`, (i * i) % 37]);
    const expected = run('top', { n: records.length }, records).out[0] as [string, number][];
    for (const n of [1, 2, 17, 999, 6000]) {
      const least = expected[n - 1]?.[1] ?? 0;
      const withTies = expected.filter(([, value], i) => i < n || value === least);
      expect(run('top', { n, ties: true }, records).out[0]).toEqual(withTies);
      const { aggregate } = (stages.find(({ name }) => name === 'top')!.behaviour as GroupBehaviour).create({
        n,
        by: undefined,
        ties: true,
      });
      const parts = [records.slice(0, 1234), records.slice(1234, 1240), records.slice(1240)].map((part) =>
        part.reduce((state: unknown, record) => aggregate.add(state, record), aggregate.zero()),
      );
      const merged = parts.reduce((into, from) => aggregate.merge(into, from));
      expect(aggregate.result(merged, SPAN)).toEqual(withTies);
    }
  });
});

test('take gives the first of each batch', () => {
  expect(run('take', { n: 2 }, [1, 2, 3], [], [4]).out).toEqual([[1, 2], [], [4]]);
  expect(run('take', { n: 0 }, [1]).out).toEqual([[]]);
});

test('distinct gives each record once, as it was first seen', () => {
  expect(JSON.stringify(run('distinct', {}, [{ b: 1, a: 2 }, 'x', { a: 2, b: 1 }, 'x']).out)).toBe(
    '[[{"b":1,"a":2},"x"]]',
  );
});

test('every stage on pairs says what to write instead', () => {
  const unhelpful = [...stages].filter(
    ({ group, needs, instead }) => group === 'batch' && needs === 'pairs' && !instead,
  );
  expect(unhelpful).toEqual([]);
});
