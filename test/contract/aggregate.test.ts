/** The laws of flow/define/grouping.ts, over every aggregate of the catalog and every stage that groups. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toJson } from '../../src/base/json.ts';
import { BadRecord } from '../../src/base/problem.ts';
import { NUMBER } from '../../src/base/type.ts';
import { field, isFields, isList, type Value } from '../../src/base/value.ts';
import { aggregates as columnWords, stages } from '../../src/flow/catalog.ts';
import type { AggregateDefinition } from '../../src/flow/define/aggregate.ts';
import { opaque } from '../../src/flow/define/compiled.ts';
import type { Aggregate, Grouping, ReadingAggregate } from '../../src/flow/define/grouping.ts';
import type { Key } from '../../src/flow/define/named-fields.ts';
import type { Column } from '../../src/flow/define/parameters.ts';
import type { Span } from '../../src/flow/define/span.ts';
import type { StageDefinition } from '../../src/flow/define/stage.ts';
import { columnsOf, SlidingGroup } from '../../src/flow/windows/sliding/sliding-group.ts';
import { TestRun } from '../unit/windows/harness.ts';

const aggregates = [...columnWords].filter((word) => word.kind === 'aggregate');

const SPAN: Span = { time: 3000, start: 1000, end: 3000, partial: false };

/** One thing that the laws are held against: partials, what comes out of them, and records for them, some of them bad. */
interface Subject {
  readonly name: string;
  readonly aggregate: Aggregate;
  readonly out: (state: unknown, span?: Span) => readonly Value[];
  readonly records: fc.Arbitrary<Value>;
}

const numbers = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0.1, -0.1, 1e300, -1e300, 1.7e308, -1.7e308, 2 ** 53, -(2 ** 53), 1e-300, 5e-324),
);
const values: fc.Arbitrary<Value> = fc.oneof(
  { weight: 8, arbitrary: numbers },
  { weight: 1, arbitrary: fc.constantFrom<Value>(null, 2n ** 53n + 1n, 2n ** 60n, -(2n ** 70n), 10n ** 400n) },
  { weight: 1, arbitrary: fc.constantFrom<Value>('a', 'b', true, ['a', 1], { a: 1, b: 2 }, { b: 2, a: 1 }) },
);
const objects: fc.Arbitrary<Value> = values.map((v) => ({ v }));

const ofV = (record: Value) => field(record, 'v');

/** What the parameters of a word ask for: the field v, a share, a small number. @param all whether those that may be left out are given. */
function argumentsOf(word: AggregateDefinition | StageDefinition, all = true): object {
  const args = Object.entries(word.parameters).map(([name, { accepts, required, fallback }]) => {
    if (!required && !all) return [name, fallback];
    if (accepts.kind === 'lambda') return [name, opaque(ofV)];
    if (accepts.kind === 'number') return [name, accepts.whole ? 3 : 0.7];
    if (accepts.kind === 'constant') return [name, [-1, 0, 1e3]];
    throw new Error(`${word.name} has a parameter that this suite has no argument for: ${name}`);
  });
  return Object.fromEntries(args);
}

const create = (definition: AggregateDefinition, all = true): ReadingAggregate =>
  definition.create(argumentsOf(definition, all) as never);

const catalogSubjects: Subject[] = aggregates.flatMap((definition) => {
  const { name, parameters } = definition;
  const subject = (as: string, aggregate: ReadingAggregate): Subject => ({
    name: as,
    aggregate,
    out: (state, span = SPAN) => [aggregate.result(state, span)],
    records: objects,
  });
  const may = Object.keys(parameters).filter((parameter) => !parameters[parameter]!.required);
  const least = subject(name, create(definition, false));
  return may.length === 0 ? [least] : [least, subject(`${name} of ${may.join()}`, create(definition))];
});

const named: Column[] = aggregates.map((definition) => ({
  name: definition.name,
  type: NUMBER,
  value: { kind: 'aggregate', word: definition, arguments: {}, aggregate: create(definition), text: definition.name },
}));
const byParity: Key = { of: opaque(() => 'odd'), columns: [{ name: 'parity', type: NUMBER }], isObject: false };
const text = (value: Value) => {
  if (typeof value !== 'string') throw new BadRecord('not a text');
  return value;
};
const append = (a: Value, b: Value) => text(a) + text(b);
const texts: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<Value>(1, null) },
);
// A function that refuses some values is not associative where their own first value is taken as it is.
const goodTexts: fc.Arbitrary<Value> = fc.string({ maxLength: 3 });
const listed = (value: Value) => [text(value)];
const joined = (a: Value, b: Value) => [...(a as Value[]), ...(b as Value[])];
const added = (a: Value, b: Value) => [...(a as Value[]), text(b)];
const pairs = (of: fc.Arbitrary<Value>): fc.Arbitrary<Value> => of.map((value) => ['k', value]);

/** The arguments of stages that group, and records that all belong to one group, where those of aggregates do not fit. */
const GROUPS: { readonly [name: string]: { readonly args?: object; readonly records?: fc.Arbitrary<Value> } } = {
  count: {},
  countByValue: { records: fc.constant('x') },
  countBy: { args: { f: { of: opaque(() => 1) } } },
  countByKey: { records: pairs(values) },
  reduce: { args: { f: opaque(append) }, records: goodTexts },
  reduceByKey: { args: { f: opaque(append) }, records: pairs(goodTexts) },
  groupByKey: { records: pairs(values) },
  aggregateByKey: { args: { zero: '', add: opaque(append), merge: opaque(append) }, records: pairs(texts) },
  combineByKey: { args: { create: opaque(listed), add: opaque(added), merge: opaque(joined) }, records: pairs(texts) },
  groupBy: { args: { key: byParity, columns: named }, records: objects },
  aggregate: { args: { columns: named }, records: objects },
  pivot: { args: { rows: byParity, columns: opaque(ofV), cells: named }, records: objects },
  schema: {
    records: fc.oneof(
      values,
      fc.record({ a: values, b: fc.array(objects, { maxLength: 3 }), c: objects }, { requiredKeys: [] }),
    ),
  },
  distinct: { records: fc.constant('x') },
  sort: {},
  sortBy: { args: { f: opaque(ofV), desc: true }, records: objects },
  top: { args: { n: 3 }, records: fc.oneof(values, fc.tuple(fc.constantFrom('a', 'b'), values)) },
};

const stageSubjects: Subject[] = [...stages].flatMap((definition) => {
  const { name, behaviour } = definition;
  if (behaviour.kind !== 'group') return [];
  const settings = GROUPS[name] ?? { args: argumentsOf(definition), records: objects };
  const grouping: Grouping = behaviour.create((settings.args ?? {}) as never);
  const out = (state: unknown, span = SPAN) => {
    const records: Value[] = [];
    grouping.emit('k', state, span, (record) => records.push(record));
    return records;
  };
  return [{ name: `${name} (stage)`, aggregate: grouping.aggregate, out, records: settings.records ?? values }];
});

/** The partial of records, without the bad ones. */
function partial({ aggregate }: Subject, records: readonly Value[], from = aggregate.zero()): unknown {
  let state = from;
  for (const record of records) {
    try {
      state = aggregate.add(state, record);
    } catch (problem) {
      if (!(problem instanceof BadRecord)) throw problem;
    }
  }
  return state;
}

/** Exact to the bit: JSON has all digits of numbers. */
function shown(subject: Subject, state: unknown, span = SPAN): string[] {
  return subject.out(state, span).map(toJson);
}

function putsMany(aggregate: Aggregate): boolean {
  return (aggregate as ReadingAggregate).faster?.putMany !== undefined;
}

/** A composite is taken apart, so that its parts alone subtract. */
function subtracts(aggregate: Aggregate): boolean {
  return aggregate.subtract !== undefined;
}

function isValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (isList(value as Value)) return (value as unknown[]).every(isValue);
  if (isFields(value as Value)) return Object.values(value as object).every(isValue);
  return value === null || ['string', 'boolean', 'bigint'].includes(typeof value);
}

const RUNS = { numRuns: 60 };
const subjects = [...catalogSubjects, ...stageSubjects];

test('the suite has aggregates and stages to hold against', () => {
  expect(catalogSubjects.length).toBeGreaterThan(15);
  const names = stageSubjects.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(GROUPS).map((name) => `${name} (stage)`)));
});

describe.each(subjects)('$name', (subject) => {
  const { aggregate } = subject;
  // More than sketches keep one by one, now and then.
  const sequence = fc.oneof(
    { weight: 5, arbitrary: fc.array(subject.records, { maxLength: 12 }) },
    { weight: 1, arbitrary: fc.array(subject.records, { minLength: 65, maxLength: 150 }) },
  );

  test('any cut into runs, merged in any grouping, gives what adding all gives', () => {
    fc.assert(
      fc.property(fc.array(sequence, { maxLength: 6 }), fc.array(fc.nat(), { minLength: 8 }), (runs, picks) => {
        const states = runs.map((run) => partial(subject, run));
        for (let i = 0; states.length > 1; i++) {
          const at = picks[i % picks.length]! % (states.length - 1);
          states.splice(at, 2, aggregate.merge(states[at], states[at + 1]));
        }
        const merged = states.length === 0 ? aggregate.zero() : states[0];
        expect(shown(subject, merged)).toEqual(shown(subject, partial(subject, runs.flat())));
      }),
      RUNS,
    );
  });

  test('merging with nothing changes nothing', () => {
    fc.assert(
      fc.property(sequence, (records) => {
        const expected = shown(subject, partial(subject, records));
        const behind = aggregate.merge(aggregate.zero(), partial(subject, records));
        expect(shown(subject, behind)).toEqual(expected);
        expect(shown(subject, aggregate.merge(partial(subject, records), aggregate.zero()))).toEqual(expected);
      }),
      RUNS,
    );
  });

  test('what is merged into another stays as it is, also when the other goes on', () => {
    fc.assert(
      fc.property(sequence, sequence, sequence, (first, second, third) => {
        const from = partial(subject, second);
        const before = structuredClone(from);
        let into = aggregate.merge(partial(subject, first), from);
        into = partial(subject, third, into);
        aggregate.merge(into, partial(subject, first));
        expect(from).toStrictEqual(before);
      }),
      RUNS,
    );
  });

  test('a bad record leaves no trace', () => {
    fc.assert(
      fc.property(sequence, subject.records, (records, record) => {
        const state = partial(subject, records);
        const before = structuredClone(state);
        try {
          aggregate.add(state, record);
        } catch (problem) {
          if (!(problem instanceof BadRecord)) throw problem;
          expect(state).toStrictEqual(before);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a partial is plain data: its copy goes on the same', () => {
    fc.assert(
      fc.property(sequence, sequence, (first, second) => {
        const copy = structuredClone(partial(subject, first));
        expect(shown(subject, partial(subject, second, copy))).toEqual(
          shown(subject, partial(subject, [...first, ...second])),
        );
      }),
      RUNS,
    );
  });

  test('giving a result changes nothing, and a result stays as it was given', () => {
    fc.assert(
      fc.property(sequence, sequence, (first, second) => {
        const state = partial(subject, first);
        const before = structuredClone(state);
        const results = subject.out(state);
        const given = results.map(toJson);
        expect(state).toStrictEqual(before);
        partial(subject, second, state);
        expect(results.map(toJson)).toEqual(given);
      }),
      RUNS,
    );
  });

  test('the panes of a window that slides give what adding all of their records gives, whatever came and went before', () => {
    const pane = fc.oneof(
      { weight: 6, arbitrary: fc.array(subject.records, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.array(subject.records, { minLength: 30, maxLength: 70 }) },
    );
    // Whether a pane comes, or the oldest goes; and whether the whole is looked at then.
    const moves = fc.array(fc.tuple(fc.boolean(), fc.boolean(), pane), { maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(moves, (sequence) => {
        const group = new SlidingGroup('k', 'k', columnsOf(aggregate, new TestRun()));
        const panes: Value[][] = [];
        for (const [i, [comes, isLookedAt, records]] of sequence.entries()) {
          if (comes || panes.length === 0) {
            group.enter(i, partial(subject, records));
            panes.push(records);
          } else {
            group.leave();
            panes.shift();
          }
          expect(group.isEmpty).toBe(panes.length === 0);
          if (!isLookedAt || panes.length === 0) continue;
          expect(shown(subject, group.all())).toEqual(shown(subject, partial(subject, panes.flat())));
        }
      }),
      RUNS,
    );
  });

  test('taking out the oldest partial leaves what there would be without it', { skip: !subtracts(aggregate) }, () => {
    fc.assert(
      fc.property(sequence, sequence, sequence, (first, second, third) => {
        const oldest = partial(subject, first);
        const before = structuredClone(oldest);
        let all = aggregate.merge(aggregate.merge(aggregate.zero(), oldest), partial(subject, second));
        all = aggregate.subtract!(all, oldest);
        expect(oldest).toStrictEqual(before);
        if (all === undefined) return;
        expect(shown(subject, all)).toEqual(shown(subject, partial(subject, second)));
        all = aggregate.merge(all, partial(subject, third));
        expect(shown(subject, all)).toEqual(shown(subject, partial(subject, [...second, ...third])));
      }),
      RUNS,
    );
  });

  test('putting many numbers at once is putting them one by one', { skip: !putsMany(aggregate) }, () => {
    const { reads, putMany } = (aggregate as ReadingAggregate).faster!;
    const run = fc.array(numbers, { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(run, fc.array(run, { maxLength: 3 }), (first, runs) => {
        const { put, zero } = aggregate as ReadingAggregate;
        let [one, many] = [zero(), zero()];
        const ofConditions = reads !== 'nothing' && reads.as === 'truth';
        const single = (x: number) => {
          one = put(one, reads === 'nothing' ? null : ofConditions ? x > 0 : x);
        };
        for (const all of [first, ...runs]) {
          all.forEach(single);
          // More than it is told of may lie behind them.
          const size = ofConditions ? all.filter((x) => x > 0).length : all.length;
          many = putMany!(many, Float64Array.from([...all, Number.NaN]), size);
          expect(shown(subject, many)).toEqual(shown(subject, one));
        }
      }),
      RUNS,
    );
  });

  test('a result depends on the span only where the aggregate says so', () => {
    const state = partial(
      subject,
      fc.sample(sequence, { numRuns: 1, seed: 1 })[0]!.concat(fc.sample(subject.records, 5)),
    );
    const later: Span = { time: 90_000, start: 50_000, end: 90_000, partial: true };
    const isOther = shown(subject, state).join() !== shown(subject, state, later).join();
    expect(isOther).toBe(aggregate.usesSpan === true);
  });

  test('neither undefined nor NaN nor Infinity comes out', () => {
    fc.assert(
      fc.property(sequence, (records) => {
        for (const result of subject.out(partial(subject, records))) expect(result).toSatisfy(isValue);
      }),
      RUNS,
    );
  });
});

describe('an aggregate of the catalog', () => {
  const ofNothing: { readonly [name: string]: Value } = {
    count: 0,
    'count of condition': 0,
    sum: 0,
    distinct: 0,
    approxDistinct: 0,
    rate: 0,
    list: [],
    set: [],
    top: [],
    'first of n': [],
    'last of n': [],
    valueCounts: [],
    histogram: [],
    'histogram of bins': [
      { from: null, to: -1, count: 0 },
      { from: -1, to: 0, count: 0 },
      { from: 0, to: 1000, count: 0 },
      { from: 1000, to: null, count: 0 },
    ],
  };

  test.each(catalogSubjects)('$name of nothing is 0 for counts and sums, empty for lists, else null', (subject) => {
    expect(subject.out(subject.aggregate.zero())).toEqual([ofNothing[subject.name] ?? null]);
  });

  test.each(catalogSubjects)('$name passes over nulls unless it takes every record', (subject) => {
    const ofSome = { 'first of n': [null, 1, null], 'last of n': [null, 1, null] };
    const everyRecord = { count: 3, first: null, last: null, list: [null, 1, null], rate: 1.5, ...ofSome };
    const state = partial(subject, [{ v: null }, { v: 1 }, {}]);
    const expected = Object.hasOwn(everyRecord, subject.name)
      ? [everyRecord[subject.name as keyof typeof everyRecord]]
      : subject.out(partial(subject, [{ v: 1 }]));
    expect(subject.out(state)).toEqual(expected);
  });

  test.each(['sum', 'avg', 'stddev', 'quantile', 'exactQuantile', 'p50', 'p99'])(
    '%s names what is no number',
    (name) => {
      const { aggregate } = catalogSubjects.find((subject) => subject.name === name)!;
      const refused = {
        reason: `${name} needs numbers and was given a string`,
        detail: '"12"; number(…) makes it one',
      };
      expect(() => aggregate.add(aggregate.zero(), { v: '12' })).toThrow(expect.objectContaining(refused));
    },
  );
});
