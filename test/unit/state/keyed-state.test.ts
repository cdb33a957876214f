import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equal } from '../../../src/base/compare.ts';
import type { Value } from '../../../src/base/value.ts';
import { openState } from '../../../src/flow/state/keyed-state.ts';
import { estimatedBytes } from '../../../src/flow/state/memory-bound.ts';
import { TestRun } from '../windows/harness.ts';

const open = (run = new TestRun()) => openState(run, 'some stage', 'do something');

const pairsOf = (state: ReturnType<typeof open>) => Array.from(state.entries(), ({ key, value }) => [key, value]);

describe('keyed state', () => {
  test('tells keys apart by content, and 2 is 2n', () => {
    const state = open();
    state.put({ a: 1, b: [null] }, 'object');
    state.put(null, 'null');
    state.put('null', 'text');
    state.put(2, 'number');
    expect(state.get({ b: [null], a: 1 })).toBe('object');
    expect(state.get(null)).toBe('null');
    expect(state.get('null')).toBe('text');
    expect(state.get(2n)).toBe('number');
    expect(state.get('2')).toBeUndefined();
    expect(state.size).toBe(4);
  });

  test('keeps a key in its place until it is forgotten', () => {
    const state = open();
    for (const key of ['a', 'b', 'c']) state.put(key, 1);
    state.put('a', 2);
    state.forget('b');
    state.forget('x');
    state.put('b', 3);
    expect(pairsOf(state)).toEqual([
      ['a', 2],
      ['c', 1],
      ['b', 3],
    ]);
  });

  test('does what a list of pairs does, and comes back from a snapshot', () => {
    const key = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom<Value>('0', null, [1], { a: 1 }, 2n ** 60n));
    const act = fc.record({
      key,
      value: fc.option(fc.anything({ maxDepth: 1, withBigInt: false }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const state = open();
        let model: [Value, Value][] = [];
        for (const { key, value } of acts) {
          const plain = value === undefined ? undefined : (JSON.stringify(value) ?? 'none');
          const known = model.find(([k]) => equal(k, key));
          if (plain === undefined) {
            state.forget(key);
            model = model.filter((pair) => pair !== known);
          } else {
            state.put(key, plain);
            if (known === undefined) model.push([key, plain]);
            else known[1] = plain;
          }
        }
        expect(pairsOf(state)).toEqual(model);
        const again = open();
        again.put('gone', 1);
        again.restore(state.snapshot());
        expect(pairsOf(again)).toEqual(model);
      }),
    );
  });

  test('ends the run once, when it holds more than it may', () => {
    const run = new TestRun();
    run.stateMax = 10_000;
    const state = open(run);
    for (let i = 0; i < 20; i++) state.put(i, 'x'.repeat(50));
    expect(run.failures).toEqual([]);
    for (let i = 0; i < 200; i++) state.put(i, 'x'.repeat(50));
    expect(run.failures.map(({ code, exit, message, help }) => [code, exit, message, help])).toEqual([
      [
        'state-max',
        1,
        'some stage would hold more than 9.8kb in memory (estimated)',
        'allow more with --state-max 19.5kb, or do something',
      ],
    ]);
  });

  test('counts what is forgotten or replaced no longer', () => {
    const run = new TestRun();
    run.stateMax = 10_000;
    const state = open(run);
    for (let i = 0; i < 1000; i++) {
      state.put(i, 'x'.repeat(1000));
      state.put(i, 'y'.repeat(2000));
      state.forget(i);
    }
    for (let i = 0; i < 1000; i++) state.put('same', 'x'.repeat(i));
    expect(run.failures).toEqual([]);
  });
});

describe('the estimate of sizes', () => {
  test('grows with what is in a value', () => {
    expect(estimatedBytes('x'.repeat(1000))).toBeGreaterThanOrEqual(2000);
    expect(estimatedBytes(['a', 'b'])).toBeGreaterThan(estimatedBytes('a') + estimatedBytes('b'));
    expect(estimatedBytes({ a: 'xxxx' })).toBeGreaterThan(estimatedBytes('xxxx'));
  });

  test('of a long list is that of its first part, many times', () => {
    const long = Array.from({ length: 1_000_000 }, () => 'abcd');
    const one = 8 + estimatedBytes('abcd');
    expect(estimatedBytes(long) / (1_000_000 * one)).toBeCloseTo(1, 2);
    const lists = Array.from({ length: 10_000 }, () => ['abcd', 'abcd']);
    expect(estimatedBytes(lists) / (10_000 * (8 + estimatedBytes(['abcd', 'abcd'])))).toBeCloseTo(1, 1);
  });

  test('of a deep value ends', () => {
    let deep: Value = null;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(estimatedBytes(deep)).toBeGreaterThan(1000);
  });
});
