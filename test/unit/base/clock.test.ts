import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forwardClock } from '../../../src/base/clock.ts';

/** A clock of which both what is set and what passes are given. */
function clockOf(least?: number) {
  const machine = { time: 1_700_000_000_000, passed: 12.25 };
  const clock = forwardClock(
    () => Math.floor(machine.time),
    () => machine.passed,
    least,
  );
  const pass = (ms: number) => {
    machine.time += ms;
    machine.passed += ms;
  };
  return { machine, clock, pass };
}

test('it is the time of the machine, also where that is set forward or slept', () => {
  const { machine, clock, pass } = clockOf();
  expect(clock.now()).toBe(machine.time);
  pass(250);
  expect(clock.now()).toBe(machine.time);
  machine.time += 3_600_000;
  expect(clock.now()).toBe(machine.time);
});

test('where the machine is set back it goes on from where it was, until the machine has caught up', () => {
  const { machine, clock, pass } = clockOf();
  const before = clock.now();
  machine.time -= 3_600_000;
  expect(clock.now()).toBe(before);
  pass(1000);
  expect(clock.now()).toBe(before + 1000);
  machine.time += 3_600_000 + 5;
  expect(clock.now()).toBe(before + 1005);
});

test('it never goes back, and as fast as time passes', () => {
  const steps = fc.array(
    fc.record({ pass: fc.integer({ min: 0, max: 5000 }), set: fc.integer({ min: -9000, max: 0 }) }),
  );
  fc.assert(
    fc.property(steps, (all) => {
      const { machine, clock, pass } = clockOf();
      const start = clock.now();
      let passed = 0;
      for (const step of all) {
        pass(step.pass);
        passed += step.pass;
        machine.time += step.set;
        expect(clock.now()).toBe(start + passed);
      }
    }),
  );
});

test('it begins no earlier than it is to', () => {
  const { machine, clock, pass } = clockOf(1_700_000_060_000);
  expect(clock.now()).toBe(1_700_000_060_000);
  pass(500);
  expect(clock.now()).toBe(1_700_000_060_500);
  machine.time += 60_000;
  expect(clock.now()).toBe(machine.time);
});
