import { DAY, daysOfMonth, daysSinceEpoch, withMicroseconds } from './calendar.ts';
import type { Zone } from './zone.ts';

const SPACE = 0x20;
const PLUS = 0x2b;
const COMMA = 0x2c;
const DASH = 0x2d;
const POINT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const BIG_T = 0x54;
const BIG_Z = 0x5a;

/** Where the fraction stands, if there is one: behind `2026-01-31T10:00:05`. */
const CLOCK_END = 19;

/**
 * Milliseconds since the epoch of the commonest ways to write a time, read in a fraction of the time that expressions for all ways take:
 *
 *     2026-01-31T10:00:05Z    2026-01-31 10:00:05,123    2026/01/31 10:00:05    2026-01-31T10:00:05.123456+01:00
 *
 * Undefined for anything else, be it a time or not.
 *
 * @param zone the one of times that say none.
 */
export function isoTime(text: string, zone: Zone): number | undefined {
  const { length } = text;
  if (length < CLOCK_END || !hasSigns(text)) return undefined;
  const date = (twoDigits(text, 0) * 100 + twoDigits(text, 2)) * 10_000 + twoDigits(text, 5) * 100 + twoDigits(text, 8);
  if (date !== lastDate && !lookUp(date)) return undefined;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const clock = lastMidnight + ((hour * 60 + minute) * 60 + second) * 1000;
  const thousandths = thousandthsOf(text);
  if (thousandths <= 999) return clock + thousandths;
  const end = fractionEnd(text);
  const microseconds = end === CLOCK_END ? 0 : microsecondsOf(text, end);
  const whole = Math.floor(microseconds / 1000);
  const local = clock + whole;
  const rest = microseconds - whole * 1000;
  if (end === length) return withMicroseconds(zone.toUtc(local), rest);
  const offset = offsetFrom(text, end);
  return offset === undefined ? undefined : withMicroseconds(local - offset, rest);
}

const ZERO = 0x30;

/**
 * The same for bytes, and of the ways to write a time only those of which there is most:
 *
 *     2026-01-31T10:00:05Z    2026-01-31T10:00:05.123Z
 *
 * NaN for anything else.
 */
export function isoTimeOfBytes(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if ((length !== 24 && length !== 20) || bytes[end - 1] !== BIG_Z || !hasSignsIn(bytes, start)) return Number.NaN;
  const year = twoDigitsIn(bytes, start) * 100 + twoDigitsIn(bytes, start + 2);
  const date = year * 10_000 + twoDigitsIn(bytes, start + 5) * 100 + twoDigitsIn(bytes, start + 8);
  if (date !== lastDate && !lookUp(date)) return Number.NaN;
  const hour = twoDigitsIn(bytes, start + 11);
  const minute = twoDigitsIn(bytes, start + 14);
  const second = twoDigitsIn(bytes, start + 17);
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const clock = lastMidnight + ((hour * 60 + minute) * 60 + second) * 1000;
  if (length === 20) return clock;
  const unit = bytes[start + 22]! - ZERO;
  const thousandths = twoDigitsIn(bytes, start + 20) * 10 + unit;
  return bytes[start + CLOCK_END] === POINT && unit >= 0 && unit <= 9 && thousandths <= 999
    ? clock + thousandths
    : Number.NaN;
}

function hasSignsIn(bytes: Uint8Array, start: number): boolean {
  return (
    bytes[start + 4] === DASH &&
    bytes[start + 7] === DASH &&
    bytes[start + 10] === BIG_T &&
    bytes[start + 13] === COLON &&
    bytes[start + 16] === COLON
  );
}

/** {@link NONE} where there is anything but digits. */
function twoDigitsIn(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const units = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : NONE;
}

/** The date that was read last, as 20260131, and its midnight in UTC, ms: most times follow others of their day. */
let lastDate = -1;
let lastMidnight = 0;

/** Takes a date for the last one. @returns false, with nothing changed, for what is none. */
function lookUp(date: number): boolean {
  const year = Math.floor(date / 10_000);
  const month = Math.floor(date / 100) % 100;
  const day = date % 100;
  // Of a month that there is not, the days are NaN.
  if (date >= NONE || !(day >= 1 && day <= daysOfMonth(month, year))) return false;
  lastDate = date;
  lastMidnight = daysSinceEpoch(year, month, day) * DAY;
  return true;
}

function hasSigns(text: string): boolean {
  const mark = text.charCodeAt(4);
  const between = text.charCodeAt(10);
  return (
    (mark === DASH || mark === SLASH) &&
    text.charCodeAt(7) === mark &&
    (between === BIG_T || between === SPACE) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  );
}

/** Of `.123Z` and nothing else behind the clock, as JavaScript and most programs write it: each sign is looked at once. Otherwise {@link NONE}. */
function thousandthsOf(text: string): number {
  const last = CLOCK_END + 4;
  if (text.length !== last + 1 || text.charCodeAt(last) !== BIG_Z || text.charCodeAt(CLOCK_END) !== POINT) return NONE;
  const unit = text.charCodeAt(last - 1);
  return isDigit(unit) ? twoDigits(text, CLOCK_END + 1) * 10 + unit - ZERO : NONE;
}

/** Where the digits behind a point or comma end; the end of the clock where there are none. */
function fractionEnd(text: string): number {
  const sign = text.charCodeAt(CLOCK_END);
  if (sign !== POINT && sign !== COMMA) return CLOCK_END;
  let end = CLOCK_END + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  return end === CLOCK_END + 1 ? CLOCK_END : end;
}

/** The first six digits; others are cut off. */
function microsecondsOf(text: string, end: number): number {
  let number = 0;
  let at = CLOCK_END + 1;
  for (; at < CLOCK_END + 7 && at < end; at++) number = number * 10 + text.charCodeAt(at) - ZERO;
  for (; at < CLOCK_END + 7; at++) number *= 10;
  return number;
}

/** How far `Z`, `+01`, `+0100` or `+01:00` at the end of a text is ahead of UTC, ms; undefined for anything else. */
function offsetFrom(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  const left = text.length - at;
  if (sign === BIG_Z) return left === 1 ? 0 : undefined;
  if (sign !== PLUS && sign !== DASH) return undefined;
  if (left !== 3 && left !== 5 && !(left === 6 && text.charCodeAt(at + 3) === COLON)) return undefined;
  const hours = twoDigits(text, at + 1);
  const minutes = left === 3 ? 0 : twoDigits(text, text.length - 2);
  if (hours > 23 || minutes > 59) return undefined;
  const offset = (hours * 60 + minutes) * 60_000;
  return sign === DASH ? -offset : offset;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** More than any part of a time can be, and than any date as {@link lastDate} has it. */
const NONE = 100_000_000;

/** {@link NONE} where there is anything but digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const units = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(units) ? tens * 10 + units - ZERO * 11 : NONE;
}
