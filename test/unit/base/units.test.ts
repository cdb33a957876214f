import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/base/duration.ts';
import { formatSize, parseSize } from '../../../src/base/size.ts';

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['0.1s', 100],
    ['0s', 0],
    ['1m30s250ms', 90_250],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '5', 's', '-5s', '5 s', '5S', '1.s', '.5s', '5sec', '1e3s', '5s ', '1,5s', `${'9'.repeat(400)}s`])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test.each([
    [0, '0s'],
    [0.5, '0.5ms'],
    [999.99999, '1s'],
    [1500, '1.5s'],
    [59_999.99, '1m'],
    [60_000, '1m'],
    [90_000, '1m30s'],
    [86_400_000, '1d'],
    [90_061_001, '1d1h1m1.001s'],
    [-1500, '-1.5s'],
  ])('%d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('what was written is read back', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});

describe('sizes', () => {
  test.each([
    ['64kb', 65_536],
    ['10mb', 10_485_760],
    ['1GB', 1_073_741_824],
    ['1.5kb', 1536],
    ['100b', 100],
    ['2tb', 2_199_023_255_552],
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', '5', 'kb', '-1kb', '1 kb', '1k', '1kib', `${'9'.repeat(400)}kb`])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  test.each([
    [0, '0b'],
    [1023, '1023b'],
    [1024, '1kb'],
    [1536, '1.5kb'],
    [1_048_575, '1mb'],
    [996_147, '972.8kb'],
    [1024 ** 4 * 5000, '5000tb'],
  ])('%d bytes are written %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  test('what was written is read back, but for rounding', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(Math.abs(parseSize(formatSize(bytes))! - bytes)).toBeLessThanOrEqual(bytes * 0.05 + 0.5);
      }),
    );
  });
});
