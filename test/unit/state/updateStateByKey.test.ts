import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import { type Lambda, opaque } from '../../../src/flow/define/compiled.ts';
import { updateStateByKey, updatingState } from '../../../src/flow/stages/updateStateByKey.ts';
import { StateRun } from './harness.ts';

const updating = (f: Lambda, initial: readonly Value[] = []) =>
  new StateRun((run, down) => updatingState({ f: opaque(f), initial }, run, down));

/** Adds the values; a key is forgotten when its sum is 0 or it had no value in a batch where it was odd. */
const sum: Lambda = (values, state) => {
  const numbers = values as readonly number[];
  if (numbers.includes(13)) throw new BadRecord('13 is bad');
  if (numbers.length === 0 && (state as number) % 2 !== 0) return null;
  const total = numbers.reduce((a, b) => a + b, (state as number | null) ?? 0);
  return total === 0 ? null : total;
};

describe('updateStateByKey', () => {
  test('calls the function for keys without new values too, and gives out all of them every batch', () => {
    const calls: Value[] = [];
    const state = updating((values, old) => {
      calls.push([values, old]);
      return ((old as number | null) ?? 0) + (values as readonly Value[]).length;
    });
    state.batch(['a', 1], ['b', 2], ['a', 3]).batch().batch(['c', 4], ['b', 5]);
    expect(state.out).toEqual([
      [
        ['a', 2],
        ['b', 1],
      ],
      [
        ['a', 2],
        ['b', 1],
      ],
      [
        ['a', 2],
        ['b', 2],
        ['c', 1],
      ],
    ]);
    expect(calls).toEqual([
      [[1, 3], null],
      [[2], null],
      [[], 2],
      [[], 1],
      [[], 2],
      [[5], 1],
      [[4], null],
    ]);
  });

  test('forgets a key for null, which is new when it comes again', () => {
    const state = updating((values, old) => ((values as readonly Value[]).length === 0 ? null : [old]));
    state.batch(['a', 1], ['b', 1]).batch(['b', 1]).batch(['a', 1]).batch();
    expect(state.out).toEqual([
      [
        ['a', [null]],
        ['b', [null]],
      ],
      [['b', [[null]]]],
      [['a', [null]]],
      [],
    ]);
  });

  test('keeps the old state where the function fails, and counts the call as bad', () => {
    const state = updating(sum).batch(['a', 2], ['b', 4]).batch(['a', 13], ['b', 1], ['c', 13]).batch();
    expect(state.out.slice(1)).toEqual([
      [
        ['a', 2],
        ['b', 5],
      ],
      [['a', 2]],
    ]);
    expect(state.run.bads).toEqual(['13 is bad', '13 is bad']);
  });

  test('takes nothing but pairs', () => {
    const state = updating(sum).batch('a', ['a'], ['a', 1, 2], null, ['a', 1]);
    expect(state.out).toEqual([[['a', 1]]]);
    expect(state.run.bads).toEqual(Array(4).fill('not a pair [key, value]'));
  });

  test('begins with what it is given, before the keys of the first batch', () => {
    const state = updating(sum, [
      ['a', 2],
      ['z', 4],
      ['none', null],
    ]).batch(['b', 1], ['z', 2]);
    expect(state.out).toEqual([
      [
        ['a', 2],
        ['z', 6],
        ['b', 1],
      ],
    ]);
  });

  test('refuses initial states that are no pairs', () => {
    const { check } = updateStateByKey.parameters.initial!;
    expect(check?.([['a', 1], 'b'])).toBe('pairs [key, state] are needed, found "b"');
    expect(check?.([['a', 1]])).toBeUndefined();
  });

  test('ends the run where one batch alone is too much to hold', () => {
    const state = updating(() => 1);
    state.run.stateMax = 10_000;
    for (let i = 0; i < 10; i++) state.batch(['a', 'x'.repeat(3000)]);
    expect(state.run.failures).toEqual([]);
    state.batch(['a', 'x'.repeat(3000)], ['a', 'x'.repeat(3000)]);
    expect(state.run.failures.map(({ code }) => code)).toEqual(['state-max']);
  });
});

const batchesOfPairs = fc.array(
  fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.integer({ min: -2, max: 3 }), fc.constant(13))), {
    maxLength: 5,
  }),
  { maxLength: 8 },
);

/** What the documentation says, with lists of pairs. */
function reference(batches: readonly (readonly (readonly [string, number])[])[]): Value[][] {
  let states: [string, Value][] = [];
  return batches.map((batch) => {
    const keys = [...new Set([...states.map(([key]) => key), ...batch.map(([key]) => key)])];
    states = keys.flatMap((key): [string, Value][] => {
      const old = states.find(([k]) => k === key)?.[1] ?? null;
      const values = batch.filter(([k]) => k === key).map(([, value]) => value);
      const next = values.includes(13) ? old : sum(values, old);
      return next === null ? [] : [[key, next]];
    });
    return states.map(([key, state]) => [key, state]);
  });
}

test('updateStateByKey is the reference loop', () => {
  fc.assert(
    fc.property(batchesOfPairs, (batches) => {
      const state = updating(sum);
      for (const batch of batches) state.batch(...batch);
      expect(state.out).toEqual(reference(batches));
    }),
  );
});
