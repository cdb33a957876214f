import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { safeLength } from '../../../src/flow/pattern/cost.ts';
import { grokNames, namedPatterns } from '../../../src/flow/pattern/named-patterns.ts';
import { readPattern } from '../../../src/flow/pattern/read.ts';
import { readTemplate, type Template } from '../../../src/flow/pattern/template.ts';
import { regex } from '../../../src/flow/stages/regex.ts';
import { outOf, StageRun } from '../../support/stage.ts';

/** What each pattern takes, between two other texts, and what becomes of it where that is not the text. */
const taken: { readonly [name: string]: readonly (string | readonly [string, Value])[] } = {
  any: ['', 'a b'],
  rest: ['', 'a b'],
  message: ['a b'],
  word: ['INFO', 'a_1'],
  token: ['a-b;c'],
  name: ['my-app.v2'],
  quoted: [
    ['"a b"', 'a b'],
    ["'a'", 'a'],
    ['"say \\"hi\\""', 'say "hi"'],
  ],
  hex: ['0x1F', '9be3'],
  int: [
    ['12', 12],
    ['-3', -3],
    ['007', 7],
    ['+4', 4],
  ],
  number: [
    ['1.5', 1.5],
    ['-2.5', -2.5],
    ['.5', 0.5],
    ['12', 12],
  ],
  percent: [['12.5%', 12.5]],
  bytes: [
    ['12kb', 12288],
    ['1.5 MiB', 1.5 * 1024 ** 2],
    ['300', 300],
    ['2G', 2 * 1024 ** 3],
  ],
  duration: [
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['1.5 s', 1500],
    ['12µs', 0.012],
  ],
  boolean: [
    ['true', true],
    ['No', false],
    ['FALSE', false],
  ],
  json: [
    ['{"a":[1]}', { a: [1] }],
    ['[1]', [1]],
  ],
  ip: ['10.0.0.1', '::1', 'fe80::1%eth0', '2001:db8:85a3:0:0:8a2e:370:7334', '::ffff:10.0.0.1'],
  ipv4: ['255.255.255.255', '0.0.0.0'],
  ipv6: ['::', '2001:db8::'],
  cidr: ['10.0.0.0/8', '2001:db8::/32'],
  host: ['web1', 'www.example.org', 'a_b-c.d'],
  address: ['web1:80', '10.0.0.1:8080', '[::1]:443'],
  port: [['8080', 8080]],
  mac: ['00:1b:44:11:3a:b7', '00-1B-44-11-3A-B7'],
  url: ['https://example.org/a?b=c#d', 'kafka+ssl://k:9092'],
  path: ['/', '/api/v1?x=1'],
  query: ['?a=1&b=2'],
  email: ['ann.b+c@mail.example.org'],
  user: ['ann', 'DOMAIN$', 'a@b'],
  timestamp: [
    ['2026-01-31T10:00:05Z', 1769853605000],
    ['2026-01-31 10:00:05,123', 1769853605123],
    ['31/Jan/2026:10:00:05 +0100', 1769850005000],
    ['Sat, 31 Jan 2026 10:00:05 GMT', 1769853605000],
    ['Sat Jan 31 10:00:05.000123 2026', 1769853605000.123],
    ['20260131T100005Z', 1769853605000],
    ['2026-01-31', 1769817600000],
    ['1769853605', 1769853605000],
    ['1769853605123', 1769853605123],
    ['1769853605.5', 1769853605500],
  ],
  iso8601: [['2026-01-31T10:00:05+01:00', 1769850005000]],
  date: [
    ['2026-01-31', 1769817600000],
    ['2026/01/31', 1769817600000],
  ],
  clock: ['10:00', '10:00:05.123'],
  httpdate: [['31/Jan/2026:10:00:05 +0100', 1769850005000]],
  syslog: [
    ['Jan 31 10:00:05', 2628005000],
    ['Jan  1 00:00:00', 0],
  ],
  epoch: [['1769853605', 1769853605000]],
  month: ['Jan', 'September'],
  day: ['Mon', 'Saturday'],
  level: ['INFO', 'warning', 'Err', 'FATAL'],
  method: ['GET', 'OPTIONS'],
  protocol: ['HTTP/1.1', 'HTTP/2'],
  status: [['404', 404]],
  pid: [['1', 1]],
  program: ['sshd', 'postfix/smtpd'],
  class: ['Main', 'org.example.Main$Inner'],
  file: ['Main.java', 'src/a-b.c.ts'],
  version: ['1.10.2-rc1', 'v2.0', '1.0+build.7'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000'],
};

/** What each refuses, where it takes not just anything. */
const refused: { readonly [name: string]: readonly string[] } = {
  word: ['a-b', ''],
  token: ['a b', ''],
  int: ['1.5', 'x'],
  number: ['x', '1.'],
  ip: ['10.0.0', 'ab'],
  ipv4: ['1.2.3.4.5', '::1'],
  host: ['-a', 'a b'],
  port: ['123456'],
  level: ['INFORM', 'x'],
  status: ['40', '4044'],
  uuid: ['123e4567'],
  timestamp: ['soon', '10:00'],
  percent: ['12'],
  duration: ['12', '5 items', '1.5sx'],
};

const cases = Object.entries(taken).flatMap(([name, texts]) =>
  texts.map((given): [string, string, Value] => (typeof given === 'string' ? [name, given, given] : [name, ...given])),
);

test('each pattern has a text that it takes', () => {
  expect(Object.keys(taken)).toEqual([...namedPatterns.keys()]);
});

describe('what a pattern takes', () => {
  test.each(cases)('%s takes %s', (name, text, value) => {
    expect(outOf(regex, [`<${text}> x`], { pattern: `<{${name}:f}> x` })).toEqual([{ f: value }]);
  });

  test.each(Object.entries(refused).flatMap(([name, texts]) => texts.map((text) => [name, text])))(
    '%s refuses %s',
    (name, text) => {
      const run = new StageRun(regex, { pattern: `<{${name}:f}>` }).batch(`<${text}>`);
      expect(run.reasons).toEqual(['does not match the pattern']);
    },
  );
});

test('no pattern takes long over a long line', () => {
  const lines = ['a', '1', ' ', '.', ':', '-', 'a.', '1:', '1.', '{', '"', '\\"', 'Jan 1 '].map((part) =>
    part.repeat(5000),
  );
  for (const name of [...namedPatterns.keys()]) {
    const { pattern } = readTemplate(`{${name}:a} {word}!`) as Template;
    for (const line of lines) expect(pattern.test(`${line}?`)).toBe(false);
  }
});

test('a line of ordinary length is matched without a watch', () => {
  const safe = ({ pattern: { source, flags } }: Template) => safeLength(readPattern(source, flags), false);
  for (const [name, { source }] of namedPatterns) {
    // Two parts that may be anything can share out a line in many ways.
    if (source.startsWith('.*')) continue;
    expect([name, safe(readTemplate(`{${name}:f} {word:g} {rest:h}`) as Template)]).toEqual([name, 10_000]);
  }
  const log = '{ip} {user?} [{timestamp}] "{method} {path}" {status} {bytes?} {duration} {name} {rest}';
  expect(safe(readTemplate(log) as Template)).toBeGreaterThanOrEqual(10_000);
});

test('a part that may be left out is null where it is, or is a dash', () => {
  const pattern = '{user:u?} {word:w} {int:n?} {rest:r}';
  expect(outOf(regex, ['- a - b', 'ann a 5 b c', 'ann a b'], { pattern })).toEqual([
    { u: null, w: 'a', n: null, r: 'b' },
    { u: 'ann', w: 'a', n: 5, r: 'b c' },
    { u: 'ann', w: 'a', n: null, r: 'b' },
  ]);
});

test('names of grok lead to those that there are', () => {
  for (const name of [...grokNames.keys(), 'WORD']) {
    expect(readTemplate(`%{${name}:f}`)).toMatchObject({ help: expect.stringContaining('grok'), at: { start: 2 } });
  }
  for (const own of grokNames.values()) expect([...namedPatterns.keys()]).toContain(own);
});

test('signs of expressions stand for themselves, and braces are written twice', () => {
  const pattern = '[{word:a}] (.*) $ {{{int:n}}} \\d';
  expect(outOf(regex, ['[x]   (.*) $ {5} \\d'], { pattern })).toEqual([{ a: 'x', n: 5 }]);
});

test('what looks like a value and is none makes the line bad', () => {
  const run = new StageRun(regex, { pattern: '{number:n} {date:d} {duration:t} {ip}' });
  run.batch('1e999 2026-01-31 1s ::', '1 2026-02-30 1s ::', '1 2026-02-03 1h ab::cd::', '1 2026-02-03 1s 256.1.1.1');
  run.batch('1 2026-02-03 1s 10.0.0.1');
  expect(run.reasons).toEqual(['n', 'd', 'ip', 'ip'].map((name) => expect.stringContaining(`"${name}" is not what`)));
  expect(run.out.map((records) => records.length)).toEqual([0, 1]);
});

test('a field may have any name', () => {
  expect(outOf(regex, ['1 2'], { pattern: '{int:__proto__} {int:0}' }).map((record) => JSON.stringify(record))).toEqual(
    [expect.stringContaining('"__proto__":1')],
  );
});
