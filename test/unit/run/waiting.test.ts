import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { Waiting } from '../../../src/run/local/steps/waiting.ts';

/** What waits for something that never comes, up to the end of the run. */
function ofNothing(duration?: number) {
  const ending = new AbortController();
  const waiting = new Waiting(ending.signal);
  const signal = waiting.add(() => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())));
  const clock = new VirtualClock();
  let isReady = false;
  const settings = duration === undefined ? { clock } : { clock, duration };
  const over = waiting
    .ready(settings, () => ending.abort())
    .then(() => {
      isReady = true;
    });
  return { clock, over, ending, ready: () => isReady };
}

test('what a stage needs is waited for as long as the run goes on, and no longer', async () => {
  const limited = ofNothing(1000);
  limited.clock.moveTo(999);
  await Promise.resolve();
  expect([limited.ready(), limited.ending.signal.aborted]).toEqual([false, false]);
  limited.clock.moveTo(1000);
  await limited.over;
  expect(limited.ending.signal.aborted).toBe(true);

  const endless = ofNothing();
  endless.clock.moveTo(1e9);
  await Promise.resolve();
  expect(endless.ready()).toBe(false);
  endless.ending.abort();
  await endless.over;
});

test('what has come ends nothing later', async () => {
  const ending = new AbortController();
  const waiting = new Waiting(ending.signal);
  let isMissing = true;
  const come = async () => {
    await Promise.resolve();
    isMissing = false;
  };
  waiting.add(() => (isMissing ? come() : undefined));
  const clock = new VirtualClock();
  await waiting.ready({ clock, duration: 1000 }, () => ending.abort());
  clock.moveTo(5000);
  expect(ending.signal.aborted).toBe(false);
});
