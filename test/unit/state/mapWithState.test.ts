import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import { type Lambda, opaque } from '../../../src/flow/define/compiled.ts';
import { mappingWithState } from '../../../src/flow/stages/mapWithState.ts';
import { INTERVAL, StateRun } from './harness.ts';

interface Options {
  readonly timeout?: number;
  readonly initial?: readonly Value[];
  readonly snapshots?: boolean;
}

function mapping(f: Lambda, { timeout, initial = [], snapshots = false }: Options = {}): StateRun {
  return new StateRun((run, down) => mappingWithState({ f: opaque(f), timeout, initial, snapshots }, run, down));
}

/** The running sum of a key; 0 forgets it, 13 fails, even sums give nothing. */
const sum: Lambda = (key, value, state, timedOut) => {
  if (timedOut === true) return ['kept?', [key!, 'out', state!]];
  if (value === 13) throw new BadRecord('13 is bad');
  const total = ((state as number | null) ?? 0) + (value as number);
  return [total === 0 ? null : total, total % 2 === 0 ? null : [key!, total]];
};

describe('mapWithState', () => {
  test('calls the function for each record in order, and gives nothing for null', () => {
    const state = mapping(sum).batch(['a', 1], ['b', 5], ['a', 1], ['a', 1]).batch().batch(['b', 2]);
    expect(state.out).toEqual([
      [
        ['a', 1],
        ['b', 5],
        ['a', 3],
      ],
      [],
      [['b', 7]],
    ]);
  });

  test('gives outputs as records come, before the batch closes', () => {
    const given: Value[] = [];
    const { step } = new StateRun((run) =>
      mappingWithState({ f: opaque(sum), timeout: undefined, initial: [], snapshots: false }, run, {
        push: (record) => given.push(record),
        close() {},
        advance() {},
        finish() {},
      }),
    );
    step.push(['a', 1]);
    expect(given).toEqual([['a', 1]]);
  });

  test('forgets a key for a null state', () => {
    const seen: Value[] = [];
    const state = mapping((_key, value, old) => {
      seen.push(old!);
      return [value === 0 ? null : value!, null];
    });
    state.batch(['a', 1], ['a', 0], ['a', 2]).batch(['a', 3]);
    expect(seen).toEqual([null, 1, null, 2]);
  });

  test('a failing call is a bad record and leaves the state alone', () => {
    const state = mapping(sum).batch(['a', 1], ['a', 13], 'a', ['a', 2]);
    expect(state.out).toEqual([
      [
        ['a', 1],
        ['a', 3],
      ],
    ]);
    expect(state.run.bads).toEqual(['13 is bad', 'not a pair [key, value]']);
  });

  test('a function that gives no [new state, output] makes bad records', () => {
    const state = mapping((_key, value) => value!).batch(['a', null], ['a', [1]], ['a', 'xy'], ['a', [1, 2]]);
    expect(state.out).toEqual([[2]]);
    expect(state.run.bads).toEqual(Array(3).fill('mapWithState needs [new state, output]'));
  });

  test('times out a key that was idle for longer than the timeout, not for exactly so long', () => {
    const state = mapping(sum, { timeout: 2 * INTERVAL });
    state.batch(['a', 1]).batch().batch().batch().batch();
    expect(state.out).toEqual([[['a', 1]], [], [], [['a', 'out', 1]], []]);
  });

  test('a record puts off the timeout, also one that gives nothing, but not a bad one', () => {
    const state = mapping(sum, { timeout: INTERVAL }).batch(['a', 1], ['b', 1]).batch(['a', 1], ['b', 13]).batch();
    expect(state.out).toEqual([
      [
        ['a', 1],
        ['b', 1],
      ],
      [],
      [['b', 'out', 1]],
    ]);
  });

  test('what has timed out is forgotten, whatever the function gives or throws', () => {
    const state = mapping(
      (key, _value, old, timedOut) => {
        if (timedOut === true && key === 'bad') throw new BadRecord('no');
        return ['state', [key!, old!, timedOut!]];
      },
      { timeout: 1 },
    );
    state.batch(['a', 1], ['bad', 1]).batch().batch(['a', 1], ['bad', 1]);
    expect(state.out).toEqual([
      [
        ['a', null, false],
        ['bad', null, false],
      ],
      [['a', 'state', true]],
      [
        ['a', null, false],
        ['bad', null, false],
      ],
    ]);
    expect(state.run.bads).toEqual(['no']);
  });

  test('the longest idle come out first', () => {
    const state = mapping(sum, { timeout: INTERVAL });
    state.batch(['a', 1], ['b', 1]).batch(['c', 1], ['a', 2], ['c', 2]).batch();
    state.run.tick += 5 * INTERVAL;
    state.batch();
    expect(state.out.slice(2)).toEqual([
      [['b', 'out', 1]],
      [
        ['c', 'out', 3],
        ['a', 'out', 3],
      ],
    ]);
  });

  test('initial states have the time of the first batch', () => {
    const initial = [
      ['i', 1],
      ['none', null],
    ];
    const state = mapping(sum, { timeout: INTERVAL, initial }).batch(['i', 2]).batch().batch();
    expect(state.out).toEqual([[['i', 3]], [], [['i', 'out', 3]]]);
    const idle = mapping(sum, { timeout: INTERVAL, initial }).batch().batch().batch();
    expect(idle.out).toEqual([[], [], [['i', 'out', 1]]]);
  });

  test('snapshots give all states of every batch instead of the outputs, without what timed out', () => {
    const state = mapping(sum, { timeout: INTERVAL, snapshots: true, initial: [['i', 1]] });
    state.batch(['a', 1], ['b', 2]).batch(['b', 2], ['c', 1]).batch().batch();
    expect(state.out).toEqual([
      [
        ['i', 1],
        ['a', 1],
        ['b', 2],
      ],
      [
        ['i', 1],
        ['a', 1],
        ['b', 4],
        ['c', 1],
      ],
      [
        ['b', 4],
        ['c', 1],
      ],
      [],
    ]);
  });
});

const batchesOfPairs = fc.array(
  fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.oneof(fc.integer({ min: -2, max: 3 }), fc.constant(13))), {
    maxLength: 4,
  }),
  { maxLength: 12 },
);

/** What the documentation says, with a list of keys that is looked through in full. */
function reference(batches: readonly (readonly (readonly [string, number])[])[], timeout: number | undefined) {
  let keys: { key: string; state: Value; time: number }[] = [];
  return batches.map((batch, index) => {
    const time = (index + 1) * INTERVAL;
    const out: Value[] = [];
    for (const [key, value] of batch) {
      if (value === 13) continue;
      const known = keys.find((entry) => entry.key === key);
      const [state, output] = sum(key, value, known?.state ?? null, false) as readonly Value[];
      if (state !== null && known?.time === time) {
        known.state = state!;
      } else {
        keys = keys.filter((entry) => entry !== known);
        if (state !== null) keys.push({ key, state: state!, time });
      }
      if (output !== null) out.push(output!);
    }
    if (timeout === undefined) return out;
    const idle = keys.filter((entry) => entry.time < time - timeout);
    keys = keys.filter((entry) => !idle.includes(entry));
    return [...out, ...idle.map(({ key, state }) => [key, 'out', state])];
  });
}

const timeouts = fc.option(fc.integer({ min: 1, max: 4 * INTERVAL }), { nil: undefined });

test('mapWithState is the reference loop, with any timeout', () => {
  fc.assert(
    fc.property(batchesOfPairs, timeouts, (batches, timeout) => {
      const state = mapping(sum, timeout === undefined ? {} : { timeout });
      for (const batch of batches) state.batch(...batch);
      expect(state.out).toEqual(reference(batches, timeout));
    }),
  );
});
