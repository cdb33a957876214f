import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { approxDistinct } from '../../../src/flow/aggregates/approxDistinct.ts';
import { max } from '../../../src/flow/aggregates/max.ts';
import { p99 } from '../../../src/flow/aggregates/percentiles.ts';
import { rate } from '../../../src/flow/aggregates/rate.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Aggregate, Grouping, ReadingAggregate } from '../../../src/flow/define/grouping.ts';
import { composite } from '../../../src/flow/groups/composite.ts';
import { PaneQueue } from '../../../src/flow/windows/sliding/pane-queue.ts';
import { columnsOf, SlidingGroup } from '../../../src/flow/windows/sliding/sliding-group.ts';
import { TwoStacks } from '../../../src/flow/windows/sliding/two-stacks.ts';
import { windowedGroups } from '../../../src/flow/windows/windowed-groups.ts';
import { Recorder, TestRun } from './harness.ts';

const itself = (record: Value) => record;
const span = { time: 0, start: 0, end: 0, partial: false };

describe('the queue of panes', () => {
  it('gives its rows in order while it grows, turns round and shrinks', () => {
    const queue = new PaneQueue(2);
    const model: number[] = [];
    let next = 0;
    for (const [pushes, shifts] of [
      [5, 3],
      [20, 1],
      [0, 19],
      [40, 30],
      [3, 14],
      [9, 9],
    ] as const) {
      for (let i = 0; i < pushes; i++) {
        queue.push(next);
        queue.set(queue.length - 1, 0, `a${next}`);
        queue.set(queue.length - 1, 1, `b${next}`);
        model.push(next++);
      }
      for (let i = 0; i < shifts; i++) {
        queue.shift();
        model.shift();
      }
      const rows = model.map((_, row) => [queue.get(row, 0), queue.get(row, 1)]);
      expect(rows).toEqual(model.map((order) => [`a${order}`, `b${order}`]));
      if (model.length > 0) expect(queue.order).toBe(model[0]);
    }
  });
});

describe('two stacks', () => {
  it('keep few merges of the panes in front, and not one for each', () => {
    const run = new TestRun();
    const queue = new PaneQueue(1);
    const joined: Aggregate<string> = {
      zero: () => '',
      add: (state, record) => state + record,
      merge: (into, from) => into + from,
      result: itself as Aggregate<string>['result'],
    };
    const stacks = new TwoStacks(queue, { aggregate: joined, run, column: 0 }, 'k');
    const kept = () => (stacks as unknown as { readonly suffixes: readonly unknown[] }).suffixes.length;
    const enter = (i: number) => {
      queue.push(i);
      queue.set(queue.length - 1, 0, `${i},`);
      stacks.entered();
    };
    for (let i = 0; i < 250; i++) enter(i);
    let most = 0;
    for (let i = 250; i < 1000; i++) {
      stacks.leaving();
      queue.shift();
      enter(i);
      const expected = Array.from({ length: 250 }, (_, at) => `${i - 249 + at},`);
      expect(stacks.all()).toBe(expected.join(''));
      most = Math.max(most, kept());
    }
    expect(most).toBeGreaterThan(5);
    expect(most).toBeLessThanOrEqual(20);
  });

  it('count thousands of different values like one counter of all', () => {
    const aggregate = approxDistinct.create({ f: opaque(itself) } as never);
    const panes = Array.from({ length: 120 }, (_, pane) =>
      Array.from({ length: 40 }, (_, i) => `user-${(pane * 31 + i) % 3000}`),
    );
    const stateOf = (records: readonly Value[]) => records.reduce<unknown>(aggregate.add, aggregate.zero());
    const group = new SlidingGroup('k', 'k', columnsOf(aggregate, new TestRun()));
    for (const [i, records] of panes.entries()) {
      group.enter(i, stateOf(records));
      if (i >= 60) group.leave();
      const here = panes.slice(Math.max(0, i - 59), i + 1).flat();
      expect(aggregate.result(group.all(), span)).toBe(aggregate.result(stateOf(here), span));
    }
  });
});

/** An aggregate that counts how often it merges and gives results. */
function watched(aggregate: ReadingAggregate) {
  const calls = { merges: 0, subtractions: 0, results: 0 };
  const { subtract } = aggregate;
  const counted: ReadingAggregate = {
    ...aggregate,
    merge(into, from) {
      calls.merges++;
      return aggregate.merge(into, from);
    },
    result(state, at) {
      calls.results++;
      return aggregate.result(state, at);
    },
  };
  if (subtract === undefined) return { calls, aggregate: counted };
  const subtracting = (state: unknown, oldest: unknown) => {
    calls.subtractions++;
    return subtract(state, oldest);
  };
  return { calls, aggregate: { ...counted, subtract: subtracting } };
}

const second = opaque((record) => (record as readonly Value[])[1]!);

function keyed(...aggregates: readonly ReadingAggregate[]): Grouping {
  const word = { name: 'any', parameters: {} };
  const held = (aggregate: ReadingAggregate) =>
    ({ kind: 'aggregate', word, arguments: {}, aggregate, text: 'any' }) as const;
  const all = composite(aggregates.map((aggregate, i) => ({ name: `a${i}`, value: held(aggregate) })));
  return {
    key: opaque((record) => (record as readonly Value[])[0]!),
    aggregate: all as Aggregate,
    emit: (key, state, at, out) => out([key, all.result(state as unknown[], at)]),
  };
}

describe('aggregates beside each other', () => {
  it('slide each in its own way', () => {
    const sketch = watched(p99.create({ f: second } as never));
    const greatest = watched(max.create({ f: second } as never));
    const run = new TestRun();
    const down = new Recorder();
    const grouping = keyed(sketch.aggregate, greatest.aggregate);
    const step = windowedGroups({ kind: 'batches', length: 100, slide: 1 }, grouping, run, down);
    const records = (tick: number) => [0, 1, 2].map((i): Value => ['k', (tick * 7 + i * 13) % 101]);
    for (let tick = 1; tick <= 100; tick++) run.batch(step, tick, records(tick));
    Object.assign(sketch.calls, { merges: 0, subtractions: 0 });
    for (let tick = 101; tick <= 300; tick++) run.batch(step, tick, records(tick));
    expect(sketch.calls).toMatchObject({ merges: 200, subtractions: 200 });
    expect(greatest.calls.merges).toBeGreaterThan(600);
  });
});

describe('a group that no pane came to or left', () => {
  const give = (aggregate: ReadingAggregate) => {
    const { calls, aggregate: counted } = watched(aggregate);
    const run = new TestRun();
    const down = new Recorder();
    const step = windowedGroups({ kind: 'batches', length: 10, slide: 1 }, keyed(counted), run, down);
    run.batch(step, 1, [['a', 1]]);
    run.batch(step, 2, [['b', 2]]);
    run.batch(step, 3, []);
    expect(down.emissions.map(({ records }) => records.length)).toEqual([1, 2, 2]);
    return calls.results;
  };

  it('gives again what it gave', () => {
    expect(give(max.create({ f: second } as never))).toBe(2);
  });

  it('is worked out anew where the result depends on the span', () => {
    expect(give(rate.create({} as never))).toBe(5);
  });
});
