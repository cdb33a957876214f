import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { isParted, type Parted } from '../../../src/flow/groups/absorbing.ts';
import { type EventWindowSpec, eventWindows } from '../../../src/flow/windows/event-windows.ts';
import { sessions } from '../../../src/flow/windows/sessions.ts';
import { joining, Recorder, TestRun } from './harness.ts';

const on = opaque((record: Value): Value => {
  if (!Array.isArray(record)) throw new BadRecord('not a list');
  return record[1] as Value;
});

type Settings = Pick<EventWindowSpec, 'length' | 'slide'>;

const eventTime = { on, late: undefined, idle: 1000, future: 1000 };

/** What makes the step; the length stands for the gap of sessions. */
const MAKES = {
  windows: (settings: Settings, run: TestRun, down: Step) =>
    eventWindows(
      { kind: 'event', emit: 'close', ...eventTime, ...settings },
      joining as unknown as Grouping,
      run,
      down,
    ),
  sessions: ({ length }: Settings, run: TestRun, down: Step) =>
    sessions(joining as unknown as Grouping, length, eventTime, run, down),
};

function started(kind: keyof typeof MAKES, settings: Settings) {
  const run = new TestRun();
  run.isBounded = true;
  const down = new Recorder();
  const step = MAKES[kind](settings, run, down);
  if (!isParted(step)) throw new Error('nobody can take it in');
  return { run, down, step: step as typeof step & Parted };
}

const BASE = 1_000_000_000_000;
const record = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 40 }))
    .map(([key, time]): Value => [key, BASE + time]),
  fc.constant<Value>('none'),
);

test.each(['windows', 'sessions'] as const)(
  '%s over bounded input are the same wherever it is cut into parts that are worked on by themselves',
  (kind) => {
    const files = fc.array(fc.array(fc.array(record, { maxLength: 8 }), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    });
    const settings = fc.record({ length: fc.integer({ min: 1, max: 12 }), slide: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(files, settings, fc.nat({ max: 3 }), (all, chosen, own) => {
        const whole = started(kind, chosen);
        const first = started(kind, chosen);
        const bads: string[] = [];
        all.forEach((parts, file) => {
          for (const { step, run } of [whole, first]) {
            run.from(file);
            step.opened?.(run.origin(file));
          }
          for (const [i, records] of parts.entries()) {
            for (const one of records) whole.step.push(one);
            // The first parts of a file are worked on here.
            if (i <= own) for (const one of records) first.step.push(one);
            else {
              const apart = started(kind, chosen);
              apart.run.from(0);
              for (const one of records) apart.step.push(one);
              expect(first.step.absorb(structuredClone(apart.step.soFar()))).toBe(true);
              bads.push(...apart.run.bads);
            }
          }
          for (const { step, run } of [whole, first]) step.ended?.(run.origin(file));
        });
        for (const { step, run } of [whole, first]) {
          run.batch(step, 1, []);
          step.finish({ time: 1 });
        }
        expect(first.down.emissions).toEqual(whole.down.emissions);
        expect([...first.run.bads, ...bads].length).toBe(whole.run.bads.length);
      }),
    );
  },
);

test('a part that would hold more than it may ends the run', () => {
  const { run, step } = started('windows', { length: 10, slide: 10 });
  run.stateMax = 2000;
  for (let i = 0; i < 100; i++) step.push([`k${i}`, BASE + i]);
  expect(run.failures).toEqual([]);
  step.soFar();
  expect(run.failures.map(({ code }) => code)).toEqual(['state-max']);
});
