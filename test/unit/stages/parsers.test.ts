import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNumber } from '../../../src/base/json.ts';
import { BadRecord } from '../../../src/base/problem.ts';
import { listOf, STRING, UNKNOWN, wholeObject } from '../../../src/base/type.ts';
import { Pattern } from '../../../src/flow/pattern/pattern.ts';
import { clf, parseClf, parseClfTime } from '../../../src/flow/stages/clf.ts';
import { json } from '../../../src/flow/stages/json.ts';
import { lines } from '../../../src/flow/stages/lines.ts';
import { logfmt, parseLogfmt } from '../../../src/flow/stages/logfmt.ts';
import { regex } from '../../../src/flow/stages/regex.ts';
import { words } from '../../../src/flow/stages/words.ts';
import { outOf, StageRun } from '../../support/stage.ts';
import { ours } from '../../support/values.ts';

describe('json', () => {
  test('gives the value of each line', () => {
    expect(outOf(json, ['{"a":[1,null]}', ' "x" ', '9007199254740993'])).toEqual([
      { a: [1, null] },
      'x',
      9007199254740993n,
    ]);
  });

  test('passes over blank lines', () => {
    expect(outOf(json, ['', ' \t', '1'])).toEqual([1]);
  });

  test('says where a line is not JSON', () => {
    const run = new StageRun(json).batch('{"a":1,}', '1 2x', '{"a"', 'hello', 5);
    expect(run.bads.map(({ reason, detail }) => `${reason}: ${detail}`)).toEqual([
      'not JSON: a field name in double quotes is missing, at character 8',
      'not JSON: more text after the value, at character 4',
      'not JSON: ":" is missing, at character 1 of its line 2',
      'not JSON: no value starts like this, at character 1',
      'not text: found a number',
    ]);
    expect(run.out).toEqual([[]]);
  });
});

describe('words', () => {
  test('splits at white space of any kind and changes nothing else', () => {
    expect(outOf(words, ['  To be,\tor\u00a0not ', '', ' ', '\u2003x\u3000y'])).toEqual([
      'To',
      'be,',
      'or',
      'not',
      'x',
      'y',
    ]);
  });

  test('gives what JavaScript calls words, for any text', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\u00a0', '\ufeff', '\u200b', '\n', '😀') });
    fc.assert(
      fc.property(texts, (text) => {
        expect(outOf(words, [text])).toEqual(text.match(/\S+/g) ?? []);
      }),
    );
  });
});

describe('lines', () => {
  test('splits records of several lines', () => {
    expect(outOf(lines, ['a', 'b\nc\r\nd\n', '', '\n', 'e\n\nf', 'g\r'])).toEqual([
      'a',
      'b',
      'c',
      'd',
      '',
      '',
      'e',
      '',
      'f',
      'g\r',
    ]);
  });
});

describe('regex', () => {
  test('named groups become an object', () => {
    const args = { pattern: new Pattern('^(?<who>\\w+)(?: (?<ms>\\d+))?') };
    expect(outOf(regex, ['ann 12', 'bob'], args)).toEqual([
      { who: 'ann', ms: 12 },
      { who: 'bob', ms: null },
    ]);
    expect(outOf(regex, ['ann 12'], { ...args, types: false })).toEqual([{ who: 'ann', ms: '12' }]);
  });

  test('groups without names become a list, and the whole match where there are none', () => {
    expect(outOf(regex, ['a=1'], { pattern: new Pattern('(\\w)=(\\d)') })).toEqual([['a', 1]]);
    expect(outOf(regex, ['a=1'], { pattern: new Pattern('\\d') })).toEqual([[1]]);
  });

  test('a line that does not match is bad', () => {
    const run = new StageRun(regex, { pattern: new Pattern('(?<a>x)') }).batch('y', 'x');
    expect(run.reasons).toEqual(['does not match the pattern']);
    expect(run.out).toEqual([[{ a: 'x' }]]);
  });

  test('a group may be called __proto__', () => {
    expect(Object.entries(outOf(regex, ['x'], { pattern: new Pattern('(?<__proto__>x)') })[0] as object)).toEqual([
      ['__proto__', 'x'],
    ]);
  });

  test('knows the fields ahead of the run', () => {
    const gives = (source: string, types: boolean) =>
      regex.gives(STRING, { pattern: new Pattern(source), types } as never, {});
    expect(gives('(?<a>x)|(?<b>[)(?<c>])', false)).toEqual(wholeObject({ a: STRING, b: STRING }));
    expect(gives('(x)', true)).toEqual(listOf(UNKNOWN));
  });
});

describe('logfmt', () => {
  const parse = (line: string) => parseLogfmt(line, (text) => parseNumber(text) ?? text);

  test('reads keys, values, quotes and keys alone', () => {
    expect(
      parse(' level=info  msg="a \\"b\\"\\n\\u00e9\\d" http.ms=1.5 n="2" empty= debug token=abc== url=/a?b="c"\t'),
    ).toEqual({
      level: 'info',
      msg: 'a "b"\né\\d',
      'http.ms': 1.5,
      n: 2,
      empty: '',
      debug: true,
      token: 'abc==',
      url: '/a?b="c"',
    });
  });

  test('says where a line cannot be read', () => {
    const run = new StageRun(logfmt).batch('a="b', '=1', 'a="b"c', 'a"b"', '', 'a=1');
    expect(run.bads.map(({ reason, detail }) => `${reason}: ${detail}`)).toEqual([
      'not logfmt: a quote is not closed at character 3',
      'not logfmt: a key is missing at character 1',
      'not logfmt: a blank is missing at character 6',
      'not logfmt: a blank is missing at character 2',
    ]);
    expect(run.out).toEqual([[{ a: 1 }]]);
  });

  test('a very long quoted value is read', () => {
    const long = 'a\\"'.repeat(300_000);
    expect(parse(`a="${long}"`)).toEqual({ a: 'a"'.repeat(300_000) });
    expect(() => parse(`a="${long}`)).toThrow(BadRecord);
  });

  test('reads back whatever was written', () => {
    const keys = fc.string({ minLength: 1 }).filter((key) => !/[\s="]/.test(key));
    const objects = fc.dictionary(keys, fc.oneof(fc.string(), fc.constant(true as const)));
    fc.assert(
      fc.property(objects, (object) => {
        const line = Object.entries(object).map(([key, value]) =>
          value === true ? key : `${key}=${JSON.stringify(value)}`,
        );
        expect(parseLogfmt(line.join(' '), (text) => text)).toEqual(ours(object));
      }),
    );
  });
});

describe('clf', () => {
  const combined =
    '203.0.113.7 - ann [10/Oct/2000:13:55:36 -0700] "GET /a?b=1 HTTP/1.1" 200 2326 "http://x.org/" "Mozilla/5.0 (X11; \\"Q\\")"';

  test('reads the combined format', () => {
    expect(outOf(clf, [combined])).toEqual([
      {
        host: '203.0.113.7',
        user: 'ann',
        time: Date.parse('2000-10-10T20:55:36Z'),
        method: 'GET',
        path: '/a?b=1',
        protocol: 'HTTP/1.1',
        status: 200,
        bytes: 2326,
        referrer: 'http://x.org/',
        agent: 'Mozilla/5.0 (X11; "Q")',
      },
    ]);
  });

  const common = (request: string, rest = '404 -') => `::1 - - [29/Feb/2024:00:00:00 +0000] "${request}" ${rest}`;

  test('reads the common format, with the same fields', () => {
    const [record] = outOf(clf, [common('HEAD / HTTP/2.0')]);
    expect(record).toEqual({
      host: '::1',
      user: null,
      time: Date.UTC(2024, 1, 29),
      method: 'HEAD',
      path: '/',
      protocol: 'HTTP/2.0',
      status: 404,
      bytes: null,
      referrer: null,
      agent: null,
    });
  });

  test.each([
    ['-', null, null, null],
    ['', null, null, null],
    ['GET /', 'GET', '/', null],
    ['GET /a b HTTP/1.0', 'GET', '/a b', 'HTTP/1.0'],
    ['GET /\\"x\\" HTTP/1.1', 'GET', '/"x"', 'HTTP/1.1'],
    ['\\x16\\x03\\x01', null, '\\x16\\x03\\x01', null],
  ])('takes the request %j apart', (request, method, path, protocol) => {
    expect(parseClf(common(request))).toMatchObject({ method, path, protocol });
  });

  test('passes over fields that a server adds', () => {
    expect(parseClf(`${combined} "10.0.0.1" 0.003`)).toEqual(parseClf(combined));
    expect(parseClf(common('GET / HTTP/1.1', '200 5 0.003'))).toMatchObject({ bytes: 5, referrer: null });
  });

  test('passes over one quoted field at the end, which is no referrer without an agent', () => {
    expect(parseClf(common('GET / HTTP/1.1', '200 5 "x"'))).toMatchObject({ bytes: 5, referrer: null, agent: null });
    expect(parseClf(common('GET / HTTP/1.1', '200 5 "x" 17'))).toMatchObject({ bytes: 5, referrer: null });
  });

  test('takes years for what they are', () => {
    expect(parseClf(combined.replace('/2000:', '/0026:'))).toMatchObject({ time: Date.parse('0026-10-10T20:55:36Z') });
  });

  test('never makes host and user of what stands in front of a line', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', '1', '-', ':', '[', ']', '.', '<'),
      minLength: 1,
      maxLength: 4,
    });
    const line = '1.2.3.4 - ann [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 5';
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.constantFrom('ann', '-'), (words, user) => {
        const text = `${words.join(' ')} ${line.replace('ann', user)}`;
        expect(() => parseClf(text)).toThrow(BadRecord);
      }),
      { numRuns: 500 },
    );
  });

  test('a user name may hold blanks', () => {
    expect(parseClf(combined.replace('ann', 'ann [x] b'))).toMatchObject({ user: 'ann [x] b' });
  });

  test('anything else is bad', () => {
    const run = new StageRun(clf).batch(
      '',
      'hello',
      common('GET / HTTP/1.1', '200 5 "unclosed'),
      combined.replace('10/Oct', '31/Feb'),
      combined.replace('13:55', '24:55'),
      `${combined}x`,
      `example.com:443 ${common('GET / HTTP/1.1').replace('ann', '-')}`,
    );
    expect(new Set(run.reasons)).toEqual(new Set(['not a line of the common log format']));
    expect(run.bads).toHaveLength(6);
    expect(run.bads[2]?.detail).toBe('no time: 31/Feb/2000:13:55:36 -0700');
    expect(run.bads[5]?.detail).toMatch(/^words stand before host/);
  });

  test('reads any time of any zone', () => {
    const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
    const two = (n: number) => String(n).padStart(2, '0');
    const seconds = fc.integer({ min: 0, max: 4e9 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: -12 * 60, max: 14 * 60 }), (second, offset) => {
        const local = new Date((second + offset * 60) * 1000);
        const [year, month, day] = [local.getUTCFullYear(), months[local.getUTCMonth()], two(local.getUTCDate())];
        const time = local.toISOString().slice(11, 19);
        const away = Math.abs(offset);
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(away / 60))}${two(away % 60)}`;
        fc.pre(year >= 1970);
        expect(parseClfTime(`${day}/${month}/${year}:${time} ${zone}`)).toBe(second * 1000);
      }),
    );
  });
});
