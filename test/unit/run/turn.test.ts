import { expect, test } from 'vitest';
import { Turn } from '../../../src/run/local/drivers/turn.ts';

test('work that would keep a result from going out has a shorter turn', async () => {
  let time = 0;
  const turn = new Turn({ now: () => time, at: () => () => {} });
  expect(turn.over(true)).toBeUndefined();
  time = 1;
  expect(turn.over(false)).toBeUndefined();
  await turn.over(true);
  expect(turn.over(true)).toBeUndefined();
});

test('a result has the first 20 ms for itself', async () => {
  let time = 0;
  const turn = new Turn({ now: () => time, at: () => () => {} });
  turn.resultCame();
  expect(turn.over(false)).toBeUndefined();
  await turn.over(true);
  time = 19;
  await turn.over(true);
  time = 20;
  expect(turn.over(true)).toBeUndefined();
});

test('work may go on for 8 ms, and again in the next turn', async () => {
  let time = 0;
  const turn = new Turn({ now: () => time, at: () => () => {} });
  expect(turn.over()).toBeUndefined();
  time = 7;
  expect(turn.over()).toBeUndefined();
  time = 8;
  const next = turn.over();
  expect(next).toBeInstanceOf(Promise);
  expect(turn.over()).toBe(next);
  await next;
  expect(turn.over()).toBeUndefined();
  time = 16;
  expect(turn.over()).toBeInstanceOf(Promise);
});
