import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/base/iso-time.ts';
import { anyTime, epochMs, parseTime } from '../../../src/base/time.ts';

const at = Date.UTC(2026, 0, 31, 10, 0, 5);

describe('epochMs', () => {
  it.each<[number | bigint, number]>([
    [1_769_853_605, 1_769_853_605_000],
    [1_769_853_605.25, 1_769_853_605_250],
    [1_700_000_000.123, 1_700_000_000_123],
    [1_769_853_605_123, 1_769_853_605_123],
    [1_769_853_605_123_456, 1_769_853_605_123.456],
    [1_769_853_605_123_456_789n, 1_769_853_605_123.456],
    [0, 0],
    [-5, -5000],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
  ])('%s is %s ms', (value, ms) => {
    expect(epochMs(value)).toBe(ms);
  });

  it('is undefined for what no date can be', () => {
    expect(epochMs(1e30)).toBeUndefined();
    expect(epochMs(10n ** 400n)).toBeUndefined();
  });
});

describe('parseTime', () => {
  it.each([
    ['2026-01-31T10:00:05Z', at],
    ['2026-01-31T10:00:05', at],
    ['2026-01-31 10:00:05', at],
    ['2026-01-31T10:00:05.125Z', at + 125],
    ['2026-01-31 10:00:05,125', at + 125],
    ['2026-01-31T10:00:05.123456789Z', at + 123.457],
    ['2026-01-31T11:00:05+01:00', at],
    ['2026-01-31T08:30:05-0130', at],
    ['2026-01-31T10:00', at - 5000],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026/01/31 10:00:05', at],
    ['20260131T100005Z', at],
    ['31/Jan/2026:11:00:05 +0100', at],
    ['Sat, 31 Jan 2026 10:00:05 GMT', at],
    ['Sat Jan 31 10:00:05.125000 2026', at + 125],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  ])('reads %s', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each([
    '',
    'now',
    '2026-02-30',
    '2026-13-01',
    '2026-01-31T25:00:00',
    '31/Foo/2026:11:00:05',
    '2026-1-31',
    '2026-01/31',
    '31/anf/2026:11:00:05',
  ])('does not read %j', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

describe('isoTime', () => {
  const two = fc.integer({ min: 0, max: 70 }).map((n) => String(n).padStart(2, '0'));
  const text = fc
    .tuple(
      fc.oneof(fc.constantFrom('2024', '2100', '2000', '0000', '0099'), fc.integer({ min: 1000, max: 9999 })),
      two,
      two,
      two,
      two,
      two,
    )
    .chain(([year, ...rest]) => {
      const [month, day, hour, minute, second] = rest;
      const time = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
      return fc.constantFrom('Z', '.123Z', '.1Z', '.000Z', 'z', '', '+00:00', ' UTC', '.12xZ').map((end) => time + end);
    });
  const days = fc
    .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString());

  it('gives what the formats give, or leaves a text to them', () => {
    fc.assert(
      fc.property(fc.oneof(text, days), (given) => {
        const time = isoTime(given);
        if (time !== undefined) expect(time).toBe(anyTime(given));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads every date that is written so', () => {
    fc.assert(
      fc.property(days, (given) => {
        expect(isoTime(given)).toBe(Date.parse(given));
      }),
      { numRuns: 1000 },
    );
  });
});
