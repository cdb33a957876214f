import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zoneNamed } from '../../../src/base/zone.ts';
import { zoneHint } from '../../../src/base/zone-names.ts';

/** The date and clock that Intl shows in a zone, as ms as if they were UTC. */
function shown(format: Intl.DateTimeFormat, time: number): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(time)) parts[type] = value;
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Shanghai',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'America/St_Johns',
  'Pacific/Apia',
  'Asia/Tehran',
  'Europe/London',
];
const formats = new Map(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }),
  ]),
);
const second = fc.integer({ min: Date.UTC(1971) / 1000, max: Date.UTC(2037) / 1000 });
const zone = fc.constantFrom(...ZONES);

test('a zone is as far ahead as Intl says, and its clocks lead back to the time, or an earlier one that they show as well', () => {
  fc.assert(
    fc.property(zone, second, (name, seconds) => {
      const time = seconds * 1000;
      const local = shown(formats.get(name)!, time);
      const known = zoneNamed(name)!;
      expect(known.offsetAt(time)).toBe(local - time);
      const back = known.toUtc(local);
      expect(shown(formats.get(name)!, back)).toBe(local);
      expect(back).toBeLessThanOrEqual(time);
      if (back < time) expect(time - back).toBeLessThanOrEqual(2 * 3_600_000);
    }),
    { numRuns: 1500 },
  );
});

test('around each change a clock that is left out comes out later by the gap, and one that is shown twice is the first', () => {
  const berlin = zoneNamed('Europe/Berlin')!;
  const at = (text: string) => new Date(berlin.toUtc(Date.parse(`${text}Z`))).toISOString();
  expect(at('2026-03-29T01:59:59')).toBe('2026-03-29T00:59:59.000Z');
  // 02:30 is read as 03:30 of summer.
  expect(at('2026-03-29T02:30:00')).toBe('2026-03-29T01:30:00.000Z');
  expect(at('2026-03-29T03:00:00')).toBe('2026-03-29T01:00:00.000Z');
  expect(at('2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00.000Z');
  expect(at('2026-10-25T03:00:00')).toBe('2026-10-25T02:00:00.000Z');
  const apia = zoneNamed('Pacific/Apia')!;
  // A whole day was left out there.
  expect(new Date(apia.toUtc(Date.UTC(2011, 11, 30, 12))).toISOString()).toBe('2011-12-30T22:00:00.000Z');
});

test('before zones were standardised they have seconds', () => {
  expect(zoneNamed('Europe/Berlin')!.offsetAt(Date.UTC(1850, 0, 1))).toBe((53 * 60 + 28) * 1000);
});

test.each([
  ['+02:00', 120],
  ['-0330', -210],
  ['+08', 480],
  ['UTC+2', 120],
  ['GMT-5', -300],
  ['UTC', 0],
  ['Z', 0],
])('%s is %s minutes ahead', (name, minutes) => {
  expect(zoneNamed(name)!.offsetAt(0)).toBe(minutes * 60_000);
  expect(zoneNamed(name)!.toUtc(0)).toBe(0 - minutes * 60_000);
});

test.each(['', 'Nowhere/Land', '+19:00', '+2', '08:00', 'Asia', '+01:60'])('there is no zone %j', (name) => {
  expect(zoneNamed(name)).toBeUndefined();
});

test('a zone that there is not is told with the one that was meant', () => {
  expect(zoneHint('Shanghai')).toBe('did you mean "Asia/Shanghai"?');
  expect(zoneHint('new york')).toBe('did you mean "America/New_York"?');
  expect(zoneHint('Europe/Berln')).toBe('did you mean "Europe/Berlin"?');
  expect(zoneHint('x')).toBe('zones are called like "Europe/Berlin" or "+02:00"');
});
