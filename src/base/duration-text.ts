/** ms of each unit, by all its spellings: of Go, of programs that write for people, of SQL. */
const UNITS: { readonly [unit: string]: number } = {
  ...spelt(1e-6, 'ns', 'nanosecond', 'nanoseconds'),
  ...spelt(1e-3, 'µs', 'μs', 'us', 'microsecond', 'microseconds'),
  ...spelt(1, 'ms', 'msec', 'msecs', 'millisecond', 'milliseconds'),
  ...spelt(1000, 's', 'sec', 'secs', 'second', 'seconds'),
  ...spelt(60_000, 'm', 'min', 'mins', 'minute', 'minutes'),
  ...spelt(3_600_000, 'h', 'hr', 'hrs', 'hour', 'hours'),
  ...spelt(86_400_000, 'd', 'day', 'days'),
  ...spelt(604_800_000, 'w', 'week', 'weeks'),
};

function spelt(ms: number, ...units: readonly string[]): { readonly [unit: string]: number } {
  return Object.fromEntries(units.map((unit) => [unit, ms]));
}

const WHOLE = /^[+-]?\d+(?:[.,]\d+)? ?[a-zµμ]+(?:,? ?\d+(?:[.,]\d+)? ?[a-zµμ]+)*$/i;
const PART = /(\d+(?:[.,]\d+)?) ?([a-zµμ]+)/gi;
// ISO 8601-1, 5.5.2. Years and months are no fixed time.
const ISO = /^([+-]?)P(?=.)(?:([\d.,]+)W)?(?:([\d.,]+)D)?(?:T(?=.)(?:([\d.,]+)H)?(?:([\d.,]+)M)?(?:([\d.,]+)S)?)?$/i;
const ISO_UNITS = ['w', 'd', 'h', 'm', 's'] as const;
const CLOCK = /^([+-]?)(\d+):([0-5]\d):([0-5]\d(?:[.,]\d+)?)$/;

/**
 * Milliseconds of a text that says how long something took: `1h30m`, `250ms`, `1.5 s`, `2 days, 3 hours`, `PT1H30M`, `1:30:00`. Undefined for
 * any other text, also for a number without a unit, and for years and months.
 */
export function readDuration(given: string): number | undefined {
  const text = given.trim();
  const iso = ISO.exec(text);
  if (iso !== null)
    return signed(
      iso[1]!,
      ISO_UNITS.map((unit, i) => partOf(iso[i + 2] ?? '0', unit)),
    );
  const clock = CLOCK.exec(text);
  if (clock !== null)
    return signed(clock[1]!, [partOf(clock[2]!, 'h'), partOf(clock[3]!, 'm'), partOf(clock[4]!, 's')]);
  if (!WHOLE.test(text)) return undefined;
  const sign = text.startsWith('-') ? '-' : '';
  return signed(
    sign,
    Array.from(text.matchAll(PART), ([, amount, unit]) => partOf(amount!, unit!)),
  );
}

/** ms of so many of a unit; NaN where there is no such unit or number. Only small letters are, so that `M` is no minute. */
function partOf(amount: string, unit: string): number {
  return Number(amount.replace(',', '.')) * (Object.hasOwn(UNITS, unit) ? UNITS[unit]! : Number.NaN);
}

function signed(sign: string, parts: readonly number[]): number | undefined {
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (!Number.isFinite(total * 1e6)) return undefined;
  // 0.1 s is 100.00000000000001 in some sums; nothing is finer than a nanosecond.
  const ms = Math.round(total * 1e6) / 1e6;
  return sign === '-' && ms !== 0 ? -ms : ms;
}
