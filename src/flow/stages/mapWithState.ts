import { type Identity, identity } from '../../base/compare.ts';
import { BadRecord } from '../../base/problem.ts';
import { BOOLEAN, keyType, pairOf, type Type, UNKNOWN, valueType } from '../../base/type.ts';
import { aKind, isPair, type Pair, type Value } from '../../base/value.ts';
import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import type { Initial } from '../define/initial.ts';
import { duration, flag, lambda } from '../define/parameters.ts';
import type { State } from '../define/snapshot.ts';
import { defineStage } from '../define/stage.ts';
import { keepingOrigin, passingOn, type Step } from '../define/step.ts';
import { keyOfPair, pair } from '../groups/groupings.ts';
import { reportBad } from '../records/report-bad.ts';
import { doublesOf } from '../state/columns.ts';
import { initial, initialStates, isGiven } from '../state/initial.ts';
import { type Columns, type KeyedState, openState } from '../state/keyed-state.ts';
import { asPart, partsOf } from '../state/parts.ts';
import { nextMultiple } from '../windows/batch-window.ts';

interface Arguments {
  readonly f: Compiled;
  readonly timeout: number | undefined;
  readonly initial: Initial;
  readonly snapshots: boolean;
}

/** The state of a key, the time of the last batch that had a record for it (ms), and a number that grows with the order of use. */
type StateAndUse = readonly [state: Value, time: number, order: number];

const columns: Columns<StateAndUse> = {
  write: (values) => ({
    states: values.map(([state]) => state),
    times: doublesOf(values, ([, time]) => time),
    orders: doublesOf(values, ([, , order]) => order),
  }),
  read(state) {
    const { states, times, orders } = state as {
      readonly states: readonly Value[];
      readonly times: Float64Array;
      readonly orders: Float64Array;
    };
    return states.map((of, i) => [of, times[i]!, orders[i]!]);
  },
};

type MappingState = {
  readonly states: State;
  /** The states to begin with, before the first batch. */
  readonly initial: readonly Pair[];
};

const HELP = 'forget keys: give a null state, or set timeout:';

/** Calls `f` for each record as it comes; at the close it times out idle keys and, where asked, gives out all states. */
export function mappingWithState({ f, timeout, initial, snapshots }: Arguments, run: RunContext, down: Step): Step {
  const states = openState(run, 'mapWithState', HELP, columns);
  let longestIdle: LongestIdle | undefined;
  const idle = () => (longestIdle ??= new LongestIdle(states));
  let atBegin = initialStates(initial, run);

  const keep = (key: Value, state: Value): void => {
    if (state === null) {
      states.forget(key);
      if (timeout !== undefined) idle().forget(key);
    } else {
      const time = run.now();
      states.put(key, [state, time, timeout === undefined ? 0 : idle().use(key, time)]);
    }
  };
  const give = (output: Value): void => {
    if (output !== null && !snapshots) down.push(output);
  };
  // Only when the first batch is under way has it a time.
  const begin = (): void => {
    for (const [key, state] of atBegin) keep(key, state);
    atBegin = [];
  };
  const timeOut = (before: number): void => {
    for (const key of idle().before(before)) {
      const [state] = states.get(key)!;
      keep(key, null);
      try {
        give(stateAndOutput(f.call(key, null, state, true))[1]);
      } catch (error) {
        reportBad(run, error, [key, null]);
      }
    }
  };

  return passingOn(down, {
    ...keepingOrigin(down),
    // What a timeout gives may be as old as its state.
    passed() {},
    push(record) {
      begin();
      try {
        const [key, value] = pair(record);
        const [state, output] = stateAndOutput(f.call(key, value, states.get(key)?.[0] ?? null, false));
        keep(key, state);
        give(output);
      } catch (error) {
        reportBad(run, error, record);
      }
    },
    close(span) {
      begin();
      if (timeout !== undefined) timeOut(span.time - timeout);
      if (snapshots) for (const { key, value } of states.entries()) down.push([key, value[0]]);
      down.close(span);
    },
    due(tick) {
      const first = timeout === undefined ? undefined : idle().first;
      return first === undefined ? undefined : Math.max(tick, nextMultiple(first + timeout! + 1, run.interval));
    },
    *remembered() {
      for (const { key, value } of states.entries()) yield [key, value[0]];
    },
    snapshot: (onlyChanges): MappingState => ({
      states: states.snapshot(onlyChanges),
      initial: atBegin,
    }),
    parts: (size) => partsOf('states', states.parts(size)),
    restore(state) {
      const part = asPart(state);
      if (part !== undefined) {
        states.restore(part.part);
        return;
      }
      const kept = state as MappingState;
      states.restore(kept.states);
      atBegin = kept.initial;
      longestIdle = undefined;
    },
  });
}

function stateAndOutput(result: Value): Pair {
  if (isPair(result)) return result;
  throw new BadRecord('mapWithState needs [new state, output]', `the function gave ${aKind(result)}`);
}

/**
 * Keys in the order of the batches they were last used in, and in order of use within a batch, so that a batch costs only as much as
 * it times out. Made from the states, and kept beside them.
 */
class LongestIdle {
  private lastOrder = 0;
  private readonly times = new Map<Identity, { readonly key: Value; readonly time: number; readonly order: number }>();

  constructor(states: KeyedState<StateAndUse>) {
    const kept = Array.from(states.entries()).sort((a, b) => a.value[2] - b.value[2]);
    for (const { id, key, value } of kept) {
      const [, time, order] = value;
      this.times.set(id, { key, time, order });
      this.lastOrder = order;
    }
  }

  /** @returns the place of the key in the order. */
  use(key: Value, time: number): number {
    const id = identity(key);
    const known = this.times.get(id);
    if (known?.time === time) return known.order;
    this.times.delete(id);
    this.times.set(id, { key, time, order: ++this.lastOrder });
    return this.lastOrder;
  }

  forget(key: Value): void {
    this.times.delete(identity(key));
  }

  /** When the one that is idle the longest was used, ms; undefined where there is none. */
  get first(): number | undefined {
    const [entry] = this.times.values();
    return entry?.time;
  }

  /** The keys last used before `time`, the longest idle first; each may be forgotten as it comes. */
  *before(time: number): Iterable<Value> {
    for (const entry of this.times.values()) {
      if (entry.time >= time) return;
      yield entry.key;
    }
  }
}

/** What the pair `[new state, output]` that a function gives says of its two members. */
function outputType(input: Type, result: Type, snapshots: boolean): Type {
  if (snapshots) return pairOf(keyType(input), result.kind === 'pair' ? result.key : UNKNOWN);
  return result.kind === 'pair' ? result.value : UNKNOWN;
}

export const mapWithState = defineStage({
  name: 'mapWithState',
  group: 'state',
  byClock: () => true,
  summary: 'Each pair becomes what the function gives from it and the state of its key',
  docs:
    'The function is called once for each record, in order, with the key, the value and the state of the key (null at first), and gives `[new state, output]`. A null state forgets ' +
    'the key; a null output gives no record. If it fails, the record is bad and the key keeps its state. ' +
    'With `timeout: 10s`, each key that had no record for longer than that is given once more at the end of the batch, the longest idle first, with the value null and a fourth argument ' +
    'that is true; then it is forgotten, whatever the function gives as its state. (Spark looks for idle keys only every ten batches.) ' +
    '`initial: [["a", 1]]` gives states to begin with, `initial: checkpoint("state/", "sums")` those that a stage of another run remembers, which is kept by `--checkpoint`; they have the time of the first batch. The cost of a batch grows with its records, not with the number of keys.',
  examples: [
    {
      program:
        'queue([["a", 1], ["b", 5], ["a", 2]], [["a", 3]]) | mapWithState((key, value, sum) => [value + (sum ?? 0), [key, value + (sum ?? 0)]])',
      out: 'a\t1\nb\t5\na\t3\na\t6',
    },
    {
      program:
        'queue([["a", 1]], [["b", 1]], [["b", 1]]) | mapWithState((key, value, n, timedOut) => timedOut ? [null, key + " is gone"] : [1, null], timeout: 1s)',
      out: 'a is gone',
    },
  ],
  parameters: {
    f: lambda(
      'gives [new state, output] from the key, the value, the state, and whether the key timed out',
      (input) => [keyType(input), valueType(input), UNKNOWN, BOOLEAN],
      { placeholders: 3 },
    ),
    timeout: duration('forget a key that had no record for longer than this', { named: true }).optional(),
    initial,
    snapshots: flag(
      'give `[key, state]` of all keys in every batch instead of the outputs, as `stateSnapshots` behind it does',
    ),
  },
  needs: 'pairs',
  instead: '`map([_, 1])` before it',
  gives: (input, args, results) =>
    isGiven(args.initial) && args.snapshots
      ? pairOf(keyType(input), UNKNOWN)
      : outputType(input, results.f!, args.snapshots),
  behaviour: {
    kind: 'step',
    create: (args, run, down) => mappingWithState(args, run, down),
    exchange: () => ({ by: keyOfPair }),
  },
});
