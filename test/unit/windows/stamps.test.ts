import { describe, expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import { UTC, zoneNamed } from '../../../src/base/zone.ts';
import { Stamps } from '../../../src/flow/windows/stamps.ts';

const NOW = Date.UTC(2026, 0, 31, 10, 0, 0);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function reader(zone?: string, local = UTC) {
  const notes: string[] = [];
  const stamps = new Stamps(zone, { now: () => NOW, note: (message) => notes.push(message) }, local);
  /** Records of the given times, with the clock as it then is. */
  const see = (text: (time: number) => string, off: number, count = 20, apart = 1000) => {
    for (let i = 0; i < count; i++) {
      const now = NOW + i * apart;
      stamps.watch(stamps.read(text(now + off), false), now);
    }
  };
  return { stamps, notes, see };
}

const zoneless = (time: number) => new Date(time).toISOString().slice(0, 19);
const zoned = (time: number) => `${zoneless(time)}Z`;

test('reads texts that say no zone in the one that is given', () => {
  const { stamps } = reader('America/New_York');
  expect(stamps.read('2026-01-31 10:00:00', false)).toBe(NOW + 5 * HOUR);
  expect(stamps.read('2026-01-31 10:00:00Z', false)).toBe(NOW);
  expect(stamps.read(NOW, false)).toBe(NOW);
  expect(() => stamps.read('soon', false)).toThrow(BadRecord);
});

describe('a time that is too far ahead', () => {
  test('is told with the zone that is missing', () => {
    const { stamps } = reader();
    const time = stamps.read('2026-01-31 15:31:00', false);
    expect(stamps.ahead(time, NOW).detail).toBe(
      '2026-01-31T15:31:00.000Z, 5.5 h ahead; it says no zone, and was read as UTC: zone: "+05:30"',
    );
  });

  test('is not a matter of zones where it says one, one is given, or it is further away than any', () => {
    for (const [stamps, text] of [
      [reader().stamps, '2026-01-31 15:30:00Z'],
      [reader('+01:00').stamps, '2026-01-31 15:30:00'],
      [reader().stamps, '2026-02-09 10:00:00'],
    ] as const) {
      expect(stamps.ahead(stamps.read(text, false), NOW).detail).not.toContain('zone');
    }
  });
});

describe('times off by hours', () => {
  test('are told once, when they have been so for ten seconds', () => {
    const { notes, see } = reader();
    see(zoneless, -3 * HOUR - 20_000, 10);
    expect(notes).toEqual([]);
    see(zoneless, -3 * HOUR - 20_000, 20);
    expect(notes).toEqual(['event times say no zone, are read as UTC, and are 3 h behind the clock: zone: "-03:00"']);
  });

  test('are told at once where they are off as the zone of the machine is', () => {
    const { notes, see } = reader(undefined, zoneNamed('America/New_York'));
    see(zoneless, -5 * HOUR, 1);
    expect(notes).toEqual([
      'event times say no zone, are read as UTC, and are 5 h behind the clock: zone: "America/New_York"',
    ]);
  });

  test('are not told where they say a zone, one is given, they are about now, or come of old records', () => {
    for (const { notes, see } of [reader('UTC')]) {
      see(zoneless, -3 * HOUR);
      expect(notes).toEqual([]);
    }
    const { notes, see } = reader();
    see(zoned, -3 * HOUR);
    expect(notes).toEqual([]);
    const old = reader();
    old.see(zoneless, -3 * HOUR, 5);
    old.see(zoneless, -2 * HOUR - 40 * MINUTE, 1);
    old.see(zoneless, -3 * HOUR, 20);
    expect(old.notes).toEqual([]);
    const fresh = reader();
    fresh.see(zoneless, -MINUTE);
    expect(fresh.notes).toEqual([]);
  });
});
