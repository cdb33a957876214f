import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTime } from '../../../src/base/time.ts';
import { UTC, zoneNamed } from '../../../src/base/zone.ts';
import { formatTime } from '../../../src/flow/texts/format-time.ts';

const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  '+05:45',
  'Australia/Lord_Howe',
);
const ms = fc.integer({ min: Date.UTC(1971), max: Date.UTC(2037) });
const NOTHING = { zone: UTC, now: () => 0 };

test('what formatTime writes with its offset, time reads', () => {
  const patterns = fc.constantFrom(
    'yyyy-MM-dd HH:mm:ss.SSSXXX',
    'yyyy/MM/dd HH:mm:ss,SSS ZZZ',
    'dd/MMM/yyyy:HH:mm:ss.SSS xx',
    'EEE, d MMM yyyy HH:mm:ss.SSS xx',
    'EEE MMM d HH:mm:ss.SSS xx yyyy',
    "yyyyMMdd'T'HHmmss.SSSXXX",
    'd MMMM yyyy h:mm:ss.SSS a xxx',
  );
  fc.assert(
    fc.property(ms, zones, patterns, (time, zone, pattern) => {
      expect(parseTime(formatTime(time, pattern, zone), NOTHING)).toBe(time);
    }),
    { numRuns: 1000 },
  );
});

test('without an offset it reads it in the zone, but for clocks that show a time twice', () => {
  fc.assert(
    fc.property(ms, zones, (time, name) => {
      const zone = zoneNamed(name)!;
      const back = parseTime(formatTime(time, 'yyyy-MM-dd HH:mm:ss.SSS', name), { zone, now: () => 0 })!;
      if (back !== time) expect(time - back).toBe(zone.offsetAt(back) - zone.offsetAt(time));
    }),
    { numRuns: 1000 },
  );
});

test('fractions are cut off, never rounded, before the epoch as well', () => {
  const at = (time: number, pattern: string) => formatTime(time, pattern, 'UTC');
  expect(at(Date.UTC(2026, 0, 31, 23, 59, 59) + 999.999, 'yyyy-MM-dd HH:mm:ss.SSSSSS')).toBe(
    '2026-01-31 23:59:59.999999',
  );
  expect(at(Date.UTC(2026, 0, 31, 23, 59, 59) + 999.999, 'dd HH:mm:ss.SSS')).toBe('31 23:59:59.999');
  expect(at(Date.UTC(2026, 0, 31, 23, 59, 59) + 999.999, 'dd HH:mm:ss.S')).toBe('31 23:59:59.9');
  expect(at(-0.5, 'yyyy-MM-dd HH:mm:ss.SSSSSS')).toBe('1969-12-31 23:59:59.999500');
});
