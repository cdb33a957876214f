import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Origin } from '../../../src/flow/define/chunk.ts';
import { Watermark } from '../../../src/flow/windows/watermark.ts';

const origins = Array.from({ length: 4 }, (_, i): Origin => ({ id: i, name: `${i}`, source: 0, lines: 0 }));
const [a, b] = origins as [Origin, Origin];

/** One over two origins that begin together. */
function ofTwo(late: number, idle: number): Watermark {
  const watermark = new Watermark(late, idle);
  watermark.open(a, 1);
  watermark.open(b, 1);
  return watermark;
}

describe('a watermark', () => {
  test('is the highest time of the origin that is furthest behind, less late', () => {
    const watermark = ofTwo(2, 100);
    watermark.see(a, 10, 1);
    watermark.see(b, 5, 1);
    expect(watermark.passTick(1)).toBe(3);
    watermark.see(b, 12, 2);
    expect(watermark.passTick(2)).toBe(8);
  });

  test('is for a record what was over for its own origin before it', () => {
    const watermark = ofTwo(2, 100);
    expect(watermark.see(a, 10, 1)).toBe(Number.NEGATIVE_INFINITY);
    expect(watermark.see(b, 90, 1)).toBe(Number.NEGATIVE_INFINITY);
    expect([watermark.see(a, 4, 1), watermark.see(b, 91, 1)]).toEqual([8, 88]);
  });

  test('is held back by an origin that has begun, until its first record, its end or idle', () => {
    for (const [release, tick, expected] of [
      [(watermark: Watermark) => void watermark.see(b, 7, 2), 2, 7],
      [(watermark: Watermark) => watermark.end(b), 2, 10],
      [() => {}, 6, 10],
    ] as const) {
      const watermark = ofTwo(0, 5);
      watermark.see(a, 10, 4);
      expect(watermark.passTick(1)).toBe(Number.NEGATIVE_INFINITY);
      release(watermark);
      expect(watermark.passTick(tick)).toBe(expected);
    }
  });

  test('forgets an origin that has ended; when all have, the one that came furthest counts', () => {
    const watermark = ofTwo(0, 100);
    watermark.see(a, 10, 1);
    watermark.see(b, 5, 1);
    watermark.end(a);
    expect(watermark.passTick(1)).toBe(5);
    watermark.end(b);
    expect([watermark.passTick(2), watermark.atEnd(3)]).toEqual([10, 10]);
  });

  test('is over for an origin that begins late, or comes back, as far as the others were', () => {
    const watermark = new Watermark(0, 5);
    watermark.see(a, 10, 1);
    expect(watermark.see(b, 3, 1)).toBe(10);
    watermark.see(a, 30, 9);
    watermark.passTick(9);
    expect(watermark.see(b, 12, 10)).toBe(30);
    const merged: Origin = { id: 4, name: 'merged', source: 0, lines: 0, isMerged: true };
    expect(watermark.see(merged, 30, 10)).toBe(Number.NEGATIVE_INFINITY);
  });

  test('goes for records of no origin by what a stage in front says, where one does', () => {
    const watermark = new Watermark(1, 100);
    watermark.tell(Number.NEGATIVE_INFINITY);
    watermark.see(null, 50, 1);
    expect([watermark.isTold, watermark.passTick(1)]).toEqual([true, Number.NEGATIVE_INFINITY]);
    watermark.tell(20);
    expect([watermark.see(null, 5, 2), watermark.passTick(2)]).toEqual([19, 19]);
    watermark.see(a, 8, 3);
    watermark.tell(40);
    expect(watermark.passTick(3)).toBe(19);
  });

  test('with late without end, is where nothing ever is over, and at the end is how far all have come', () => {
    const watermark = new Watermark(Number.POSITIVE_INFINITY, 100);
    watermark.see(a, 10, 1);
    expect([watermark.see(a, 3, 1), watermark.passTick(1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    watermark.end(a);
    expect(watermark.atEnd(0)).toBe(10);
  });

  test('never moves back, and never is ahead of an origin that counts, whatever happens', () => {
    const step = fc.record({
      what: fc.constantFrom('open', 'see', 'see', 'see', 'end', 'tick'),
      origin: fc.nat({ max: 3 }),
      time: fc.nat({ max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat({ max: 5 }), (steps, late) => {
        const watermark = new Watermark(late, 1e9);
        const highest = new Map<Origin, number>();
        let before = Number.NEGATIVE_INFINITY;
        let tick = 0;
        for (const { what, origin: number, time } of steps) {
          const origin = origins[number]!;
          if (what === 'open') watermark.open(origin, tick);
          else if (what === 'end') {
            watermark.end(origin);
            highest.delete(origin);
          } else if (what === 'see') {
            watermark.see(origin, time, tick);
            highest.set(origin, Math.max(highest.get(origin) ?? Number.NEGATIVE_INFINITY, time));
          } else tick++;
          const least = Math.min(...highest.values());
          const value = watermark.passTick(tick);
          expect(value).toBeGreaterThanOrEqual(before);
          if (value > before && highest.size > 0) expect(value).toBeLessThanOrEqual(least - late);
          before = value;
        }
      }),
    );
  });
});
