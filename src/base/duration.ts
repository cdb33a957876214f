const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds of `250ms`, `1.5s`, `5m`, `1h30m`, `2d`; undefined if the text is none of these, or too long for a number. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * UNITS[unit as keyof typeof UNITS];
  if (!Number.isFinite(total * 1e4)) return undefined;
  // 0.1s is 100.00000000000001 in some sums; a tenth of a microsecond is below anything a clock gives.
  return Math.round(total * 1e4) / 1e4;
}

/**
 * The shortest usual spelling of a number of milliseconds: 90000 is `1m30s`. From a second on, tenths of a millisecond are the
 * smallest that is shown.
 */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  const small = rounded(ms, 1e4);
  if (small === 0) return '0s';
  if (small < UNITS.s) return `${small}ms`;
  let text = '';
  // Rounded before it is taken apart, so that 59.99999 s is a minute and not `60s`.
  let rest = rounded(ms, 10);
  for (const [unit, size] of [
    ['d', UNITS.d],
    ['h', UNITS.h],
    ['m', UNITS.m],
  ] as const) {
    const whole = Math.floor(rest / size);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * size;
  }
  return rest > 0 ? `${text}${rounded(rest / UNITS.s, 1e4)}s` : text;
}

function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
