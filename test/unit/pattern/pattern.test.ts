import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pattern } from '../../../src/flow/pattern/pattern.ts';
import { readPattern } from '../../../src/flow/pattern/read.ts';
import { printPattern } from '../../../src/flow/pattern/tree.ts';
import { enough } from '../../support/effort.ts';

/** The engine's expression, undefined where it refuses it. */
function plain(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** All that can be asked of an expression. */
function answers(pattern: Pattern | RegExp, text: string): unknown {
  if (pattern instanceof Pattern) {
    return {
      exec: listed(pattern.exec(text)),
      test: pattern.test(text),
      search: pattern.search(text),
      split: pattern.split(text, 99),
      replaced: pattern.replace(text, '<$&|$1>'),
      all: pattern.replaceAll(text, '<$&|$1>'),
      matches: pattern.matchAll(text).map(listed),
    };
  }
  const all = new RegExp(pattern.source, `${pattern.flags}g`);
  return {
    exec: listed(pattern.exec(text)),
    test: pattern.test(text),
    search: text.search(pattern),
    split: text.split(pattern, 99),
    replaced: text.replace(pattern, '<$&|$1>'),
    all: text.replace(all, '<$&|$1>'),
    matches: Array.from(text.matchAll(all), listed),
  };
}

function listed(match: RegExpExecArray | null): unknown {
  return match === null ? null : [match.index, ...match];
}

/** Parts of expressions, with all that only flag `u` refuses. */
const PARTS = [
  ...['a', 'b', 'k', '1', '8', ' ', '-', '_', 'ſ', 'K', 'é', '\n', '|', '*', '+?', '?', '{2}', '{1,}', '{0,2}?'],
  ...['{', '}', ']', '{,2}', '{a', '(?:', '(', '(?=', '(?!', '(?<=', '(?<!', ')', ')', '^', '$', '\\b', '\\B'],
  ...['\\-', '\\"', '\\_', '\\a', '\\k', '\\p', '\\u', '\\x', '\\u1', '\\x4', '\\x41', '\\u00e9', '\\/', '\\]', '\\}'],
  ...[
    '\\1',
    '\\2',
    '\\8',
    '\\9',
    '\\0',
    '\\00',
    '\\01',
    '\\101',
    '\\377',
    '\\400',
    '\\12',
    '\\c',
    '\\cA',
    '\\c1',
    '\\e',
  ],
  ...[
    '[ab]',
    '[^a]',
    '[]',
    '[^]',
    '[a-c]',
    '[\\w-b]',
    '[a-\\d]',
    '[\\d-\\s]',
    '[-a]',
    '[a-]',
    '[\\c]',
    '[\\cA]',
    '[\\c1]',
  ],
  ...[
    '[\\b]',
    '[\\B]',
    '[\\-a]',
    '[\\1]',
    '[\\8\\101]',
    '[\\k\\x\\u]',
    '[(?<a>]',
    '[é-ü]',
    '[[]',
    '[\\]{}]',
    '\\d',
    '\\D',
  ],
  ...['\\s', '\\S', '\\w', '\\W', '[\\w\\s]', '[^\\w]', '\\t', '(a)', '(b|)', '(?<n>a)'],
];
const sources = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
const BMP = [
  'a',
  'b',
  'k',
  'K',
  'ſ',
  '\u212a',
  'A',
  '1',
  '8',
  '-',
  '_',
  '"',
  '{',
  '}',
  ']',
  '\\',
  'c',
  'u',
  'é',
  'É',
  ' ',
  '\n',
  '\r',
  '\0',
  '\x01',
  '\u2028',
  '中',
  'x4',
  'p',
  '@',
  '\x11',
];
const text = (characters: readonly string[]) =>
  fc.array(fc.constantFrom(...characters), { maxLength: 7 }).map((parts) => parts.join(''));

describe('a regular expression', () => {
  it('means what it means without flag u, where that takes it and the text has one unit a character', () => {
    let taken = 0;
    fc.assert(
      fc.property(sources, fc.constantFrom('', 'm', 's', 'ms'), text(BMP), (source, flags, of) => {
        const theirs = plain(source, flags);
        // A character by its number, here, and a mistake where what a property is called is none.
        fc.pre(theirs !== undefined && !/\\(?:u|[pP])\{/.test(source));
        taken++;
        expect([source, flags, of, answers(new Pattern(source, flags), of)]).toEqual([
          source,
          flags,
          of,
          answers(theirs!, of),
        ]);
      }),
      { numRuns: 2500 },
    );
    expect(taken).toBeGreaterThan(enough(500));
  });

  it('gives what flag u gives, whichever way it goes', () => {
    fc.assert(
      fc.property(
        fc
          .array(
            fc.constantFrom(
              ...PARTS,
              '.',
              '.',
              '😀',
              '[😀-😂]',
              '[^😀]',
              '\\u{1f600}',
              '\\ud83d\\ude00',
              '\\p{L}',
              '[^\\p{L}]',
            ),
            { minLength: 1, maxLength: 5 },
          )
          .map((parts) => parts.join('')),
        fc.constantFrom('', 'i', 'im', 's', 'g', 'u', 'iu'),
        text([...BMP, '😀', '😁', '𝒳', '\ud83d', '\ude00']),
        (source, flags, of) => {
          const pattern = made(source, flags);
          fc.pre(pattern !== undefined);
          const theirs = new RegExp(printPattern(readPattern(source, flags)), `${flags.replaceAll(/[gu]/g, '')}u`);
          expect([source, flags, of, answers(pattern!, of)]).toEqual([source, flags, of, answers(theirs, of)]);
        },
      ),
      { numRuns: 2500 },
    );
  });

  it('is what flag u takes it for, where that does not refuse it', () => {
    fc.assert(
      fc.property(sources, fc.constantFrom('u', 'iu'), text([...BMP, '😀']), (source, flags, of) => {
        const theirs = plain(source, flags);
        fc.pre(theirs !== undefined && !source.includes('.'));
        expect([source, of, answers(new Pattern(source, flags.replace('u', '')), of)]).toEqual([
          source,
          of,
          answers(theirs!, of),
        ]);
      }),
      { numRuns: 1500 },
    );
  });

  it('refuses what no flag takes, with the reason of the engine', () => {
    for (const source of [
      '(',
      ')',
      '*',
      'a**',
      '[',
      '[b-a]',
      '\\',
      '(?<a',
      '(?<a>)(?<a>)',
      '\\p{Nonsense}',
      '\\u{110000}',
      '(?i:a)',
      'x{2,1}',
    ])
      expect([source, made(source, '')]).toEqual([source, undefined]);
    expect(() => new Pattern('a(')).toThrow(/Unterminated group/);
  });

  it.each([
    ['.', '', '\u2028', true],
    ['^.$', '', '\r', true],
    ['.', '', '\n', false],
    ['.', 's', '\n', true],
    ['^.$', '', '😀', true],
    ['^[😀]$', '', '😀', true],
    ['^[^a]$', '', '😀', true],
    ['^\\u{1f600}$', '', '😀', true],
    ['^\\p{Emoji}$', '', '😀', true],
    ['^\\S{2}$', '', '😀😀', true],
    ['\\-\\"\\:', '', '-":', true],
  ])('/%s/%s matches %j: %s', (source, flags, of, matches) => {
    expect(new Pattern(source, flags).test(of)).toBe(matches);
  });
});

function made(source: string, flags: string): Pattern | undefined {
  try {
    return new Pattern(source, flags);
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return undefined;
  }
}
