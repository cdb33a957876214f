import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { type Lambda, opaque } from '../../../src/flow/define/compiled.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import type { Meeting } from '../../../src/flow/define/stage.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { GroupStep } from '../../../src/flow/groups/group-step.ts';
import { itself } from '../../../src/flow/groups/groupings.ts';
import { TimedJoin } from '../../../src/flow/joins/timed-join.ts';
import { rowStep } from '../../../src/flow/parsing/row-step.ts';
import { deduping } from '../../../src/flow/stages/dedupe.ts';
import { mappingWithState } from '../../../src/flow/stages/mapWithState.ts';
import { updatingState } from '../../../src/flow/stages/updateStateByKey.ts';
import { eventWindows } from '../../../src/flow/windows/event-windows.ts';
import { sessions } from '../../../src/flow/windows/sessions.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { within } from '../../support/effort.ts';
import { cuts, doneBy, type Happening, happenings, type Settings } from '../../support/taken-up.ts';
import { joining, listing, type TestRun } from '../windows/harness.ts';

const words = { sources, stages, aggregates, sinks };
const expressions = createScope({ functions, imports: new Map(), now: () => 0 });

type Make = (run: TestRun, down: Step) => Step | readonly Step[];

/** Holds steps to what they do when nobody looks at them, for as long as properties may take here. */
function isInvisible<T>(
  programs: fc.Arbitrary<T>,
  make: (program: T) => Make,
  events: fc.Arbitrary<readonly Happening[]>,
  settings: (program: T) => Settings = () => ({}),
): void {
  fc.assert(
    fc.property(programs, events, cuts, (program, happening, cut) => {
      const steps = (run: TestRun, down: Step) => [make(program)(run, down)].flat() as readonly Step[];
      const plain = doneBy(steps, happening, [], settings(program));
      expect(doneBy(steps, happening, cut, settings(program))).toEqual(plain);
    }),
    { numRuns: 150, plugins: [within(5_000)] },
  );
}

const BASE = 1_000_000_000_000;
const keys = fc.constantFrom<Value>('a', 'b', 'c', 2, null, [1]);
/** `[key, value, time]`, or what is no such record. */
const timed = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(keys, fc.nat({ max: 9 }), fc.nat({ max: 60 })) as fc.Arbitrary<Value> },
  { weight: 1, arbitrary: fc.constant<Value>('odd') },
);
const on = opaque((record) => (Array.isArray(record) ? BASE + (record[2] as number) : record!));
const pairsOf = (grouping: Grouping<never>): Grouping => {
  const { key, aggregate, ...rest } = grouping as Grouping<Value>;
  const pair = (record: Value) => (record as readonly Value[]).slice(0, 2);
  return {
    ...rest,
    key: opaque((record) => key!.call(pair(record!))),
    aggregate: { ...aggregate, add: (state: Value, record: Value) => aggregate.add(state, pair(record)) },
  } as Grouping;
};
const groupings = fc.constantFrom(pairsOf(joining as Grouping<never>), pairsOf(listing(true) as Grouping<never>));
const lates = fc.option(fc.nat({ max: 30 }), { nil: undefined });
const stateMax = fc.constantFrom(Number.POSITIVE_INFINITY, 1500, 4000);

describe('a snapshot is invisible', () => {
  test('of windows by event time', () => {
    const programs = fc.record({
      length: fc.integer({ min: 1, max: 12 }),
      slide: fc.integer({ min: 1, max: 12 }),
      late: lates,
      idle: fc.constantFrom(15, 1000),
      emit: fc.constantFrom('close', 'update'),
      grouping: fc.option(groupings, { nil: undefined }),
      stateMax,
      isOneBatch: fc.boolean(),
    });
    isInvisible(
      programs,
      ({ grouping, ...spec }) =>
        (run, down) =>
          eventWindows({ kind: 'event', on, future: 1000, ...spec } as never, grouping, run, down),
      happenings(timed),
      ({ stateMax: most, isOneBatch }) => ({ stateMax: most, isOneBatch, isBounded: isOneBatch }),
    );
  });

  test('of sessions', () => {
    const programs = fc.record({
      gap: fc.integer({ min: 1, max: 12 }),
      late: fc.option(lates, { nil: null }),
      grouping: groupings,
      stateMax,
      isOneBatch: fc.boolean(),
    });
    isInvisible(
      programs,
      ({ gap, late, grouping }) =>
        (run, down) =>
          sessions(grouping, gap, late === null ? undefined : { on, late, idle: 15, future: 1000 }, run, down),
      happenings(timed),
      ({ stateMax: most, isOneBatch }) => ({ stateMax: most, isOneBatch, isBounded: isOneBatch }),
    );
  });

  test('of two streams', () => {
    const programs = fc.record({
      stage: fc.constantFrom(...[...stages].filter(({ behaviour }) => behaviour.kind === 'streams')),
      meeting: fc.constantFrom<Meeting>('tick', 'window'),
      stateMax,
    });
    isInvisible(
      programs,
      ({ stage, meeting }) =>
        (run, down) => {
          if (stage.behaviour.kind !== 'streams') throw new Error('no two streams');
          const { left, right } = stage.behaviour.create({}, run, down, meeting);
          return [left, right];
        },
      happenings(fc.oneof(fc.tuple(keys, fc.nat({ max: 9 })), fc.constant<Value>('odd')), 2),
      ({ stateMax: most }) => ({ stateMax: most }),
    );
  });

  test('of joins over time', () => {
    const programs = fc.record({
      unmatched: fc.record({ left: fc.boolean(), right: fc.boolean() }),
      within: fc.integer({ min: 1, max: 30 }),
      late: fc.option(lates, { nil: null }),
      stateMax,
      isOneBatch: fc.boolean(),
    });
    const ofPair = opaque((record) => BASE + ((record as readonly Value[])[1] as number));
    isInvisible(
      programs,
      ({ unmatched, within: near, late }) =>
        (run, down) => {
          const eventTime = late === null ? undefined : { on: ofPair, late, idle: 15, future: 1000 };
          const { left, right } = new TimedJoin({ stage: 'join', within: near, unmatched, eventTime }, run, down);
          return [left, right];
        },
      happenings(fc.oneof(fc.tuple(keys, fc.nat({ max: 60 })), fc.constant<Value>('odd')), 2),
      ({ stateMax: most, isOneBatch }) => ({ stateMax: most, isOneBatch, isBounded: isOneBatch }),
    );
  });

  test('of dedupe, in all its forms', () => {
    const programs = fc.record({
      by: fc.constantFrom(
        itself,
        opaque((record) => (record as readonly Value[])[0]!),
      ),
      within: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      on: fc.constantFrom(undefined, on),
      stateMax,
      isOneBatch: fc.boolean(),
    });
    isInvisible(
      programs,
      (args) => (run, down) => deduping(args, run, down),
      happenings(timed),
      ({ stateMax: most, isOneBatch }) => ({ stateMax: most, isOneBatch, isBounded: isOneBatch }),
    );
  });

  const pairs = fc.oneof(
    { weight: 9, arbitrary: fc.tuple(keys, fc.integer({ min: -3, max: 3 })) as fc.Arbitrary<Value> },
    { weight: 1, arbitrary: fc.constant<Value>('odd') },
  );

  test('of updateStateByKey', () => {
    // The sum of all values, forgotten where it is 0.
    const f: Lambda = (values, state) =>
      (values as readonly number[]).reduce((sum, value) => sum + value, (state as number | null) ?? 0) || null;
    isInvisible(
      fc.record({ initial: fc.constantFrom<readonly Value[]>([], [['a', 2]]), stateMax }),
      ({ initial }) =>
        (run, down) =>
          updatingState({ f: opaque(f), initial }, run, down),
      happenings(pairs),
      ({ stateMax: most }) => ({ stateMax: most }),
    );
  });

  test('of mapWithState', () => {
    const f: Lambda = (key, value, state, isOver) => {
      const sum = ((value as number | null) ?? 0) + ((state as number | null) ?? 0);
      return [sum === 0 ? null : sum, [key!, sum, isOver!]];
    };
    isInvisible(
      fc.record({
        initial: fc.constantFrom<readonly Value[]>([], [['a', 2]]),
        timeout: fc.constantFrom(undefined, 10, 35),
        snapshots: fc.boolean(),
        stateMax,
      }),
      ({ initial, timeout, snapshots }) =>
        (run, down) =>
          mappingWithState({ f: opaque(f), initial, timeout, snapshots }, run, down),
      happenings(pairs),
      ({ stateMax: most }) => ({ stateMax: most }),
    );
  });

  test('of rows', () => {
    const line = fc.constantFrom(
      'x,y',
      '1,2',
      '"a',
      'b",3',
      '"s","A "B"',
      '7,8,9',
      '',
      'p,"q',
      '"',
      '"t",4',
      '\ufeffu,v',
    );
    isInvisible(
      fc.record({
        header: fc.boolean(),
        columns: fc.constantFrom<readonly string[] | undefined>(undefined, ['one', 'two']),
        isOneBatch: fc.boolean(),
      }),
      (layout) => (run, down) =>
        rowStep({ delimiter: ',', quotes: true, types: undefined, ...layout } as never, run, down),
      happenings(line),
      ({ isOneBatch }) => ({ isOneBatch, isBounded: isOneBatch }),
    );
  });

  test('of stages that hold a batch, or count', () => {
    const name = ['stamp', 'glom', 'mapPartitions', 'repartition', 'sample', 'assert', 'tap'] as const;
    const args: { readonly [stage in (typeof name)[number]]: object } = {
      stamp: {},
      glom: {},
      mapPartitions: { f: opaque((records) => [(records as readonly Value[]).length]) },
      repartition: { n: 2 },
      sample: { p: 0.5, seed: 3 },
      assert: { condition: opaque((record) => (record as number) < 7), for: 20 },
      tap: {},
    };
    isInvisible(
      fc.constantFrom(...name),
      (stage) => (run, down) => {
        const { behaviour } = stages.find((definition) => definition.name === stage)!;
        if (behaviour.kind !== 'step') throw new Error(`${stage} has no step`);
        return behaviour.create(args[stage] as never, run, down);
      },
      happenings(fc.nat({ max: 8 })),
    );
  });

  // Programs whose last stage is looked at, and what flows into it.
  const odd = fc.constantFrom<Value>('odd', null, { a: 1 }, { a: 'x', b: [2] });
  const lines = fc.constantFrom<Value>('1 a', '2 b', ' c', '', '{"a":', '1}', '[', '2]', '3');
  const programs = {
    'json | head(5)': pairs,
    'json | alert(_[1] > 1, for: 20ms, every: 30ms)': pairs,
    'json | alert(_[1] > 0, by: _[0], keep: 20ms)': pairs,
    'json | sample(n: 3)': pairs,
    'json | schema(changes: true)': fc.oneof(pairs, odd),
    'json | groupBy(_[0], {n: sum(_[1]), p: share(n), l: lag(n, 20ms), z: spike(n, among: 8)})': fc.tuple(
      keys,
      fc.nat(),
    ),
    'json | schema': fc.oneof(pairs, odd),
    'json | pivot(_[0], _[1], {n: count(), last: last(_)})': pairs,
    'json | last(2)': pairs,
    'json | take(2)': pairs,
    'multiline(start: /^\\d/, flush: 20ms)': lines,
    'multiline(end: /[ab}]$/)': lines,
    json: lines,
  };

  test.each(Object.entries(programs))('of the last stage of %s', (program, records) => {
    const { nodes } = compileProgram(program, { words, expressions, interval: 10 });
    const stage = nodes.findLast((node) => node.kind === 'stage')!;
    isInvisible(
      fc.record({ stateMax }),
      () => (run, down) => {
        const { behaviour } = stage.definition;
        if (behaviour.kind === 'step') return behaviour.create(stage.arguments, run, down);
        if (behaviour.kind === 'group') return new GroupStep(behaviour.create(stage.arguments), run, down);
        throw new Error(`nothing is known of steps of the kind ${behaviour.kind}`);
      },
      happenings(records),
      ({ stateMax: most }) => ({ stateMax: most }),
    );
  });
});
