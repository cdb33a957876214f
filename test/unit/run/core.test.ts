import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { orAborted } from '../../../src/run/local/drivers/core.ts';

test('waiting many times leaves no listener at the signal', async () => {
  const { signal } = new AbortController();
  for (let i = 0; i < 20; i++) await orAborted(Promise.resolve(), signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a wait ends with the run', async () => {
  const run = new AbortController();
  const waiting = orAborted(new Promise(() => {}), run.signal);
  run.abort();
  await waiting;
  await orAborted(new Promise(() => {}), run.signal);
});

test('what fails while it is waited for fails the wait, and leaves no listener either', async () => {
  const { signal } = new AbortController();
  await expect(orAborted(Promise.reject(new Error('a fault')), signal)).rejects.toThrow('a fault');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
