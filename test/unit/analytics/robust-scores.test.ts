import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { zoneNamed } from '../../../src/base/zone.ts';
import { RobustScores, robustScore } from '../../../src/flow/analytics/robust-scores.ts';
import { decodeState } from '../../../src/flow/state/encoding/decode.ts';
import { encodeState } from '../../../src/flow/state/encoding/encode.ts';
import { TestRun } from '../windows/harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function at(scores: RobustScores, end: number, value: Value, key: Value = 'k'): Value {
  return scores.of([value], [key], { time: end, start: end - 1000, end, partial: false })[0]!;
}

describe('a robust score', () => {
  test('is the distance from the median in units of 1.4826 MAD', () => {
    // Median 3, distances 2 1 0 1 2 of which 1 is the median.
    expect(robustScore(10, [1, 2, 3, 4, 5])).toBeCloseTo(7 / 1.4826, 10);
    expect(robustScore(3, [1, 2, 3, 4, 5])).toBe(0);
    expect(robustScore(-4, [5, 4, 3, 2, 1])).toBeCloseTo(-7 / 1.4826, 10);
  });

  test('takes the mean distance where most were the same, and what rounding takes away of whole numbers', () => {
    // Distances 0 0 0 0.5: their mean is 0.125.
    expect(robustScore(2, [1, 1, 1, 1.5])).toBeCloseTo(1 / (1.2533 * 0.125), 10);
    expect(robustScore(6, [5, 5, 5])).toBeCloseTo(Math.sqrt(12), 10);
    expect(robustScore(6, [5, 5, 5])).toBeLessThan(3.5);
    expect(robustScore(7, [5, 5, 5])).toBeGreaterThan(3.5);
  });

  test('is at most 1000, also where nothing has ever varied, or numbers are as large as can be', () => {
    expect(robustScore(0.2, [0.1, 0.1])).toBe(1000);
    expect(robustScore(0, [0.1, 0.1])).toBe(-1000);
    const scores = new RobustScores(60, new TestRun());
    for (let i = 1; i <= 9; i++) at(scores, i, i % 2 === 0 ? 1.7e308 : -1.7e308);
    expect(Number.isFinite(at(scores, 10, 10n ** 400n))).toBe(true);
  });
});

test('each key is judged by its own results, from the ninth on, and what is no number not at all', () => {
  const scores = new RobustScores(60, new TestRun());
  for (let i = 1; i <= 8; i++) {
    expect(at(scores, i * 1000, i % 3)).toBe(null);
    expect(at(scores, i * 1000, null, 'other')).toBe(null);
  }
  expect(at(scores, 9000, 50)).toBeGreaterThan(3.5);
  expect(at(scores, 9000, 50, 'other')).toBe(null);
});

test('as many of the last results count as are asked for', () => {
  const scores = new RobustScores(8, new TestRun());
  for (let i = 1; i <= 50; i++) at(scores, i * 1000, i < 40 ? 1000 + i : 10 + (i % 3));
  expect(Math.abs(at(scores, 51_000, 11) as number)).toBeLessThan(2);
});

/** An hour by night has 10, one by day 1000, each give or take a few; a result every ten minutes. */
function usual(end: number): number {
  const hour = Math.floor(end / HOUR) % 24;
  return (hour < 8 ? 10 : 1000) + ((end / 600_000) % 7);
}

describe('where days before are known', () => {
  const learn = (scores: RobustScores, from: number, to: number) => {
    for (let end = from; end < to; end += HOUR / 6) at(scores, end, usual(end));
  };

  test('a result is judged by those of the same hour', () => {
    const scores = new RobustScores(60, new TestRun());
    const today = 20_000 * DAY;
    learn(scores, today - 4 * DAY, today + 8 * HOUR);
    // The first hour of the day: the last 60 results are nearly all of the night.
    expect(Math.abs(at(scores, today + 8 * HOUR, 1003) as number)).toBeLessThan(2);
    expect(at(scores, today + 8 * HOUR + 1, 12)).toBeLessThan(-3.5);
  });

  test('the hours are those of a zone, on either side of the day on which its clocks are put forward', () => {
    const zone = zoneNamed('Europe/Berlin')!;
    const [local, utc] = [new RobustScores(60, new TestRun(), zone), new RobustScores(60, new TestRun())];
    const rateAt = (end: number) => usual(end + zone.offsetAt(end));
    // They were put forward on the 29th: at eight it is six by UTC, and was seven before.
    const now = Date.UTC(2026, 2, 30, 6);
    for (let end = now - 6 * DAY; end < now; end += HOUR / 6)
      for (const scores of [local, utc]) at(scores, end, rateAt(end));
    expect(Math.abs(at(local, now, rateAt(now)) as number)).toBeLessThan(2);
    expect(at(utc, now, rateAt(now))).toBeGreaterThan(3.5);
  });

  test('of two days alone the last results count', () => {
    const scores = new RobustScores(60, new TestRun());
    const today = 20_000 * DAY;
    learn(scores, today - 2 * DAY, today + 8 * HOUR);
    expect(at(scores, today + 8 * HOUR, 1003)).toBeGreaterThan(3.5);
  });

  test('a bounded number of results is kept of a key, none of one that came no more, and another goes on in the same way', () => {
    const scores = new RobustScores(60, new TestRun());
    const today = 20_000 * DAY;
    at(scores, today - 40 * DAY, 1, 'gone');
    for (let end = today - 40 * DAY; end < today; end += 300_000) at(scores, end, usual(end - (end % 600_000)));
    const past = scores.snapshot() as { keys: unknown[]; pasts: readonly (readonly number[][][])[] };
    expect(past.keys).toEqual(['k']);
    const [recent, stretches] = past.pasts[0]!;
    expect(recent).toHaveLength(60);
    for (const hour of stretches!) expect(hour.length).toBeLessThanOrEqual(14 * 6 + 6);
    const other = new RobustScores(60, new TestRun());
    other.restore(structuredClone(scores.snapshot()));
    expect(at(other, today + HOUR, 500)).toBe(at(scores, today + HOUR, 500));
  });

  test('what has changed is told by the results, and another that reads them goes on in the same way', () => {
    const today = 20_000 * DAY;
    const scores = new RobustScores(60, new TestRun());
    learn(scores, today - 10 * DAY, today);
    const whole = encodeState(scores.snapshot());
    const other = new RobustScores(60, new TestRun());
    other.restore(decodeState(whole));
    for (let end = today; end < today + 2 * DAY; end += HOUR / 4) {
      at(scores, end, usual(end - (end % 600_000)));
      const changes = encodeState(scores.snapshot(true));
      expect(changes.length).toBeLessThan(whole.length / 10);
      other.restore(decodeState(changes));
    }
    expect(encodeState(other.snapshot())).toEqual(encodeState(scores.snapshot()));
  });
});
