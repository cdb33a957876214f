import { describe, expect, it } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import { safeLength } from '../../../src/flow/pattern/cost.ts';
import { Pattern } from '../../../src/flow/pattern/pattern.ts';
import { readPattern } from '../../../src/flow/pattern/read.ts';

function lengthFor(source: string, flags = ''): number {
  return safeLength(readPattern(source, flags), flags.includes('i'));
}

describe('matches of an expression', () => {
  it.each([
    'error|warn|fatal',
    '^\\d+$',
    '\\d{4}-\\d\\d-\\d\\d',
    '\\n(?=\\d{4}-)',
    '"[^"]*"',
    '^(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\] "(\\S+) ([^"]*) (\\S+)" (\\d+) (\\d+|-)$',
    '^(?<ip>\\d{1,3}(?:\\.\\d{1,3}){3}) ',
    '^(?:[^",]|"[^"]*")*$',
    '\\d+',
    'a.*',
    '^(?:GET|POST) (?:/[^/ ]*)+ ',
  ])('/%s/ take time in proportion to the text', (source) => {
    expect(lengthFor(source)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ['\\s+$', 2],
    ['.*error', 2],
    ['^.*a.*$', 2],
    ['.*a.*b', 3],
    ['(\\w+)\\.(\\w+)x', 2],
    ['(a*)\\1b', 3],
  ])('/%s/ take time that grows by the power of %i', (source, power) => {
    const length = lengthFor(source);
    expect(Math.round(Math.log(1e8) / Math.log(length))).toBe(power);
  });

  it.each([
    '^(a+)+$',
    '(a*)*b',
    '(a|a)*b',
    '(a|aa)+$',
    '^(\\w+\\s?)*$',
    '(.*a){12}$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
    '(?:x+x+)+y',
    '(?=(b+)+c)a',
    '^(?:\\d{1,3})*x',
    '(?:(?:a|b)|[ab])*c',
  ])('/%s/ may take for ever', (source) => {
    expect(lengthFor(source)).toBe(24);
  });

  it('are weighed soon, also where that is hard to do', () => {
    expect(lengthFor(`(?:${Array.from({ length: 400 }, (_, i) => `w${i}.*`).join('|')})*$`)).toBe(24);
    expect(lengthFor(`^(?:${Array.from({ length: 400 }, (_, i) => `w${i}`).join('|')}),`)).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('that do not end make the record bad, whatever is asked for, and the next one is matched as ever', () => {
    const pattern = new Pattern('^(?<x>(a+)+)$');
    const endless = `${'a'.repeat(60)}!`;
    for (const match of [
      () => pattern.test(endless),
      () => pattern.replaceAll(endless, ''),
      () => pattern.next(endless, 0),
    ]) {
      expect(match).toThrow(BadRecord);
      expect(pattern.exec('a'.repeat(50))?.[1]).toBe('a'.repeat(50));
    }
    expect(pattern.replaceAll('aaa', '[$<x>]')).toBe('[aaa]');
  });
});
