import { describe, expect, test } from 'vitest';
import { BEGIN, type Coming, run, start } from './running.ts';

const YEARS = 250 * 365 * 86_400_000;
const DAY = 86_400_000;

const replay = (...times: number[]): Coming => ({
  rows: times.map((t, id) => ({ id, o: 0, k: 'a', t: BEGIN + t })),
  origins: 1,
  way: 'replay',
  cuts: [],
  kernels: true,
});

const WINDOW = 'input(0) | json | window(10s, on: .t) | count';
/** Its sink is closed at every tick. */
const EACH = 'input(0) | json | dedupe(.id, within: 1s, on: .t) | count';

describe('empty batches of a replay', () => {
  test('are left out where nothing comes out of them, and what comes out does so in its batch', async () => {
    const { emissions, notes } = await run(WINDOW, replay(0, 5000, YEARS, YEARS + 20_000));
    expect(emissions.map(({ records }) => records)).toEqual([[2], [1], [1]]);
    expect(notes).toEqual([]);
  });

  test('are all run where a program may give something for each', async () => {
    const { emissions, notes } = await run(EACH, replay(0, DAY / 24));
    expect(emissions.length).toBe(3600);
    expect(notes.filter((note) => note.includes('left out'))).toEqual([]);
  });

  test('are left out with a note where there are too many', async () => {
    const { emissions, notes } = await run(EACH, replay(0, YEARS));
    expect(emissions.length).toBeLessThan(100);
    expect(emissions.flatMap(({ records }) => records).filter((count) => count !== 0)).toEqual([1, 1]);
    expect(notes.find((note) => note.includes('left out'))).toMatch(
      /^no record from 2023-11-14T22:13:33Z to 2273-09-14T22:13:20Z: 7,883,999,986 empty batches are left out/,
    );
  });

  test('let others have their turn: a run that has to go through all of them can be ended', async () => {
    const { local, done } = start(WINDOW, replay(0, YEARS), { batches: 1e9 });
    const turn = (left: number) => (left === 0 ? local.stop() : void setImmediate(turn, left - 1));
    turn(5);
    expect((await done).batches).toBeGreaterThan(100);
  });

  test('are left out of a session whose tick is far ahead', async () => {
    const { emissions, notes } = await run('input(0) | json | count', {
      ...replay(0, 1),
      way: 'live',
      cuts: [0, YEARS / 1000],
    });
    expect(emissions.length).toBeLessThan(100);
    expect(notes.some((note) => note.includes('empty batches are left out'))).toBe(true);
  });
});
