import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equal } from '../../../src/base/compare.ts';
import { fewDigits, JsonError, parseJson, parseNumber, toJson, toText } from '../../../src/base/json.ts';
import { tooMuchAt } from '../../../src/base/json-parts.ts';
import { anyValue, hasSpelling, ours } from '../../support/values.ts';

/** What went wrong with a text that is not JSON, and where. */
function fault(text: string): string {
  try {
    return `parsed: ${toJson(parseJson(text))}`;
  } catch (error) {
    if (error instanceof JsonError) return `${error.at}: ${error.message}`;
    throw error;
  }
}

/** Whether JSON.parse takes the text without making it Infinity. */
function parsesToo(text: string): boolean {
  try {
    const numbers: number[] = [];
    JSON.parse(text, (_name, value) => (typeof value === 'number' ? numbers.push(value) : null));
    return numbers.every(Number.isFinite);
  } catch {
    return false;
  }
}

describe('parseJson', () => {
  test('agrees with JSON.parse on whatever it wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        fc.pre(!JSON.stringify(value).match(/\d{16}/));
        expect(parseJson(JSON.stringify(value, null, indent))).toEqual(ours(JSON.parse(JSON.stringify(value))));
      }),
    );
  });

  test('the slow way agrees with JSON.parse, beside a number that it is needed for', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify([value, null], null, indent).replace(/null(\s*)\]$/, '12345678901234567890$1]');
        fc.pre(!JSON.stringify(value).match(/\d{16}/));
        expect(parseJson(text)).toEqual([ours(JSON.parse(JSON.stringify(value))), 12345678901234567890n]);
      }),
    );
  });

  test('takes names that are numbers for names, and nothing else, whatever strings look like', () => {
    const odd = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'{,:"5\\\u0000u a'), maxLength: 6 }),
      fc.constantFrom('5', '0', ',"5":', '{"5":1', '\u00005', '\\u0000', '","5'),
    );
    const write = (entries: readonly (readonly [string, string | null])[], blank: string) =>
      `{${entries.map(([name, value]) => `${blank}${JSON.stringify(name)}${blank}:${blank}${JSON.stringify(value)}`).join(`${blank},`)}}`;
    const objects = fc.uniqueArray(fc.tuple(odd, fc.option(odd)), { maxLength: 5, selector: ([name]) => name });
    fc.assert(
      fc.property(objects, objects, fc.constantFrom('', ' ', '\n\t'), (a, b, blank) => {
        const text = (between: string) => `[${write(a, between)},"5",${write(b, between)}]`;
        expect(toJson(parseJson(text(blank)))).toBe(text(''));
      }),
      { numRuns: 1000 },
    );
  });

  test('takes exactly the texts that JSON.parse takes', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '"a"',
        '"\\u12"',
        '"\\n"',
        '1',
        '-',
        '0',
        '.',
        'e5',
        '+',
        'true',
        'null',
      ],
      ...[' ', '\t', '\n', '\u00a0', 'x', '\u0001', '12345678901234567'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        expect([text, fault(text).startsWith('parsed: ')]).toEqual([text, parsesToo(text)]);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['[123456789012345678901234567890]', [123456789012345678901234567890n]],
    ['1e21', 1e21],
    ['0.1234567890123456789', 0.12345678901234568],
    ['9007199254740993.0', 9007199254740992],
    ['1e-999', 0],
    [
      '{"__proto__":{"a":12345678901234567890}}',
      JSON.parse('{"__proto__":{"a":0}}', (_, v) => (v === 0 ? 12345678901234567890n : v)),
    ],
    ['{"a":1,"a":12345678901234567890}', { a: 12345678901234567890n }],
  ])('%s', (text, value) => {
    const parsed = parseJson(text);
    expect(parsed).toEqual(value);
    if (typeof parsed === 'object') expect(Object.keys(parsed!)).toEqual(Object.keys(value));
  });

  test('says what is wrong, and where', () => {
    expect(fault('')).toBe('0: a value is missing');
    expect(fault('{"a":1')).toBe('6: "," or "}" is missing');
    expect(fault('{a:1}')).toBe('1: a field name in double quotes is missing');
    expect(fault('[1 2]')).toBe('3: "," or "]" is missing');
    expect(fault('[1,]')).toBe('3: no value starts like this');
    expect(fault('["a')).toBe('1: the string is not closed');
    expect(fault('["a\\\\\\"')).toBe('1: the string is not closed');
    expect(fault('["\\x"]')).toBe('1: the string has a bad escape or a control character');
    expect(fault('01')).toBe('1: more text after the value');
    expect(fault('-')).toBe('0: not a number');
    expect(fault('[1e999]')).toBe('1: a number too large for a double');
    expect(fault('NaN')).toBe('0: no value starts like this');
  });

  test('refuses more nesting than could be worked on, however it is parsed', () => {
    const nested = (depth: number, inner = '') => '[{"a":'.repeat(depth / 2) + inner + '}]'.repeat(depth / 2);
    for (const inner of ['1', '12345678901234567890']) {
      expect(toJson(parseJson(nested(1000, inner)))).toBe(nested(1000, inner));
      expect(fault(nested(1002, inner))).toMatch(/^\d+: JSON nested more than 1000 levels deep$/);
    }
    expect(fault('['.repeat(100_000))).toBe('1000: JSON nested more than 1000 levels deep');
  });

  test('refuses a long text with so many parts that they would take too much memory, of whatever kind, and takes any other', () => {
    // All by a thousandth, but for the last.
    const MB = 1024;
    const most = 256 * MB;
    const long = (part: string, size: number) => part.repeat(Math.ceil(size / part.length));
    const names = Array.from({ length: 2300 }, (_, i) => `"x${i}":1`).join(',');
    for (const text of [
      `[${long('{},', 10 * MB)}{}]`,
      `[${long('[],', 12 * MB)}[]]`,
      `[${long('[[]],', 15 * MB)}1]`,
      `[${long('1,', 24 * MB)}1]`,
      `[${long('"a",', 14 * MB)}1]`,
      `{${names}}`,
      // Whatever they are within, and whether or not it is JSON.
      `{"a":"x\\"","b":[${long('{},', 10 * MB)}`,
      `[9007199254740993,${long('{},', 10 * MB)}{}]`,
    ]) {
      expect(tooMuchAt(text, most)).toBeGreaterThan(0);
    }
    const members =
      '{"id":1,"name":"someone","email":"someone@example.com","ms":1.5,"path":"/a/b","at":1700000000000},';
    for (const text of [
      `[${long(members, 60 * MB)}{}]`,
      `[${long('[12.34567,45.67890],', 20 * MB)}1]`,
      `["${long('[],{},:\\"', 20 * MB)}"]`,
    ]) {
      expect(tooMuchAt(text, most)).toBeUndefined();
    }
    expect(fault(`[${'{},'.repeat(2_200_000)}{}]`)).toMatch(/^\d+: JSON that would take more than 256mb$/);
    // A shorter one is not looked at.
    expect(parseJson(`[${'{},'.repeat(1024 * 1024)}{}]`)).toHaveLength(1024 * 1024 + 1);
  });

  test('reads strings of any length the slow way too', () => {
    const long = 'a\\n'.repeat(3_000_000);
    expect((parseJson(`["${long}",12345678901234567890]`) as string[])[0]).toHaveLength(6_000_000);
  });
});

describe('toJson', () => {
  test('parseJson reads back any value, with all digits', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        // toEqual takes a field called "constructor" for the class of an object.
        const again = parseJson(toJson(value));
        expect([equal(again, value), hasSpelling(value) || toJson(again)]).toEqual([
          true,
          hasSpelling(value) || toJson(value),
        ]);
      }),
    );
  });

  test('agrees with JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const own = JSON.parse(JSON.stringify(value));
        expect(toJson(own)).toBe(JSON.stringify(own));
        // A bigint beside it takes the other way.
        expect(toJson([own, 1n])).toBe(JSON.stringify([own, 1]));
      }),
    );
  });

  test('toText writes numbers as JSON does', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(toText(value)).toBe(toJson(value));
      }),
    );
    expect([0, -0, 1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY].map(toText).join()).toBe(
      '0,0,1e+21,1e-7,null,null',
    );
  });

  test('toText leaves strings as they are', () => {
    expect([toText('a"b'), toText(['a', 1n]), toText(null), toText(10n ** 20n)]).toEqual([
      'a"b',
      '["a",1]',
      'null',
      '100000000000000000000',
    ]);
  });
});

describe('parseNumber', () => {
  test('takes exactly the texts that are JSON numbers', () => {
    const texts = fc.string({
      unit: fc.constantFrom('0', '1', '9', '-', '+', '.', 'e', 'E', ' ', '/', 'x'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(texts, (text) => {
        const isNumber = text.trim() === text && parsesToo(text);
        expect([text, parseNumber(text)]).toEqual([text, isNumber ? JSON.parse(text) : undefined]);
      }),
      { numRuns: 2000 },
    );
  });

  test('reads any number of digits', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', '5', '9'), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(digits, (text) => {
        const isSafe = Number.isSafeInteger(Number(text));
        const expected = text.length > 1 && text[0] === '0' ? undefined : isSafe ? Number(text) : BigInt(text);
        expect([text, parseNumber(text)]).toEqual([text, expected]);
        expect([text, fewDigits(text)]).toEqual([text, text.length > 15 ? undefined : Number(text)]);
      }),
    );
    expect(['', '-1', '1.5', '1e3', ' 1', '1:', '1/'].map(fewDigits)).toEqual(Array(7).fill(undefined));
  });

  test('keeps the digits of long integers and gives no Infinity', () => {
    expect(parseNumber('9007199254740993')).toBe(9007199254740993n);
    expect(parseNumber('-1e999')).toBeUndefined();
    expect(parseNumber('')).toBeUndefined();
    expect(parseNumber('１')).toBeUndefined();
  });
});
