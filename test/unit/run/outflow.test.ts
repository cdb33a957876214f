import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { Outflow } from '../../../src/run/local/batches/outflow.ts';

test('the first goes out at once, and what comes soon behind it goes out together', () => {
  const clock = new VirtualClock(5000);
  const times: number[] = [];
  const outflow = new Outflow(clock, () => times.push(clock.now()));
  outflow.arrived();
  for (const time of [5010, 5020, 5090, 5350]) {
    clock.moveTo(time);
    outflow.arrived();
  }
  clock.moveTo(9000);
  outflow.arrived();
  expect(times).toEqual([5000, 5100, 5350, 9000]);
});

test('where nothing comes nothing has to go out, and nothing does behind the end', () => {
  const clock = new VirtualClock();
  let count = 0;
  const outflow = new Outflow(clock, () => count++);
  clock.moveTo(1000);
  expect(count).toBe(0);
  outflow.arrived();
  outflow.arrived();
  outflow.stop();
  clock.moveTo(2000);
  expect(count).toBe(1);
});
