/** A snapshot of what has changed costs what has changed, and is enough however much that is. */
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { PastResults } from '../../../src/flow/analytics/past-results.ts';
import { RobustScores } from '../../../src/flow/analytics/robust-scores.ts';
import type { Analysis } from '../../../src/flow/define/analysis.ts';
import { type Lambda, opaque } from '../../../src/flow/define/compiled.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import type { KnownOrigins, State } from '../../../src/flow/define/snapshot.ts';
import type { Behaviour } from '../../../src/flow/define/stage.ts';
import { passingOn, type Step } from '../../../src/flow/define/step.ts';
import { GroupStep } from '../../../src/flow/groups/group-step.ts';
import { counting } from '../../../src/flow/groups/groupings.ts';
import { joining } from '../../../src/flow/joins/joining.ts';
import { Partitions, pushPartitions } from '../../../src/flow/records/partitions.ts';
import { deduping } from '../../../src/flow/stages/dedupe.ts';
import { mappingWithState } from '../../../src/flow/stages/mapWithState.ts';
import { union } from '../../../src/flow/stages/union.ts';
import { updatingState } from '../../../src/flow/stages/updateStateByKey.ts';
import { decodeState } from '../../../src/flow/state/encoding/decode.ts';
import { encodeState } from '../../../src/flow/state/encoding/encode.ts';
import { eventWindows } from '../../../src/flow/windows/event-windows.ts';
import { runningGroups } from '../../../src/flow/windows/running.ts';
import { sessions } from '../../../src/flow/windows/sessions.ts';
import { windowedGroups } from '../../../src/flow/windows/windowed-groups.ts';
import { Random } from '../../../src/run/trials/random.ts';
import type { Cut } from '../../support/steps-anew.ts';
import { doneBy, type Happening } from '../../support/taken-up.ts';
import { Recorder, TestRun } from '../windows/harness.ts';

/** Records are `[key, value, time]`. */
const part = (i: number) => opaque((record) => (record as readonly Value[])[i]!);
const key = part(0);
const on = opaque((record) => 1_000_000_000_000 + ((record as readonly Value[])[2] as number));
const counts = {
  key,
  aggregate: counting,
  emit: (of: Value, n: number, _span: unknown, out: (record: Value) => void) => out([of, n]),
} as Grouping as Grouping<unknown>;
/** The sum of the values of a key; forgotten where it is 0. */
const sum = (values: readonly Value[], before: Value) => {
  const all = (values as readonly number[]).reduce((a, b) => a + b, (before as number | null) ?? 0);
  return all === 0 ? null : all;
};
const pairs = (make: (run: TestRun, down: Step) => Step) => (run: TestRun, down: Step) => {
  const step = make(run, down);
  const push = (record: Value) => step.push((record as readonly Value[]).slice(0, 2));
  return { ...step, push };
};

/** Both sides of a stage of two streams have each record, and the right one is two ticks behind. */
function meeting(behaviour: Behaviour<never>, run: TestRun, down: Step): Step {
  const { create } = behaviour as Extract<Behaviour<unknown>, { readonly kind: 'streams' }>;
  const { left, right } = create({}, run, down, 'tick');
  return {
    ...left,
    push(record) {
      const [of, value, time] = record as readonly Value[];
      left.push([of!, value!]);
      right.push([of!, time!]);
    },
    close(span) {
      left.close(span);
      right.close({ ...span, start: span.start - 20, end: span.end - 20 });
    },
    finish(end) {
      left.finish(end);
      right.finish(end);
    },
  };
}

/** What an analysis makes of records as they are. */
function analysed(analysis: Analysis, down: Step): Step {
  const open = new Partitions();
  return passingOn(down, {
    push: (record) => open.push(record),
    close(span) {
      const rows = open.take().flat();
      const given = analysis.of(rows.map(part(1).call), rows.map(key.call), span);
      for (const [i, row] of rows.entries()) down.push([key.call(row), given[i]!]);
      down.close(span);
    },
    snapshot: (onlyChanges) => [open.memory.snapshot(onlyChanges), analysis.snapshot(onlyChanges)],
    restore(state, origins) {
      const [ofOpen, ofAnalysis] = state as readonly [State, State];
      open.memory.restore(ofOpen, origins);
      analysis.restore(ofAnalysis, origins);
    },
  });
}

const STEPS: { readonly [what: string]: (run: TestRun, down: Step) => Step } = {
  'a window over batches': (run, down) =>
    windowedGroups({ kind: 'batches', length: 30, slide: 10 } as never, counts as never, run, down),
  'a window over batches whose values the program combines': (run, down) => {
    const add = (state: number | undefined, record: Value) => (state ?? 0) * 0.7 + Number(part(1).call(record));
    const merge = (a: number | undefined, b: number) => (a === undefined ? b : a * 0.7 + b);
    const aggregate = { byProgram: true, zero: () => undefined, add, merge, result: (state: unknown) => state };
    const spec = { kind: 'batches', length: 50, slide: 10 };
    return windowedGroups(spec as never, { ...counts, aggregate } as never, run, down);
  },
  running: (run, down) => runningGroups(counts, run, down),
  'windows by event time': (run, down) =>
    eventWindows(
      { kind: 'event', on, length: 40, slide: 20, late: 20, idle: 1000, future: 1000, emit: 'close' } as never,
      counts,
      run,
      down,
    ),
  'sessions by event time': (run, down) => sessions(counts, 15, { on, late: 20, idle: 1000, future: 1000 }, run, down),
  'sessions by time of arrival': (run, down) => sessions(counts, 15, undefined, run, down),
  updateStateByKey: pairs((run, down) => {
    const f: Lambda = (values, state) => sum(values as readonly Value[], state!);
    return updatingState({ f: opaque(f), initial: [] }, run, down);
  }),
  mapWithState: pairs((run, down) => {
    const f: Lambda = (of, value, state) => {
      const all = sum(value === null ? [] : [value!], state!);
      return [all, [of!, all]];
    };
    return mappingWithState({ f: opaque(f), initial: [], timeout: 25, snapshots: false }, run, down);
  }),
  dedupe: (run, down) => deduping({ by: key, within: 25, on: undefined }, run, down),
  'dedupe by event time': (run, down) => deduping({ by: key, within: 25, on }, run, down),
  'dedupe of bounded input': (run, down) => {
    run.isBounded = true;
    return deduping({ by: key, within: 25, on }, run, down);
  },
  'lists, one a partition': (_run, down) => {
    const partitions = new Partitions();
    return passingOn(down, {
      ...partitions.memory,
      push(record) {
        if (((record as readonly Value[])[2] as number) % 7 === 0) partitions.border();
        partitions.push(record);
      },
      close(span) {
        pushPartitions(partitions.take(), down);
        down.close(span);
      },
    });
  },
  'a join whose right side comes late': (run, down) => meeting(joining('join', { left: true, right: true }), run, down),
  'a union whose right side comes late': (run, down) => meeting(union.behaviour, run, down),
  lag: (run, down) => analysed(new PastResults(20, run), down),
  spike: (run, down) => analysed(new RobustScores(8, run), down),
  'the result over all batches': (run, down) => {
    const step = new GroupStep(counts, run, down);
    const total = step.total(down);
    step.finish = ({ time }) => total.give({ time, start: 0, end: time, partial: false });
    return step;
  },
};

const names = Object.keys(STEPS);
const MANY = 2000;

test.each(names)('%s: what has changed is small where little has, behind a snapshot and behind a restart', (name) => {
  const run = new TestRun(10);
  const origins: KnownOrigins = { of: ({ id }) => run.origin(id) };
  const make = () => STEPS[name]!(run, new Recorder());
  const written = (state: State) => encodeState(state);
  run.from(1);
  let step = make();
  const some = (from: number, end: number) =>
    Array.from({ length: end - from }, (_, i) => [`key ${from + i}`, 1, 3]) as readonly Value[];
  run.batch(step, 10, some(0, MANY));
  for (const record of some(0, MANY)) step.push(record);
  const chain = [written(step.snapshot!())];
  const most = chain[0]!.length / 10;
  for (const [i, isRestarted] of [false, true, false].entries()) {
    if (isRestarted) {
      step = make();
      for (const bytes of chain) step.restore!(decodeState(bytes), origins);
    }
    expect(written(step.snapshot!(true)).length).toBeLessThan(most);
    for (const record of some(5 + 7 * i, 10 + 14 * i)) step.push(record);
    const changes = written(step.snapshot!(true));
    expect(changes.length).toBeLessThan(most);
    chain.push(changes);
  }
});

/** Records of many keys that come and go, more of them between two ticks than there are afterwards, and sometimes few. */
function comingAndGoing(random: Random): readonly Happening[] {
  const events: Happening[] = [];
  for (let tick = 0; tick < 12; tick++) {
    const from = random.pick([0, 0, 500, 1500]);
    const count = random.pick([0, 5, 1200, 1700]);
    for (let i = 0; i < count; i++) {
      const record = [from + i, random.pick([-1, 1, 1]), tick * 10 + random.whole(0, 10)];
      events.push({ kind: 'record', origin: random.whole(0, 2), input: 0, record });
    }
    events.push({ kind: 'tick' });
  }
  return events;
}

test.each(names)('%s: what has changed is enough where it is more than there is', (name) => {
  for (const seed of [1, 2, 3]) {
    const random = new Random(seed);
    const events = comingAndGoing(random);
    const cuts: (Cut | undefined)[] = Array.from({ length: events.length + 30 }, () =>
      random.chance(30 / events.length)
        ? { onlyChanges: random.chance(0.9), isTakenUp: random.chance(0.3) }
        : undefined,
    );
    const steps = (run: TestRun, down: Step) => [STEPS[name]!(run, down)];
    expect(doneBy(steps, events, cuts), `seed ${seed}`).toEqual(doneBy(steps, events, []));
  }
});
