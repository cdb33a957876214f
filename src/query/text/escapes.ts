import type { Place } from '../../base/problem.ts';
import { type TextProblem, textProblem } from './codes.ts';

const SINGLE: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
};

const HEX = /x([\da-fA-F]{2})/y;
const UNIT = /u([\da-fA-F]{4})/y;
const POINT = /u\{([\da-fA-F]{1,8})\}/y;

/** What a backslash and the characters behind it stand for, and the offset behind them. */
interface Escape {
  readonly value: string;
  readonly end: number;
}

/**
 * Reads JavaScript's escapes (ECMA-262, 12.9.4), with one difference: a backslash before a letter or digit that means nothing is a
 * problem, since `"\d"` would silently be `"d"`, and octal escapes are problems as in strict code.
 *
 * @param at the offset of the backslash; at least one character follows.
 */
export function readEscape(text: string, at: number, problems: TextProblem[]): Escape {
  const next = String.fromCodePoint(text.codePointAt(at + 1)!);
  const end = at + 1 + next.length;
  const simple = SINGLE[next];
  if (simple !== undefined) return { value: simple, end };
  // A backslash at the end of a line joins the lines.
  if (next === '\r') return { value: '', end: text[end] === '\n' ? end + 1 : end };
  if (next === '\n') return { value: '', end };
  if (next === '0' && !/\d/.test(text[end] ?? '')) return { value: '\0', end };
  if (next === 'x' || next === 'u') {
    const numeric = readNumeric(text, at + 1);
    if (numeric !== undefined) return numeric;
    problems.push(escapeProblem({ start: at, end }, next));
    return { value: next, end };
  }
  if (/[\p{L}\d]/u.test(next)) problems.push(escapeProblem({ start: at, end }, next));
  return { value: next, end };
}

function readNumeric(text: string, at: number): Escape | undefined {
  for (const form of [HEX, UNIT, POINT]) {
    form.lastIndex = at;
    const match = form.exec(text);
    if (match === null) continue;
    const code = Number.parseInt(match[1]!, 16);
    if (code <= 0x10ffff) return { value: String.fromCodePoint(code), end: form.lastIndex };
  }
  return undefined;
}

function escapeProblem(place: Place, next: string): TextProblem {
  if (next === 'x' || next === 'u') {
    const form = next === 'x' ? '`\\x41`' : '`\\u0041` or `\\u{1F600}`';
    return textProblem('bad-escape', place, `\`\\${next}\` needs the number of a character behind it`, {
      label: `expected ${form}`,
    });
  }
  return textProblem('bad-escape', place, `\`\\${next}\` stands for nothing in a text`, {
    label: 'unknown escape',
    help: /\d/.test(next)
      ? `a character by its number is \`\\x41\`, a backslash itself \`\\\\\``
      : `a backslash itself is \`\\\\${next}\`; a regular expression stands between slashes: \`/\\${next}/\``,
  });
}
