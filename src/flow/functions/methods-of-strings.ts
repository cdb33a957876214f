import { codePointAt, codePointLength, hasSurrogates, sliceCodePoints } from '../../base/code-points.ts';
import { BadRecord } from '../../base/problem.ts';
import { BOOLEAN, listOf, NUMBER, STRING, type Type, UNKNOWN } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { defineFunction, type FunctionDefinition, type FunctionParameter } from '../define/function.ts';
import { type FieldsOfMatch, fieldsOfMatches, type ReadGroup } from '../pattern/groups.ts';
import { Pattern } from '../pattern/pattern.ts';
import { checkTextLength, within } from '../texts/limits.ts';
import { split, splitItem, splitLength } from '../texts/split.ts';

/** Positions and lengths are in code points everywhere here, as `length` is; JavaScript's are in UTF-16 units. */

/** What `match` gives: `[whole, group 1, …]`, an object of the groups if they are named, null where there is no match. */
function groupsOf(match: RegExpExecArray | null, fields: FieldsOfMatch | undefined): Value {
  if (match === null) return null;
  if (fields !== undefined) return fields(match, asText);
  const groups: Value[] = [match[0]];
  for (let i = 1; i < match.length; i++) groups.push(match[i] ?? null);
  return groups;
}

const asText: ReadGroup = (text) => text;

const fields = new WeakMap<Pattern, { readonly of: FieldsOfMatch | undefined }>();

/** As {@link fieldsOfMatches}, once for each expression. */
function fieldsOf(pattern: Pattern): FieldsOfMatch | undefined {
  let known = fields.get(pattern);
  if (known === undefined) {
    known = { of: fieldsOfMatches(pattern) };
    fields.set(pattern, known);
  }
  return known.of;
}

function match(text: string, pattern: Pattern): Value {
  return groupsOf(pattern.exec(text), fieldsOf(pattern));
}

function matchAll(text: string, pattern: Pattern): Value {
  return pattern.matchAll(text).map((match) => groupsOf(match, fieldsOf(pattern)));
}

function replace(text: string, search: string | Pattern, replacement: string): string {
  return search instanceof Pattern ? search.replace(text, replacement) : text.replace(search, replacement);
}

function replaceAll(text: string, search: string | Pattern, replacement: string): string {
  return search instanceof Pattern ? search.replaceAll(text, replacement) : text.replaceAll(search, replacement);
}

/** The code point that a UTF-16 unit belongs to, counted from 0; -1 stays. */
function toCodePoints(text: string, unit: number): number {
  return unit <= 0 || !hasSurrogates(text) ? unit : codePointLength(text.slice(0, unit));
}

/** The UTF-16 unit at which a code point starts. */
function toUnits(text: string, position: number): number {
  if (position <= 0 || !hasSurrogates(text)) return position;
  return sliceCodePoints(text, 0, Math.trunc(position)).length;
}

function substring(text: string, start: number, end?: number): string {
  const length = codePointLength(text);
  const from = Math.min(Math.max(start, 0), length);
  const to = Math.min(Math.max(end ?? length, 0), length);
  return sliceCodePoints(text, Math.min(from, to), Math.max(from, to));
}

function at(text: string, index: number): Value {
  const whole = Math.trunc(index);
  return codePointAt(text, whole < 0 ? codePointLength(text) + whole : whole) ?? null;
}

/** What `padStart` and `padEnd` add. */
function padding(text: string, length: number, fill: string): string {
  const missing = Math.trunc(length) - codePointLength(text);
  if (missing <= 0 || fill === '') return '';
  const fillLength = codePointLength(fill);
  checkTextLength(missing * (fill.length / fillLength));
  const whole = fill.repeat(Math.floor(missing / fillLength));
  return whole + sliceCodePoints(fill, 0, missing % fillLength);
}

function repeat(text: string, count: number): string {
  within('repeat', count, 0, Number.MAX_SAFE_INTEGER);
  checkTextLength(text.length * count);
  return text.repeat(count);
}

function codeAt(text: string, index = 0): Value {
  const found = index < 0 ? undefined : codePointAt(text, Math.trunc(index));
  return found?.codePointAt(0) ?? null;
}

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'];

function normalize(text: string, form = 'NFC'): string {
  if (!FORMS.includes(form)) throw new BadRecord(`there is no normal form "${form}"`, `there are ${FORMS.join(', ')}`);
  return text.normalize(form);
}

interface Row {
  readonly name: string;
  readonly summary: string;
  readonly synonyms?: readonly string[];
  readonly example: readonly [expression: string, gives: string];
  readonly takes?: readonly FunctionParameter[];
  readonly gives: Type;
  // biome-ignore lint/suspicious/noExplicitAny: the binder checks arguments against `takes`
  readonly call: (text: string, ...args: any[]) => Value;
  readonly only?: FunctionDefinition['only'];
}

const one = (name: string, type: Type): FunctionParameter => ({ name, type });
const maybe = (name: string, type: Type): FunctionParameter => ({ name, type, optional: true });
const PATTERN: FunctionParameter = { name: 'pattern', type: UNKNOWN, pattern: 'only' };
const SEARCH: FunctionParameter = { name: 'search', type: STRING, pattern: 'also' };

const ROWS: readonly Row[] = [
  {
    name: 'at',
    summary: 'The character at an index, counted from the end where negative; null beyond',
    example: ['"abc".at(-1)', '"c"'],
    takes: [one('index', NUMBER)],
    gives: STRING,
    call: at,
  },
  {
    name: 'charAt',
    summary: 'The character at an index; an empty text beyond',
    example: ['"abc".charAt(1)', '"b"'],
    takes: [maybe('index', NUMBER)],
    gives: STRING,
    call: (text, index = 0) => (index < 0 ? '' : (codePointAt(text, Math.trunc(index)) ?? '')),
  },
  {
    name: 'codePointAt',
    summary: 'The number of the code point at an index; null beyond',
    example: ['"a".codePointAt(0)', '97'],
    takes: [maybe('index', NUMBER)],
    gives: NUMBER,
    call: codeAt,
  },
  {
    name: 'concat',
    summary: 'The text with others behind it',
    example: ['"a".concat("b", "c")', '"abc"'],
    takes: [{ name: 'texts', type: STRING, rest: true }],
    gives: STRING,
    call: (text, ...others) => text.concat(...others),
  },
  {
    name: 'endsWith',
    summary: 'Whether the text ends with another',
    example: ['"app.log".endsWith(".log")', 'true'],
    takes: [one('search', STRING)],
    gives: BOOLEAN,
    call: (text, search) => text.endsWith(search),
  },
  {
    name: 'includes',
    summary: 'Whether another text stands in it, from a position on',
    synonyms: ['contains'],
    example: ['"abc".includes("bc")', 'true'],
    takes: [one('search', STRING), maybe('from', NUMBER)],
    gives: BOOLEAN,
    call: (text, search, from = 0) => text.includes(search, toUnits(text, from)),
  },
  {
    name: 'indexOf',
    summary: 'Where another text first stands in it, from a position on; -1 if nowhere',
    example: ['"abcb".indexOf("b")', '1'],
    takes: [one('search', STRING), maybe('from', NUMBER)],
    gives: NUMBER,
    call: (text, search, from = 0) => toCodePoints(text, text.indexOf(search, toUnits(text, from))),
  },
  {
    name: 'lastIndexOf',
    summary: 'Where another text last stands in it, up to a position; -1 if nowhere',
    example: ['"abcb".lastIndexOf("b")', '3'],
    takes: [one('search', STRING), maybe('upTo', NUMBER)],
    gives: NUMBER,
    call: (text, search, upTo?: number) =>
      toCodePoints(text, upTo === undefined ? text.lastIndexOf(search) : text.lastIndexOf(search, toUnits(text, upTo))),
  },
  {
    name: 'match',
    summary: 'The first match as [whole, group 1, …], as an object if groups are named, or null',
    synonyms: ['regular expression', 'regexp'],
    example: ['"GET /a".match(/(?<verb>\\w+) (?<path>.*)/)', '{"verb":"GET","path":"/a"}'],
    takes: [PATTERN],
    gives: UNKNOWN,
    call: match,
  },
  {
    name: 'matchAll',
    summary: 'All matches, each as match gives it',
    example: ['"a1b2".matchAll(/([a-z])(\\d)/)', '[["a1","a","1"],["b2","b","2"]]'],
    takes: [PATTERN],
    gives: listOf(UNKNOWN),
    call: matchAll,
  },
  {
    name: 'normalize',
    summary: 'The text in a Unicode normal form, NFC unless said',
    example: ['"e\\u0301".normalize().length', '1'],
    takes: [maybe('form', STRING)],
    gives: STRING,
    call: normalize,
  },
  {
    name: 'padEnd',
    summary: 'The text with so much behind it that it has a length',
    example: ['"ab".padEnd(4, ".")', '"ab.."'],
    takes: [one('length', NUMBER), maybe('fill', STRING)],
    gives: STRING,
    call: (text, length, fill = ' ') => text + padding(text, length, fill),
  },
  {
    name: 'padStart',
    summary: 'The text with so much before it that it has a length',
    example: ['"7".padStart(3, "0")', '"007"'],
    takes: [one('length', NUMBER), maybe('fill', STRING)],
    gives: STRING,
    call: (text, length, fill = ' ') => padding(text, length, fill) + text,
  },
  {
    name: 'repeat',
    summary: 'The text so many times',
    example: ['"ab".repeat(2)', '"abab"'],
    takes: [one('count', NUMBER)],
    gives: STRING,
    call: repeat,
  },
  {
    name: 'replace',
    summary: 'The first match replaced; $1, $<name> and $& stand for what matched',
    example: ['"a-b-c".replace("-", "+")', '"a+b-c"'],
    takes: [SEARCH, one('replacement', STRING)],
    gives: STRING,
    call: replace,
  },
  {
    name: 'replaceAll',
    summary: 'All matches replaced; $1, $<name> and $& stand for what matched',
    synonyms: ['gsub', 'sed'],
    example: ['"a1b22".replaceAll(/\\d+/, "#")', '"a#b#"'],
    takes: [SEARCH, one('replacement', STRING)],
    gives: STRING,
    call: replaceAll,
  },
  {
    name: 'search',
    summary: 'Where a regular expression first matches; -1 if nowhere',
    example: ['"abc1".search(/\\d/)', '3'],
    takes: [PATTERN],
    gives: NUMBER,
    call: (text, pattern: Pattern) => toCodePoints(text, pattern.search(text)),
  },
  {
    name: 'slice',
    summary: 'From a position up to another, both counted from the end where negative',
    synonyms: ['substring', 'substr'],
    example: ['"abcdef".slice(1, -2)', '"bcd"'],
    takes: [maybe('start', NUMBER), maybe('end', NUMBER)],
    gives: STRING,
    call: (text, start = 0, end?: number) => sliceCodePoints(text, start, end),
  },
  {
    name: 'split',
    summary: 'The parts between separators, a text or a regular expression; at most limit of them',
    example: ['"a, b,c".split(/,\\s*/)', '["a","b","c"]'],
    takes: [{ name: 'separator', type: STRING, optional: true, pattern: 'also' }, maybe('limit', NUMBER)],
    gives: listOf(STRING),
    call: split,
    only: { length: splitLength, item: splitItem },
  },
  {
    name: 'startsWith',
    summary: 'Whether the text starts with another, at a position',
    example: ['"/api/users".startsWith("/api/")', 'true'],
    takes: [one('search', STRING), maybe('position', NUMBER)],
    gives: BOOLEAN,
    call: (text, search, position = 0) => text.startsWith(search, toUnits(text, position)),
  },
  {
    name: 'substring',
    summary: 'From a position up to another, in either order, never counted from the end',
    example: ['"abcdef".substring(1, 3)', '"bc"'],
    takes: [one('start', NUMBER), maybe('end', NUMBER)],
    gives: STRING,
    call: substring,
  },
  {
    name: 'toLowerCase',
    summary: 'The text in lower case',
    example: ['"ABC".toLowerCase()', '"abc"'],
    gives: STRING,
    call: (text) => text.toLowerCase(),
  },
  {
    name: 'toString',
    summary: 'The text itself',
    example: ['"a".toString()', '"a"'],
    gives: STRING,
    call: (text) => text,
  },
  {
    name: 'toUpperCase',
    summary: 'The text in upper case',
    example: ['"abc".toUpperCase()', '"ABC"'],
    gives: STRING,
    call: (text) => text.toUpperCase(),
  },
  {
    name: 'trim',
    summary: 'The text without white space at both ends',
    example: ['"  a b ".trim()', '"a b"'],
    gives: STRING,
    call: (text) => text.trim(),
  },
  {
    name: 'trimEnd',
    summary: 'The text without white space at its end',
    example: ['" a ".trimEnd()', '" a"'],
    gives: STRING,
    call: (text) => text.trimEnd(),
  },
  {
    name: 'trimStart',
    summary: 'The text without white space at its start',
    example: ['" a ".trimStart()', '"a "'],
    gives: STRING,
    call: (text) => text.trimStart(),
  },
];

/** JavaScript's methods of texts, and `test` of regular expressions. */
export const methodsOfStrings: readonly FunctionDefinition[] = [
  ...ROWS.map(({ name, summary, synonyms = [], example, takes, gives, call, only }) =>
    defineFunction({
      name,
      receiver: 'string',
      group: 'text',
      summary,
      synonyms,
      examples: [{ expression: example[0], gives: example[1] }],
      parameters: takes ?? [],
      gives,
      call,
      ...(only && { only }),
    }),
  ),
  defineFunction({
    name: 'test',
    receiver: 'pattern',
    group: 'text',
    summary: 'Whether a regular expression matches anywhere in the text',
    examples: [{ expression: '/^ERR/i.test("error: full")', gives: 'true' }],
    parameters: [one('text', STRING)],
    gives: BOOLEAN,
    call: (pattern: Pattern, text: string) => pattern.test(text),
  }),
];
