/** What a stage says of itself that picks records: of those that it picks of shares it picks the same as of all. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { aggregates, functions, sinks, stages } from '../../../src/flow/catalog.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { asLists, withInput } from '../../../src/run/spec/scripted-input.ts';

/** Each of them, with every kind of argument. */
const CALLS = ['last(4)', 'take(5)', 'top(3)', 'top(3, _[0])', 'top(2, ties: true)', 'top(2, _[1], ties: true)'];

const span = { time: 0, start: 0, end: 0, partial: false };

function groupingOf(call: string): Grouping {
  const plan = compileProgram(call, {
    words: { sources: withInput(() => asLists([])), stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const node = plan.nodes.find(({ kind }) => kind === 'stage');
  if (node?.kind !== 'stage' || node.definition.behaviour.kind !== 'group') throw new Error(`${call} is no grouping`);
  return node.definition.behaviour.create(node.arguments) as Grouping;
}

function picked({ aggregate, emit }: Grouping, records: readonly Value[]): readonly Value[] {
  const given: Value[] = [];
  const state = records.reduce<unknown>((state, record) => aggregate.add(state, record), aggregate.zero());
  emit(null, state, span, (record) => given.push(record));
  return given;
}

test('all that say so are tried', () => {
  const picking = [...stages].filter(({ picks }) => picks === true).map(({ name }) => name);
  expect([...new Set(CALLS.map((call) => call.replace(/\(.*/, '')))]).toEqual(picking.sort());
});

test.each(CALLS)('%s', (call) => {
  const grouping = groupingOf(call);
  const pair = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 6 }));
  const records = fc.array(fc.tuple(pair, fc.integer({ min: 0, max: 3 })), { maxLength: 60 });
  fc.assert(
    fc.property(records, (dealt) => {
      const all: readonly Value[] = dealt.map(([record]) => record);
      const wanted = new Set<Value>();
      for (let share = 0; share < 4; share++) {
        const own = dealt.filter(([, of]) => of === share).map(([record]) => record);
        for (const record of picked(grouping, own)) wanted.add(record);
      }
      const some = all.filter((record) => wanted.has(record));
      expect(picked(grouping, some)).toEqual(picked(grouping, all));
    }),
  );
});
