/** A step that goes on from what one with other aggregates remembered gives what one gives whose new aggregates were given nothing until then. */
import { expect, test } from 'vitest';
import { NUMBER } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import { aggregates as words } from '../../../src/flow/catalog.ts';
import type { AggregateDefinition } from '../../../src/flow/define/aggregate.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Grouping, ReadingAggregate } from '../../../src/flow/define/grouping.ts';
import type { KnownOrigins } from '../../../src/flow/define/snapshot.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { composite } from '../../../src/flow/groups/composite.ts';
import { GroupStep } from '../../../src/flow/groups/group-step.ts';
import { decodeState } from '../../../src/flow/state/encoding/decode.ts';
import { encodeState } from '../../../src/flow/state/encoding/encode.ts';
import { eventWindows } from '../../../src/flow/windows/event-windows.ts';
import { runningGroups } from '../../../src/flow/windows/running.ts';
import { sessions } from '../../../src/flow/windows/sessions.ts';
import { windowedGroups } from '../../../src/flow/windows/windowed-groups.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { Recorder, TestRun } from '../windows/harness.ts';

/** Records are `[key, value, time]`. */
const part = (i: number) => opaque((record) => (record as readonly Value[])[i]!);
const on = part(2);
const all: readonly AggregateDefinition[] = [...words].filter((word) => word.kind === 'aggregate');

/** An aggregate of the values, to which nothing is put while it `waits`. */
function aggregateOf(word: AggregateDefinition, waits: () => boolean): ReadingAggregate {
  const args = Object.entries(word.parameters).map(([name, { accepts, required, fallback }]) => {
    if (!required) return [name, fallback];
    if (accepts.kind === 'lambda') return [name, part(1)];
    if (accepts.kind === 'number') return [name, accepts.whole ? 3 : 0.7];
    return [name, [0, 3, 6]];
  });
  const { faster: _, ...aggregate } = word.create(Object.fromEntries(args) as never);
  return { ...aggregate, put: (state, read) => (waits() ? state : aggregate.put(state, read)) };
}

function groupingOf(
  chosen: readonly AggregateDefinition[],
  waiting: ReadonlySet<AggregateDefinition>,
  time: { isBefore: boolean },
) {
  const columns = chosen.map((word) => {
    const aggregate = aggregateOf(word, () => time.isBefore && waiting.has(word));
    return {
      name: word.name,
      type: NUMBER,
      value: { kind: 'aggregate', word, arguments: {}, aggregate, text: word.name } as const,
    };
  });
  const together = composite(columns);
  return {
    key: part(0),
    aggregate: together,
    emit: (key, state, span, out) => out([key, together.result(state as unknown[], span)]),
  } as Grouping;
}

const STEPS: { readonly [what: string]: (grouping: Grouping, run: TestRun, down: Step) => Step } = {
  'a batch': (grouping, run, down) => new GroupStep(grouping, run, down),
  running: runningGroups,
  'a window over batches': (grouping, run, down) =>
    windowedGroups({ kind: 'batches', length: 70, slide: 10 } as never, grouping, run, down),
  'windows of event time': (grouping, run, down) =>
    eventWindows({ kind: 'event', length: 40, slide: 20, on, late: 10 } as never, grouping, run, down),
  sessions: (grouping, run, down) => sessions(grouping, 15, { on, late: 10, why: 'late' } as never, run, down),
};

test.each(Object.keys(STEPS))('%s', (name) => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = new Random(seed);
    const shuffled = () => all.map((word) => [random.whole(0, 1_000_000), word] as const).sort((a, b) => a[0] - b[0]);
    const some = () =>
      shuffled()
        .slice(0, random.whole(1, 8))
        .map(([, word]) => word);
    const [before, after] = [some(), some()];
    const fresh = new Set(after.filter((word) => !before.includes(word)));
    const time = { isBefore: true };
    const run = new TestRun(10);
    run.from(1);
    const origins: KnownOrigins = { of: ({ id }) => run.origin(id) };
    const [whole, recorder] = [new Recorder(), new Recorder()];
    const uninterrupted = STEPS[name]!(groupingOf(after, fresh, time), run, whole);
    const first = STEPS[name]!(groupingOf(before, new Set(), time), run, new Recorder());
    const second = STEPS[name]!(groupingOf(after, new Set(), time), run, recorder);
    const records = (tick: number) =>
      Array.from({ length: random.whole(0, 12) }, () => [
        random.whole(0, 5),
        random.whole(-3, 9),
        tick + random.whole(-15, 10),
      ]);
    const chain: Buffer[] = [];
    const half = random.whole(1, 15);
    for (let tick = 10; tick <= half * 10; tick += 10) {
      const own = records(tick);
      run.batch(uninterrupted, tick, own);
      run.batch(first, tick, own);
      chain.push(encodeState(first.snapshot!(chain.length > 0)));
      // All of it anew, part by part.
      if (random.whole(0, 4) === 0) {
        const changes = encodeState(first.snapshot!(true));
        const parts = [...first.parts!(3)].map((state) => encodeState(state));
        chain.splice(0, chain.length, changes, ...parts, encodeState(first.snapshot!(true)));
      }
    }
    const open = records(half * 10 + 10);
    for (const record of open) for (const step of [uninterrupted, first]) step.push(record);
    chain.push(encodeState(first.snapshot!(true)));
    time.isBefore = false;
    const places = after.map((word) => (before.includes(word) ? before.indexOf(word) : undefined));
    for (const bytes of chain) second.restore!(decodeState(bytes), origins, places);
    const given = whole.emissions.length;
    for (let tick = half * 10 + 10; tick <= half * 10 + 150; tick += 10) {
      const own = records(tick);
      for (const step of [uninterrupted, second]) run.batch(step, tick, own);
    }
    for (const step of [uninterrupted, second]) step.finish({ time: half * 10 + 150 });
    expect(recorder.emissions.length).toBeGreaterThan(0);
    expect(recorder.emissions, `seed ${seed}`).toEqual(whole.emissions.slice(given));
  }
});
