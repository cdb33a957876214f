import { type Identity, identity } from '../../base/compare.ts';
import { keyType, listOf, pairOf, UNKNOWN, valueType } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import type { Initial } from '../define/initial.ts';
import { lambda } from '../define/parameters.ts';
import type { State } from '../define/snapshot.ts';
import { defineStage } from '../define/stage.ts';
import { passingOn, type Step } from '../define/step.ts';
import { keyOfPair, pair } from '../groups/groupings.ts';
import { reportBad } from '../records/report-bad.ts';
import { Changes } from '../state/changes.ts';
import { initial, initialStates, isGiven } from '../state/initial.ts';
import { openState } from '../state/keyed-state.ts';
import { estimatedBytes, MemoryBound } from '../state/memory-bound.ts';
import { asPart, partsOf } from '../state/parts.ts';

const HELP = 'give null for keys that are no longer needed';

type UpdateState = {
  readonly states: State;
  readonly arrivals: State;
};

/** A key that has new values in the batch under way, and these. */
interface Arrived {
  readonly key: Value;
  readonly values: Value[];
  /** How many of them were written down. */
  written: number;
}

type ArrivalsState = {
  /** Whether it is all there is; else what came since the one before. */
  readonly isWhole: boolean;
  readonly keys: readonly Value[];
  /** Of each key. */
  readonly values: readonly (readonly Value[])[];
};

/** The new values of the batch under way, by key. */
class Arrivals {
  private arrived = new Map<Identity, Arrived>();
  private readonly changes = new Changes<Arrived>();
  private bytes = 0;
  private readonly bound: MemoryBound;

  constructor(bound: MemoryBound) {
    this.bound = bound;
  }

  add(key: Value, value: Value): void {
    const id = identity(key);
    let known = this.arrived.get(id);
    if (known === undefined) {
      known = { key, values: [], written: 0 };
      this.arrived.set(id, known);
    }
    known.values.push(value);
    this.changes.note(known, this.arrived.size);
    const bytes = estimatedBytes(value);
    this.bytes += bytes;
    this.bound.add(bytes);
  }

  /** All of them; the next batch begins. */
  take(): Map<Identity, Arrived> {
    const { arrived } = this;
    this.arrived = new Map();
    this.beginAnew();
    this.bound.add(-this.bytes);
    this.bytes = 0;
    return arrived;
  }

  snapshot(onlyChanges = false): State {
    const changed = this.changes.take();
    const isWhole = !onlyChanges || changed === undefined;
    const arrived = [...(isWhole ? this.arrived.values() : changed.items)];
    const values = arrived.map((one) => {
      const from = isWhole ? 0 : one.written;
      one.written = one.values.length;
      return one.values.slice(from);
    });
    return { isWhole, keys: arrived.map(({ key }) => key), values } satisfies ArrivalsState;
  }

  /** The next snapshot is of all there is, whatever is asked for. */
  beginAnew(): void {
    this.changes.stop();
  }

  restore(state: State): void {
    const { isWhole, keys, values } = state as ArrivalsState;
    if (isWhole) this.take();
    for (const [i, key] of keys.entries()) for (const value of values[i]!) this.add(key, value);
    for (const one of this.arrived.values()) one.written = one.values.length;
    this.changes.take();
  }
}

/** Calls `f` at each close for every key with new values or a state, and gives out all states. */
export function updatingState(
  { f, initial }: { readonly f: Compiled; readonly initial: Initial },
  run: RunContext,
  down: Step,
): Step {
  const states = openState(run, 'updateStateByKey', HELP);
  for (const [key, state] of initialStates(initial, run)) states.put(key, state);
  const arrivals = new Arrivals(new MemoryBound(run, 'updateStateByKey', 'choose a shorter --batch'));

  const update = (key: Value, values: readonly Value[], old: Value): void => {
    let state = old;
    try {
      state = f.call(values, old);
    } catch (error) {
      reportBad(run, error, [key, values]);
    }
    if (state === null) {
      states.forget(key);
    } else {
      states.put(key, state);
      down.push([key, state]);
    }
  };

  return passingOn(down, {
    // States come out again and again, whatever their times.
    passed() {},
    push(record) {
      try {
        const [key, value] = pair(record);
        arrivals.add(key, value);
      } catch (error) {
        reportBad(run, error, record);
      }
    },
    close(span) {
      const news = arrivals.take();
      // Known keys first, in the order first seen; they put nothing new while the states are walked.
      for (const { id, key, value } of states.entries()) {
        update(key, news.get(id)?.values ?? [], value);
        news.delete(id);
      }
      for (const { key, values } of news.values()) update(key, values, null);
      down.close(span);
    },
    *remembered() {
      for (const { key, value } of states.entries()) yield [key, value];
    },
    snapshot: (onlyChanges): UpdateState => ({
      states: states.snapshot(onlyChanges),
      arrivals: arrivals.snapshot(onlyChanges),
    }),
    parts(size) {
      arrivals.beginAnew();
      return partsOf('states', states.parts(size));
    },
    restore(state) {
      const part = asPart(state);
      if (part !== undefined) {
        states.restore(part.part);
        return;
      }
      const kept = state as UpdateState;
      states.restore(kept.states);
      arrivals.restore(kept.arrivals);
    },
  });
}

export const updateStateByKey = defineStage({
  name: 'updateStateByKey',
  group: 'state',
  byClock: () => true,
  summary: 'A state for each key, made anew in every batch from its new values',
  docs:
    'In every batch, also an empty one, the function is given the new values of a key (a list, in order of arrival) and its state (null at first), and ' +
    'gives the new state. It is called for each key that has new values or a state. A null result forgets the key. ' +
    'All keys with a state come out in every batch as `[key, state]`, in the order first seen. If the function fails, that call is bad and the key keeps its state. ' +
    'The cost of a batch grows with the number of keys; `mapWithState` costs as much as there are records. `initial: [["a", 1]]` gives states to begin with, `initial: checkpoint("state/", "sums")` those that a stage of another run remembers, which is kept by `--checkpoint`.',
  examples: [
    {
      program:
        'queue([["a", 1], ["b", 1]], [["a", 2]]) | updateStateByKey((values, state) => values.reduce((a, b) => a + b, state ?? 0))',
      out: 'a\t1\nb\t1\na\t3\nb\t1',
    },
  ],
  parameters: {
    f: lambda('gives the new state of a key from its new values and its state', (input) => [
      listOf(valueType(input)),
      UNKNOWN,
    ]),
    initial,
  },
  needs: 'pairs',
  instead: '`map([_, 1])` before it',
  gives: (input, args, results) => pairOf(keyType(input), isGiven(args.initial) ? UNKNOWN : results.f!),
  behaviour: {
    kind: 'step',
    create: (args, run, down) => updatingState(args, run, down),
    exchange: () => ({ by: keyOfPair }),
  },
});
