import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import { TimedJoin } from '../../../src/flow/joins/timed-join.ts';
import { Recorder, TestRun } from '../windows/harness.ts';

const BASE = 1_700_000_000_000;
const MINUTE = 60_000;
const on = opaque((record) => BASE + ((record as readonly Value[])[1] as number));
const AROUND = { late: 0, idle: 10_000, future: 3_600_000 };

/** A join within a minute, of which a part may come out alone. */
function joined(stateMax: number, eventTime: boolean) {
  const run = new TestRun(1000);
  run.stateMax = stateMax;
  const recorder = new Recorder();
  const unmatched = { left: true, right: false };
  const settings = { stage: 'join', within: MINUTE, unmatched, eventTime: eventTime ? { on, ...AROUND } : undefined };
  const { left, right } = new TimedJoin(settings, run, recorder);
  const tick = (time: number) => {
    run.tick = time;
    for (const side of [left, right]) {
      side.close({ time, start: time - 1000, end: time, partial: false });
      side.advance(time);
    }
  };
  return { run, recorder, left, right, tick };
}

describe('what a join over time keeps', () => {
  test.each([true, false])('does not grow with what has come, by event time: %s', (eventTime) => {
    const { run, recorder, left, right, tick } = joined(200_000, eventTime);
    let met = 0;
    for (let second = 1; second <= 20_000; second++) {
      const time = second * 1000;
      run.tick = time;
      left.push([second, time]);
      if (second % 2 === 0) right.push([second, time]);
      tick(time);
      met += second % 2 === 0 ? 1 : 0;
    }
    expect(run.failures).toEqual([]);
    const out = recorder.emissions.flatMap(({ records }) => records) as [number, [number, number | null]][];
    expect(out.filter(([, [, other]]) => other !== null)).toHaveLength(met);
    // The others come out alone, all but those of the last minutes.
    const alone = out.filter(([, [, other]]) => other === null);
    expect(alone.length).toBeGreaterThan(9_900);
    expect(alone.map(([second]) => second)).toEqual(Array.from(alone, (_, i) => 2 * i + 1));
  });

  test('lets go of a stream while nothing comes of the other', () => {
    const { run, left, tick } = joined(200_000, true);
    for (let second = 1; second <= 5_000; second++) {
      run.tick = second * 1000;
      left.push([second, second * 1000]);
      tick(second * 1000);
    }
    expect(run.failures).toEqual([]);
  });

  test('fails where it is more than --state-max', () => {
    const { run, left } = joined(20_480, true);
    for (let i = 0; i < 200; i++) left.push([i, 1]);
    expect(run.failures.map(({ message }) => message)).toEqual([
      'join would hold more than 20kb in memory (estimated)',
    ]);
  });
});
