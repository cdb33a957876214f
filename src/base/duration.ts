const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds of `250ms`, `1.5s`, `5m`, `1h30m`, `2d`; undefined if the text is none of these. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * UNITS[unit as keyof typeof UNITS];
  // 0.1s is 100.00000000000001 in some sums; a tenth of a microsecond is below anything a clock gives.
  return Math.round(total * 1e4) / 1e4;
}

/** The shortest usual spelling of a number of milliseconds: 90000 is `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return '0s';
  if (ms < 1000) return `${trim(ms)}ms`;
  let text = '';
  let rest = ms;
  for (const [unit, size] of [
    ['d', UNITS.d],
    ['h', UNITS.h],
    ['m', UNITS.m],
  ] as const) {
    const whole = Math.floor(rest / size);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * size;
  }
  return rest > 0 ? `${text}${trim(rest / 1000)}s` : text;
}

function trim(value: number): string {
  return String(Math.round(value * 1e4) / 1e4);
}
