import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../../../src/base/fields.ts';
import type { Value } from '../../../src/base/value.ts';
import { fieldsOfMatches } from '../../../src/flow/pattern/groups.ts';
import { Pattern } from '../../../src/flow/pattern/pattern.ts';
import { enough } from '../../support/effort.ts';
import { apply } from './evaluating.ts';

/** What JavaScript itself finds, in the values of the language. */
function plainly(text: string, pattern: RegExp): Value {
  const match = pattern.exec(text);
  if (match === null) return null;
  if (match.groups === undefined) return [...match].map((group) => group ?? null);
  return fieldsOf(Object.entries(match.groups).map(([name, group]) => [name, group ?? null]));
}

function isPattern(source: string, flags: string): boolean {
  try {
    return new RegExp(source, flags) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Sources of regular expressions with whatever may look like a group with a name, and be none. */
const sources = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        '.',
        '|',
        '*',
        '?',
        '(',
        ')',
        '(?:',
        '(?=',
        '(?!',
        '(?<=',
        '(?<!',
        '(?<x>',
        '(?<y>',
        '(?<__proto__>',
      ),
      fc.constantFrom(
        '(?<z>a)',
        '(?<b>b?)',
        '(a)',
        '\\(',
        '\\\\',
        '\\[',
        '[',
        ']',
        '[(?<c>]',
        '[^a\\]]',
        '\\k<x>',
        '\\1',
        '\\2',
        'k',
        '<',
      ),
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((parts) => parts.join(''));

describe('named groups', () => {
  it('are the ones that JavaScript finds, whatever the expression', () => {
    const seen = { named: 0, numbered: 0 };
    fc.assert(
      fc.property(
        sources,
        fc.constantFrom('', 'u', 'i', 's'),
        fc
          .array(fc.constantFrom('a', 'b', 'k', '<', '(', '\\', '[', 'x'), { maxLength: 6 })
          .map((parts) => parts.join('')),
        (source, flags, text) => {
          fc.pre(isPattern(source, flags));
          const pattern = new RegExp(source, flags);
          const ours = new Pattern(source, flags);
          const fields = fieldsOfMatches(ours);
          if (fields !== undefined) seen.named++;
          if (ours.groups?.numbers !== undefined) seen.numbered++;
          const match = ours.exec(text);
          const found = match === null || fields === undefined ? null : fields(match, (group) => group);
          const expected = plainly(text, pattern);
          expect([source, flags, text, found, match === null ? null : [...match]]).toEqual([
            source,
            flags,
            text,
            fields === undefined ? null : expected,
            pattern.exec(text) === null ? null : [...pattern.exec(text)!],
          ]);
        },
      ),
      { numRuns: 6000 },
    );
    expect(seen.named).toBeGreaterThan(enough(100));
    expect(seen.numbered).toBeGreaterThan(enough(100));
  });

  it('may be referred to, and be called anything', () => {
    expect(apply('_.match(/(?<q>["|])(?<x>.*)\\k<q>/)', '"ab"')).toEqual({ q: '"', x: 'ab' });
    expect(apply('keys(_.match(/(?<__proto__>.)(?<b>x)?/))', 'a')).toEqual(['__proto__', 'b']);
    expect(apply('_.match(/(?<__proto__>.)(?<b>x)?/).__proto__', 'a')).toBe('a');
    expect(apply('_.match(/(?<\\u0061b>.)/).ab', 'c')).toBe('c');
    expect(apply('_.match(/(?<b>.)(?<a>.)/).b', 'xy')).toBe('x');
  });

  it('are found by all words that take a regular expression', () => {
    expect(apply('_.matchAll(/(?<k>[a-z])(?<v>\\d)?/)', 'a1b')).toEqual([
      { k: 'a', v: '1' },
      { k: 'b', v: null },
    ]);
    expect(apply('_.matchAll(/([a-z])(\\d)?/)', 'a1b')).toEqual([
      ['a1', 'a', '1'],
      ['b', 'b', null],
    ]);
    expect(apply('_.replace(/(?<k>[a-z])/, "<$<k>>")', 'ab')).toBe('<a>b');
  });
});
