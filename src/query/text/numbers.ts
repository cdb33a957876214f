import { parseDuration } from '../../base/duration.ts';
import type { Place } from '../../base/problem.ts';
import { parseSize } from '../../base/size.ts';
import { type TextProblem, textProblem } from './codes.ts';

const RADIX = /^0(?:[xX][\da-fA-F]+(?:_[\da-fA-F]+)*|[oO][0-7]+(?:_[0-7]+)*|[bB][01]+(?:_[01]+)*)$/;
const INTEGER = /^(?:0|[1-9]\d*(?:_\d+)*)$/;
const DECIMAL = /^(?:0|[1-9]\d*(?:_\d+)*)?(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const GROUPED = /^\d+(?:_\d+)*(?=[.a-zA-Z])/;

/** What a word that starts with a digit (or a point and a digit) stands for. */
interface NumberValue {
  readonly value: number | bigint;
  readonly unit?: 'duration' | 'size';
}

/** A number as in JavaScript, a duration in ms, a size in bytes; an integer beyond 2^53 keeps its digits. Anything else is a problem and 0. */
export function readNumber(word: string, place: Place, problems: TextProblem[]): NumberValue {
  const number = plainNumber(word) ?? withUnit(word);
  if (number === undefined) problems.push(badNumber(word, place));
  else if (number.value === Number.POSITIVE_INFINITY) {
    problems.push(
      textProblem('number-too-large', place, `this number is too large, the largest is about 1.8e308`, {
        label: 'too large',
      }),
    );
  } else return number;
  return { value: 0 };
}

function plainNumber(word: string): NumberValue | undefined {
  const digits = word.replaceAll('_', '');
  if (RADIX.test(word) || INTEGER.test(word)) {
    const value = Number(digits);
    return { value: Number.isSafeInteger(value) ? value : BigInt(digits) };
  }
  return DECIMAL.test(word) ? { value: Number(digits) } : undefined;
}

function withUnit(word: string): NumberValue | undefined {
  const ungrouped = word.replace(GROUPED, (digits) => digits.replaceAll('_', ''));
  const duration = parseDuration(ungrouped);
  if (duration !== undefined) return { value: duration, unit: 'duration' };
  const size = parseSize(ungrouped);
  return size === undefined ? undefined : { value: size, unit: 'size' };
}

/** Units of other tools, and ours for them. */
const UNITS: readonly (readonly [pattern: RegExp, unit: string])[] = [
  [/^(?:msecs?|millis|milliseconds?)$/i, 'ms'],
  [/^(?:secs?|seconds?)$/i, 's'],
  [/^(?:mins?|minutes?)$/i, 'm'],
  [/^(?:hrs?|hours?)$/i, 'h'],
  [/^days?$/i, 'd'],
  [/^kib$/i, 'kb'],
  [/^mib$/i, 'mb'],
  [/^gib$/i, 'gb'],
];

function badNumber(word: string, place: Place): TextProblem {
  const [, amount, unit] = /^([\d._]+)(\p{L}+)$/u.exec(word) ?? [];
  const ours = unit === undefined ? undefined : UNITS.find(([pattern]) => pattern.test(unit))?.[1];
  return textProblem('bad-number', place, `expected a number, a duration or a size, found \`${shorten(word)}\``, {
    label: 'not a number',
    help: badNumberHelp(word, amount, unit, ours),
  });
}

function badNumberHelp(
  word: string,
  amount: string | undefined,
  unit: string | undefined,
  ours: string | undefined,
): string {
  if (ours !== undefined) return `\`${amount}${ours}\``;
  if (unit === 'n') return `\`${amount}\`: whole numbers keep all their digits without an \`n\``;
  if (/^0\d/.test(word))
    return `numbers have no zeros in front: \`${word.replace(/^0+(?=\d)/, '')}\`; a text has quotes: \`"${word}"\``;
  if (/^[\d_.]+$/.test(word)) return 'a number has at most one point, and `_` only between digits; a text has quotes';
  return 'durations are written `250ms 1.5s 5m 1h30m 2d`, sizes `64kb 10mb 1gb`; a name starts with a letter';
}

function shorten(word: string): string {
  return word.length > 30 ? `${word.slice(0, 30)}…` : word;
}
