import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { epochMs, epochOfText } from '../../../src/base/epoch.ts';
import { isoTime, isoTimeOfBytes } from '../../../src/base/iso-time.ts';
import { SpeltNumber } from '../../../src/base/spelt-number.ts';
import { anyTime, parseTime } from '../../../src/base/time.ts';
import { UTC, zoneNamed } from '../../../src/base/zone.ts';

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
    [-0.25, -250],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
    [99_999_999_999_999, 99_999_999_999_999],
    [99_999_999_999_999n, 99_999_999_999_999],
    [1_769_853_605.9999, 1_769_853_605_999.9],
    [1_769_853_605.999_999_5, 1_769_853_605_999.999],
    [1_769_853_605_999_999_999n, 1_769_853_605_999.999],
    [-1_769_853_605_999_999_999n, -1_769_853_606_000],
  ])('%s is %s ms', (value, ms) => {
    expect(epochMs(value)).toBe(ms);
  });

  it('is undefined for what no date can be', () => {
    expect(epochMs(1e30)).toBeUndefined();
    expect(epochMs(10n ** 400n)).toBeUndefined();
  });

  it('never moves a time into another second, and keeps what it can', () => {
    const units = fc.constantFrom<[number, (value: number) => number]>(
      [1, (value) => Math.floor(value)],
      [1000, (value) => Math.floor(value / 1000)],
      [1_000_000, (value) => Math.floor(value / 1_000_000)],
    );
    const seconds = fc.integer({ min: 200_000_000, max: 4_000_000_000 });
    fc.assert(
      fc.property(units, seconds, fc.boolean(), fc.double({ min: 0, max: 0.999_999_9, noNaN: true }), (...given) => {
        const [[unit, secondOf], second, isNegative, fraction] = given;
        const value = (isNegative ? -second : second) * unit + fraction * unit;
        const ms = epochMs(value)!;
        expect(Math.floor(ms / 1000)).toBe(secondOf(value));
        expect(Math.abs(ms - (value / unit) * 1000)).toBeLessThanOrEqual(0.0016);
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps whole ms as they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e11, max: 1e14 - 1 }), fc.boolean(), (ms, isNegative) => {
        const value = isNegative ? -ms : ms;
        expect(epochMs(value)).toBe(value);
        expect(epochMs(BigInt(value))).toBe(value);
        expect(epochOfText(String(value))).toBe(value);
      }),
    );
  });
});

test('a number that is written as a text is told by its magnitude too, all of its digits', () => {
  expect(epochOfText('1769853605')).toBe(at);
  expect(epochOfText('1769853605.123')).toBe(at + 123);
  expect(epochOfText('1769853605.999999999')).toBe(at + 999.999);
  expect(epochOfText('-1.0000001')).toBe(-1000.001);
  expect(epochOfText('1769853605123')).toBe(at + 123);
  expect(epochOfText('1769853605123456')).toBe(at + 123.456);
  expect(epochOfText('1769853605123456789')).toBe(at + 123.456);
  expect(epochOfText('1.769853605e9')).toBe(at);
  for (const text of ['', '.', '1.', '.5', '1e', '0x10', '1_000', '1 2', '9'.repeat(40), 'NaN', 'Infinity']) {
    expect(epochOfText(text)).toBeUndefined();
  }
  fc.assert(
    fc.property(
      fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })),
      (n) => {
        expect(epochOfText(String(n))).toBe(epochMs(n));
      },
    ),
  );
});

test('a number that is spelt with more digits than a double has keeps them', () => {
  const text = '1769853605123456789';
  expect(epochMs(new SpeltNumber(Number(text), text))).toBe(at + 123.456);
});

describe('parseTime', () => {
  it.each([
    ['2026-01-31T10:00:05Z', at],
    ['2026-01-31T10:00:05', at],
    ['2026-01-31 10:00:05', at],
    ['2026-01-31T10:00:05.125Z', at + 125],
    ['2026-01-31 10:00:05,125', at + 125],
    ['2026-01-31T10:00:05.123456789Z', at + 123.456],
    ['2026-01-31T10:00:05.9999996Z', at + 999.999],
    ['2026-01-31T11:00:05+01:00', at],
    ['2026-01-31T08:30:05-0130', at],
    ['2026-01-31 11:00:05+01', at],
    ['2026-01-31T10:00', at - 5000],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026/01/31 10:00:05', at],
    ['20260131T100005Z', at],
    ['31/Jan/2026:11:00:05 +0100', at],
    ['[31/Jan/2026:11:00:05 +0100]', at],
    ['Sat, 31 Jan 2026 10:00:05 GMT', at],
    ['Sat, 31 Jan 2026 02:00:05 -0800 (PST)', at],
    ['Saturday, 31-Jan-26 10:00:05 GMT', at],
    ['31 Jan 26 05:00 EST', at - 5000],
    ['31-Jan-2026 10:00:05.125', at + 125],
    ['Sat Jan 31 10:00:05.125000 2026', at + 125],
    ['[Sat Jan 31 10:00:05.125000 2026]', at + 125],
    ['Sat Jan 31 10:00:05 UTC 2026', at],
    ['Sat Jan 31 11:00:05 CET 2026', at],
    ['Sat Jan 31 02:00:05 -0800 2026', at],
    ['Sat 31 Jan 2026 10:00:05 AM UTC', at],
    ['January 31, 2026 10:00:05 AM', at],
    ['Jan 31 2026 10:00:05 PM', at + 12 * 3_600_000],
    ['Sat Jan 31 2026 11:00:05 GMT+0100 (Central European Standard Time)', at],
    ['2026-01-31 10:00:05.123456789 +0000 UTC m=+0.000012345', at + 123.456],
    ['2026-01-31 11:00:05.5 +0100 CET', at + 500],
    ['2026-01-31 15:30:05 +0530 +0530', at],
    ['2026-01-31T11:00:05+01:00[Europe/Berlin]', at],
    ['2026-01-31 11:00:05 Europe/Berlin', at],
    ['2026-01-31 10:00:05 UTC', at],
    ['2026-01-31 02:00:05 PST', at],
    ['1769853605', at],
    ['20260131', Date.UTC(2026, 0, 31)],
    ['20260131100005', at],
    ['20261331', 20_261_331_000],
    [' 1769853605.5 ', at + 500],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['0026-01-01T00:00:00Z', -61_346_678_400_000],
    ['01/Jan/0026:00:00:00 +0000', -61_346_678_400_000],
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
    '2026-01-31 10:00:05 XYZ',
    '2026-01-31 13:00:05 PM',
    'Jan 32 10:00:05',
    'Jan 31 10:00:05 web1',
    '[2026-01-31',
  ])('does not read %j', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

describe('times without a year', () => {
  const around = (now: string) => ({ zone: UTC, now: () => Date.parse(now) });
  it.each([
    ['Jan 31 10:00:05', '2026-02-01T00:00:00Z', '2026-01-31T10:00:05.000Z'],
    ['Jan 31 10:00:05.250', '2026-02-01T00:00:00Z', '2026-01-31T10:00:05.250Z'],
    ['Jan  1 00:00:01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01.000Z'],
    ['Dec 31 23:59:59', '2026-01-01T00:00:10Z', '2025-12-31T23:59:59.000Z'],
    ['Jan  1 00:00:05', '2025-12-31T23:59:58Z', '2026-01-01T00:00:05.000Z'],
    ['Feb 29 12:00:00', '2026-03-01T00:00:00Z', '2024-02-29T12:00:00.000Z'],
  ])('%s at %s is %s', (text, now, time) => {
    expect(new Date(parseTime(text, around(now))!).toISOString()).toBe(time);
  });

  it('are never further away than half a year', () => {
    const time = fc.integer({ min: Date.UTC(1975), max: Date.UTC(2090) }).map((ms) => ms - (ms % 1000));
    fc.assert(
      fc.property(time, fc.integer({ min: -182 * 86_400, max: 182 * 86_400 }), (ms, away) => {
        const [, day, month, , clock] = new Date(ms).toUTCString().split(' ');
        fc.pre(!(month === 'Feb' && day === '29'));
        const text = `${month} ${String(Number(day)).padStart(2)} ${clock}`;
        expect(parseTime(text, { zone: UTC, now: () => ms + away * 1000 })).toBe(ms);
      }),
    );
  });
});

/** How formats write a time; a model that knows no parser. */
const WRITERS: readonly ((date: Date, micro: string, zone: string) => string)[] = [
  (date, micro, zone) => `${date.toISOString().slice(0, 19)}.${micro}${zone}`,
  (date, micro, zone) => `${date.toISOString().slice(0, 19).replace('T', ' ')},${micro}${zone}`,
  (date, micro, zone) => `${date.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')}.${micro}${zone}`,
  (date, micro, zone) => `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}.${micro}${zone}`,
  (date, micro, zone) => `${date.toUTCString().slice(0, -4)}.${micro} ${zone}`,
  (date, micro, zone) => {
    const [, day, month, year, clock] = date.toUTCString().split(' ');
    return `${day}/${month}/${year}:${clock}.${micro} ${zone}`;
  },
  (date, micro, zone) => {
    const [weekday, day, month, year, clock] = date.toUTCString().split(' ');
    return `[${weekday!.slice(0, 3)} ${month} ${day} ${clock}.${micro} ${zone} ${year}]`;
  },
  (date, micro, zone) =>
    `${date.toISOString().slice(0, 19).replace('T', ' ')}.${micro} ${zone.replace(':', '')} XST m=+1.5`,
];

test('what a format writes is read back, in any zone, cut off to the µs', () => {
  const zone = fc
    .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 14 }), fc.constantFrom(0, 15, 30, 45))
    .map(([sign, hours, minutes]) => ({
      text: `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`,
      offset: (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000,
    }));
  const second = fc.integer({ min: Date.UTC(1700) / 1000, max: Date.UTC(2220) / 1000 });
  const fraction = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(second, fraction, zone, fc.constantFrom(...WRITERS), (seconds, digits, { text, offset }, write) => {
      const written = write(new Date(seconds * 1000 + offset), digits, text);
      const time = parseTime(written)!;
      const microseconds = Number(digits.padEnd(6, '0').slice(0, 6));
      expect(Math.floor(time / 1000)).toBe(seconds);
      expect(time).toBe((seconds * 1_000_000 + microseconds) / 1000);
    }),
    { numRuns: 2000 },
  );
});

describe('isoTime', () => {
  const two = fc.integer({ min: 0, max: 70 }).map((n) => String(n).padStart(2, '0'));
  const ends = [
    'Z',
    '.123Z',
    '.1Z',
    '.000Z',
    'z',
    '',
    '+00:00',
    ' UTC',
    '.12xZ',
    ',5',
    '.',
    '.1234567+0130',
    '-08',
    '+1',
    '+25:00',
    '-01:60',
    'Z ',
  ];
  const text = fc
    .tuple(
      fc.oneof(fc.constantFrom('2024', '2100', '2000', '0000', '0099'), fc.integer({ min: 1000, max: 9999 })),
      fc.constantFrom('-', '/'),
      fc.constantFrom('T', ' ', 't'),
      two,
      two,
      two,
      two,
      two,
    )
    .chain(([year, mark, between, month, day, hour, minute, second]) => {
      const time = `${year}${mark}${month}${mark}${day}${between}${hour}:${minute}:${second}`;
      return fc.constantFrom(...ends).map((end) => time + end);
    });
  const days = fc
    .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const reading = { zone: zoneNamed('America/New_York')!, now: () => 0 };

  it('gives what the formats give, or leaves a text to them', () => {
    fc.assert(
      fc.property(fc.oneof(text, days), (given) => {
        const time = isoTime(given, reading.zone);
        if (time !== undefined) expect(time).toBe(anyTime(given, reading));
      }),
      { numRuns: 3000 },
    );
  });

  it('reads every date that is written so', () => {
    fc.assert(
      fc.property(days, (given) => {
        expect(isoTime(given, UTC)).toBe(Date.parse(given));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same of bytes, or leaves them to texts', () => {
    const nearly = fc.tuple(days, fc.nat({ max: 23 }), fc.constantFrom('x', '9', ':', '/')).map(([day, at, sign]) => {
      return day.slice(0, at) + sign + day.slice(at + 1);
    });
    fc.assert(
      fc.property(fc.oneof(text, days, nearly), (given) => {
        const bytes = Buffer.from(`"${given}"`);
        const time = isoTimeOfBytes(bytes, 1, bytes.length - 1);
        if (!Number.isNaN(time)) expect(time).toBe(isoTime(given, reading.zone));
      }),
      { numRuns: 3000 },
    );
    for (const given of ['2026-02-28T10:00:05Z', '2026-02-28T10:00:05.123Z'])
      expect(isoTimeOfBytes(Buffer.from(given), 0, given.length)).toBe(Date.parse(given));
  });

  it('takes nothing that is no date for the one before it', () => {
    const good = '2026-02-28T10:00:05Z';
    const dates = [
      '2026-02-30',
      '2026-00-28',
      '2026-13-28',
      '2026-02-0x',
      '2026-x2-28',
      'x026-02-28',
      '202x-02-28',
      '0000-00-00',
    ];
    for (const date of dates) {
      expect(isoTime(good, UTC)).toBe(Date.parse(good));
      expect(isoTime(`${date}T10:00:05Z`, UTC)).toBeUndefined();
      expect(isoTime(good, UTC)).toBe(Date.parse(good));
    }
  });
});
