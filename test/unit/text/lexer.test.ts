import { describe, expect, it } from 'vitest';
import { lex } from '../../../src/query/text/lexer.ts';
import type { Token } from '../../../src/query/text/token.ts';

/** The tokens of a text without problems, but for the end. */
function tokens(text: string): Token[] {
  const { tokens, problems, wounds } = lex(text);
  expect(problems).toEqual([]);
  expect(wounds).toEqual([]);
  return tokens.slice(0, -1);
}

/** The one token of a text, without its place and text. */
function only(text: string): unknown {
  const [token, ...rest] = tokens(text);
  expect(rest).toEqual([]);
  const { place, text: written, ...meaning } = token!;
  expect(place).toEqual({ start: 0, end: text.length });
  expect(written).toBe(text);
  return meaning;
}

const texts = (text: string) => tokens(text).map((token) => token.text);

describe('numbers', () => {
  it.each<[string, number | bigint]>([
    ['0', 0],
    ['12', 12],
    ['1_000', 1000],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1.5E-3', 0.0015],
    ['0x1f', 31],
    ['0xFF_FF', 65535],
    ['0b101', 5],
    ['0o17', 15],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['0xffffffffffffffff', 18446744073709551615n],
    ['1e300', 1e300],
  ])('reads %s', (text, value) => {
    expect(only(text)).toEqual({ kind: 'number', value });
  });

  it.each([
    ['250ms', 250],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1_000ms', 1000],
    ['0s', 0],
  ])('reads %s as a duration in ms', (text, value) => {
    expect(only(text)).toEqual({ kind: 'number', value, unit: 'duration' });
  });

  it.each([
    ['64kb', 65536],
    ['10mb', 10485760],
    ['1.5gb', 1610612736],
    ['10b', 10],
    ['1MB', 1048576],
  ])('reads %s as a size in bytes', (text, value) => {
    expect(only(text)).toEqual({ kind: 'number', value, unit: 'size' });
  });

  it('does not take a name or a sign behind a number for a part of it', () => {
    expect(texts('0x1e+5')).toEqual(['0x1e', '+', '5']);
    expect(texts('1-1')).toEqual(['1', '-', '1']);
    expect(texts('xs[0].a')).toEqual(['xs', '[', '0', ']', '.', 'a']);
    expect(texts('[...xs]')).toEqual(['[', '...', 'xs', ']']);
  });

  it.each(['0x', '1__0', '1_', '007', '1.2.3', '5min', '12n', '1e', '10kib', '3px', '0b2'])('refuses %s', (text) => {
    expect(lex(text).problems.map(({ code }) => code)).toEqual(['bad-number']);
  });

  it('refuses what no double can hold', () => {
    expect(lex('1e999').problems.map(({ code }) => code)).toEqual(['number-too-large']);
  });
});

describe('texts', () => {
  it.each([
    ['"a"', 'a'],
    ["'a\"b'", 'a"b'],
    ['"\\n\\t\\r\\b\\f\\v\\0"', '\n\t\r\b\f\v\0'],
    ['"\\x41\\u00e9\\u{1F600}"', 'Aé😀'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"\\"\\\\\\/\\\'\\`\\$\\."', '"\\/\'`$.'],
    ['"a\\\nb\\\r\nc"', 'abc'],
    ['"日本 # no comment // here"', '日本 # no comment // here'],
  ])('reads %s', (text, value) => {
    expect(only(text)).toEqual({ kind: 'string', value });
  });

  it.each(['\\d', '\\x4', '\\u12', '\\u{110000}', '\\u{}', '\\07', '\\1', '\\é'])('refuses the escape %s', (text) => {
    expect(lex(`"${text}"`).problems.map(({ code }) => code)).toEqual(['bad-escape']);
  });
});

describe('templates', () => {
  it('is cut at its expressions, which may hold braces and templates', () => {
    const pieces = tokens('`a${ {b: `c${d}`} }\\n\\${e}`').map((token) =>
      token.kind === 'template' ? [token.value, token.goesOn, token.opens] : token.text,
    );
    expect(pieces).toEqual([
      ['a', false, true],
      ...['{', 'b', ':'],
      ['c', false, true],
      'd',
      ['', true, false],
      '}',
      ['\n${e}', true, false],
    ]);
  });

  it('goes over several lines, whose ends are one character', () => {
    expect(only('`a\r\nb\rc\n`')).toEqual({ kind: 'template', value: 'a\nb\nc\n', goesOn: false, opens: false });
  });
});

describe('regular expressions', () => {
  it.each([
    ['/a/', 'a', ''],
    ['/[/]\\/"#/imsu', '[/]\\/"#', 'imsu'],
    ['/(?<name>\\d+)$/', '(?<name>\\d+)$', ''],
  ])('reads %s', (text, pattern, flags) => {
    expect(only(text)).toEqual({ kind: 'regex', pattern, flags });
  });

  it('are told from a division by what stands before them', () => {
    const kinds = (text: string) => tokens(text).map(({ kind }) => kind);
    expect(kinds('a / b / c')).toEqual(['name', 'sign', 'name', 'sign', 'name']);
    expect(kinds('_ / 2 / 3')).toEqual(['name', 'sign', 'number', 'sign', 'number']);
    expect(kinds('(a) /b/ c')).toEqual(['sign', 'name', 'sign', 'sign', 'name', 'sign', 'name']);
    expect(kinds('"a" / `b` / /c/')).toEqual(['string', 'sign', 'template', 'sign', 'regex']);
    expect(kinds('(/a/')).toEqual(['sign', 'regex']);
    expect(kinds('a, /b/')).toEqual(['name', 'sign', 'regex']);
    expect(kinds('x => /b/')).toEqual(['name', 'sign', 'regex']);
  });
});

describe('signs and blanks', () => {
  it('takes the longest sign', () => {
    expect(texts('a?.b ?? c ? .5:d')).toEqual(['a', '?.', 'b', '??', 'c', '?', '.5', ':', 'd']);
    expect(texts('a?.5:1')).toEqual(['a', '?', '.5', ':', '1']);
    expect(texts('a===b!==c')).toEqual(['a', '===', 'b', '!==', 'c']);
    expect(texts('a|b||c')).toEqual(['a', '|', 'b', '||', 'c']);
    expect(texts('x=>x**2')).toEqual(['x', '=>', 'x', '**', '2']);
    expect(texts('a<-1')).toEqual(['a', '<', '-', '1']);
  });

  it('passes over comments and line ends', () => {
    expect(texts('#!/usr/bin/env leat\n a // b\r\n | c # d')).toEqual(['a', '|', 'c']);
    expect(texts('\ufeffa\u00a0b\u200b')).toEqual(['a', 'b']);
  });

  it('takes letters of all languages into names', () => {
    expect(texts('größe.日本 | _x$1')).toEqual(['größe', '.', '日本', '|', '_x$1']);
  });

  it('ends with a token behind the last one', () => {
    expect(lex('ab  # c').tokens.at(-1)).toEqual({ kind: 'end', text: '', place: { start: 2, end: 2 } });
  });
});
