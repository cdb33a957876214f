import { withMicroseconds } from './calendar.ts';
import type { AnyNumber } from './value.ts';

/** The furthest that a `Date` can be from the epoch, ms (ECMA-262, section 21.4.1.1). */
const FURTHEST = 8.64e15;

/**
 * Milliseconds since the epoch of a number, which is told by its magnitude: below 10^11 seconds, below 10^14 ms, below 10^17 µs, else ns.
 * Kept to the µs; what is finer is cut off, also before the epoch, so that nothing moves to the next second or day. Undefined for what no date
 * can be.
 */
export function epochMs(given: AnyNumber): number | undefined {
  if (typeof given === 'bigint') return epochOfInteger(given);
  // Its digits say more than a double can.
  if (typeof given !== 'number') return epochOfText(String(given));
  const value = given;
  const size = Math.abs(value);
  if (size < 1e11) return ofUnits(value, 1_000_000);
  if (size < 1e14) return ofUnits(value, 1000);
  return size < 1e17 ? ofUnits(value, 1) : ofUnits(value / 1000, 1);
}

/** @param unit how many µs. */
function ofUnits(value: number, unit: number): number | undefined {
  const whole = Math.floor(value);
  // A decimal of six digits is rarely a double; what the double is off by must not cost it its last digit.
  const error = Math.min(0.4, Math.abs(value) * unit * 2 ** -53);
  const part = value === whole ? 0 : Math.min(unit - 1, Math.floor((value - whole) * unit + error));
  if (unit === 1) {
    const ms = Math.floor(whole / 1000);
    return within(withMicroseconds(ms, Math.max(0, whole - ms * 1000)));
  }
  const ms = Math.floor(part / 1000);
  return within(withMicroseconds(whole * (unit / 1000) + ms, part - ms * 1000));
}

function epochOfInteger(value: bigint): number | undefined {
  const size = value < 0n ? -value : value;
  if (size < 100_000_000_000_000n) return epochMs(Number(value));
  return ofMicroseconds(size < 100_000_000_000_000_000n ? value : floorDivided(value, 1000n));
}

function ofMicroseconds(value: bigint): number | undefined {
  const ms = floorDivided(value, 1000n);
  return within(withMicroseconds(Number(ms), Number(value - ms * 1000n)));
}

function floorDivided(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return quotient * by > value ? quotient - 1n : quotient;
}

function within(ms: number): number | undefined {
  return Math.abs(ms) <= FURTHEST ? ms : undefined;
}

const INTEGER = /^[+-]?\d{1,30}$/;
const SECONDS = /^([+-]?)(\d{1,11})[.,](\d+)$/;
const NUMBER = /^[+-]?\d{1,30}(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i;

/** The same of a number that is written as a text: all digits of it count. Undefined for any other text. */
export function epochOfText(text: string): number | undefined {
  if (INTEGER.test(text)) {
    const number = Number(text);
    return epochMs(Number.isSafeInteger(number) ? number : BigInt(text.replace('+', '')));
  }
  const [, sign, whole, fraction] = SECONDS.exec(text) ?? [];
  if (whole === undefined) return NUMBER.test(text) ? epochMs(Number(text)) : undefined;
  const microseconds = BigInt(whole) * 1_000_000n + BigInt(fraction!.slice(0, 6).padEnd(6, '0'));
  if (sign !== '-') return ofMicroseconds(microseconds);
  // The next µs further from the epoch is the one below.
  return ofMicroseconds(-microseconds - (/[1-9]/.test(fraction!.slice(6)) ? 1n : 0n));
}
