import { BadRecord } from '../../base/problem.ts';
import { zoneNamed } from '../../base/zone.ts';
import { zoneHint } from '../../base/zone-names.ts';

const MINUTE = 60_000;
/** Patterns come from programs mostly, but may come from data; so many are remembered. */
const REMEMBERED = 256;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** A time in a zone: `local` has the zone's date and clock in its UTC fields; `offset` is ms ahead of UTC. */
interface Moment {
  readonly local: Date;
  /** µs behind the ms of `local`. */
  readonly microseconds: number;
  readonly offset: number;
  readonly zone: string;
}

type Part = (moment: Moment) => string;

const patterns = new Map<string, readonly Part[]>();

/**
 * A time as text, by Spark's datetime patterns (those of Java's DateTimeFormatter): `yyyy-MM-dd HH:mm:ss.SSS`.
 *
 * @param time ms since the epoch
 * @param zone a name such as `Europe/Berlin`, or an offset such as `+02:00`
 * @throws BadRecord for a pattern or zone that does not exist, or a time no date can have
 */
export function formatTime(time: number, pattern: string, zone: string): string {
  const known = zoneNamed(zone);
  if (known === undefined) throw new BadRecord(`there is no time zone "${zone}"`, zoneHint(zone));
  const offset = known.offsetAt(time);
  // What is finer than a part of the pattern is cut off, before the epoch as well.
  const whole = Math.floor(time);
  const local = new Date(whole + offset);
  if (Number.isNaN(local.getTime())) throw new BadRecord('a time is beyond all dates', String(time));
  const moment = { local, microseconds: microsecondsOf(time, whole), offset, zone };
  let text = '';
  for (const part of remembered(patterns, pattern, readPattern)) text += part(moment);
  return text;
}

/** A µs is rarely a double of ms, and may be a little more or less. */
function microsecondsOf(time: number, whole: number): number {
  return time === whole
    ? 0
    : Math.min(999, Math.floor((time - whole) * 1000 + Math.min(0.4, Math.abs(time) * 2 ** -43)));
}

function remembered<T>(memory: Map<string, T>, key: string, make: (key: string) => T): T {
  let value = memory.get(key);
  if (value === undefined) {
    value = make(key);
    if (memory.size >= REMEMBERED) memory.clear();
    memory.set(key, value);
  }
  return value;
}

/** A letter and its repetitions, a quoted text (two quotes are one), or any other character as it is. */
const PIECE = /([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']/y;

function readPattern(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  PIECE.lastIndex = 0;
  for (let at = 0; at < pattern.length; at = PIECE.lastIndex) {
    const match = PIECE.exec(pattern);
    if (match === null) throw new BadRecord(`the time pattern "${pattern}" has a quote that is not closed`);
    const [whole, letter, quoted] = match;
    if (letter !== undefined) parts.push(partOf(letter, whole.length, pattern));
    else if (quoted !== undefined) parts.push(text(quoted === '' ? "'" : quoted.replaceAll("''", "'")));
    else parts.push(text(whole));
  }
  return parts;
}

function text(constant: string): Part {
  return () => constant;
}

function digits(value: number, count: number): string {
  return value < 0 ? `-${digits(-value, count)}` : String(value).padStart(count, '0');
}

function partOf(letter: string, count: number, pattern: string): Part {
  switch (letter) {
    case 'y':
    case 'u':
      if (count === 2) return ({ local }) => digits(((local.getUTCFullYear() % 100) + 100) % 100, 2);
      return ({ local }) => digits(local.getUTCFullYear(), count);
    case 'M':
    case 'L':
      return named(
        count,
        ({ local }) => local.getUTCMonth() + 1,
        ({ local }) => MONTHS[local.getUTCMonth()]!,
      );
    case 'd':
      return ({ local }) => digits(local.getUTCDate(), count);
    case 'D':
      return ({ local }) => digits(dayOfYear(local), count);
    case 'Q':
    case 'q':
      if (count > 2) return ({ local }) => `Q${quarterOf(local)}`;
      return ({ local }) => digits(quarterOf(local), count);
    case 'E':
      if (count > 3) return ({ local }) => DAYS[local.getUTCDay()]!;
      return ({ local }) => DAYS[local.getUTCDay()]!.slice(0, 3);
    case 'a':
      return ({ local }) => (local.getUTCHours() < 12 ? 'AM' : 'PM');
    case 'h':
      return ({ local }) => digits(local.getUTCHours() % 12 || 12, count);
    case 'K':
      return ({ local }) => digits(local.getUTCHours() % 12, count);
    case 'H':
      return ({ local }) => digits(local.getUTCHours(), count);
    case 'k':
      return ({ local }) => digits(local.getUTCHours() || 24, count);
    case 'm':
      return ({ local }) => digits(local.getUTCMinutes(), count);
    case 's':
      return ({ local }) => digits(local.getUTCSeconds(), count);
    case 'S':
      return ({ local, microseconds }) =>
        (digits(local.getUTCMilliseconds(), 3) + digits(microseconds, 3)).padEnd(count, '0').slice(0, count);
    case 'X':
      return ({ offset }) => (offset === 0 ? 'Z' : spellOffset(offset, count));
    case 'x':
      return ({ offset }) => spellOffset(offset, count);
    case 'Z':
      if (count === 5) return ({ offset }) => (offset === 0 ? 'Z' : spellOffset(offset, 3));
      if (count === 4) return ({ offset }) => (offset === 0 ? 'GMT' : `GMT${spellOffset(offset, 3)}`);
      return ({ offset }) => spellOffset(offset, 2);
    case 'O':
      return ({ offset }) => (offset === 0 ? 'GMT' : `GMT${spellOffset(offset, 3)}`);
    case 'V':
    case 'z':
      return ({ zone }) => zone;
    default:
      throw new BadRecord(`the time pattern "${pattern}" has the letter ${letter}, which means nothing`);
  }
}

/** A number with one letter or two, the short name with three, the long one with more. */
function named(count: number, number: (moment: Moment) => number, name: (moment: Moment) => string): Part {
  if (count <= 2) return (moment) => digits(number(moment), count);
  return count === 3 ? (moment) => name(moment).slice(0, 3) : name;
}

function quarterOf(local: Date): number {
  return Math.floor(local.getUTCMonth() / 3) + 1;
}

function dayOfYear(local: Date): number {
  const first = new Date(0);
  first.setUTCFullYear(local.getUTCFullYear(), 0, 1);
  return Math.floor((local.getTime() - first.getTime()) / 86_400_000) + 1;
}

/** `+01` with one letter (minutes only where there are some), `+0100` with two, `+01:00` with three. */
function spellOffset(offset: number, count: number): string {
  const sign = offset < 0 ? '-' : '+';
  const total = Math.floor(Math.abs(offset) / MINUTE);
  const hours = digits(Math.floor(total / 60), 2);
  const minutes = digits(total % 60, 2);
  if (count === 1) return minutes === '00' ? sign + hours : sign + hours + minutes;
  return sign + hours + (count === 3 ? ':' : '') + minutes;
}
