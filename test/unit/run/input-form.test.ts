import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  behindAccessLog,
  endsInReturns,
  foreignFormOf,
  textFormOf,
} from '../../../src/run/local/reading/input-form.ts';

const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('what is no text in UTF-8', () => {
  test.each([
    ['packed by xz', Buffer.from('fd377a585a000004e6d6b446', 'hex')],
    ['packed by zstd', Buffer.from('28b52ffd04580000', 'hex')],
    ['packed by bzip2', Buffer.from('425a683931415926535953ad', 'hex')],
    ['a zip archive', Buffer.from('504b0304140000000800', 'hex')],
    ['a Parquet file', Buffer.from('504152311504150c', 'hex')],
    ['an SQLite database', Buffer.from('SQLite format 3\0\u0010')],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('a,b\n')])],
    ['UTF-16', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16('a,b\n').swap16()])],
    ['UTF-16', utf16('a header without a mark\n')],
    ['UTF-16', utf16('the other way round\n').swap16()],
    ['binary data', Buffer.from('7f454c46020101000000000000000000', 'hex')],
  ])('%s', (what, bytes) => {
    expect(foreignFormOf(bytes)?.what).toBe(what);
  });

  test('texts are none of it, whatever they begin with', () => {
    for (const text of [
      'PAR1,b\n1,2\n',
      'BZh9 x\n',
      'BZhello\n',
      'ORCHESTRA\n',
      'PK\n',
      '%PDX\n',
      '\ufeffa,b\n',
      'a\0b and so on\n',
      '',
    ]) {
      expect(foreignFormOf(Buffer.from(text))).toBe(undefined);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        fc.pre(!text.includes('\0') && !text.startsWith('%PDF-'));
        expect(foreignFormOf(Buffer.from(text))).toBe(undefined);
      }),
    );
    // That is unpacked before anybody looks.
    expect(foreignFormOf(gzipSync('a'))?.what).not.toBe('packed by gzip');
  });
});

test('carriage returns alone', () => {
  expect(endsInReturns(Buffer.from('a,b\r1,x\r2,y\r'))).toBe(true);
  for (const text of ['a\r\nb\r\n', 'a\r', 'a\rb\rc\n', 'ab']) expect(endsInReturns(Buffer.from(text))).toBe(false);
});

describe('what the lines are', () => {
  test.each([
    ['json', '{"a":1}\n{"a":2}\n'],
    ['json', '{\n  "a": 1\n}\n'],
    ['json', '[\n  {"a": 1}\n]\n'],
    ['csv', 'a,b\n1,"x,y"\n2,z\n'],
    ['csv', 'a,b\r\n1,2\r\n'],
    ['tsv', 'a\tb\n1\tx, y\n'],
    ['logfmt', 'level=info msg="a b" n=1\nlevel=warn msg=x ok\n'],
    ['clf', '::1 - - [25/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n'],
    [undefined, 'to be or not\nto be\n'],
    [undefined, 'Well, then\nyes, no, perhaps\n'],
    [undefined, 'a,b\n'],
    [undefined, '[INFO] started\n[INFO] done\n'],
    [undefined, '{braces} are no JSON\n'],
    [undefined, ''],
  ])('%s: %j', (form, text) => {
    expect(textFormOf(Buffer.from(text))).toBe(form);
  });

  test('a line that is cut off does not count', () => {
    expect(textFormOf(Buffer.from(`a,b\n${'1,2\n'.repeat(2000)}`))).toBe('csv');
  });
});

test('what a server has added to a line of an access log', () => {
  const common = '10.0.0.1 - - [26/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 512';
  const behind = (text: string) => behindAccessLog(Buffer.from(`${common}${text}\n`));
  expect(behind(' "-" "curl/8.5 \\"x\\"" rt=0.012 x')).toBe('rt=0.012 x');
  expect(behind(' 0.9')).toBe('0.9');
  expect(behind(' "-" "curl/8.5" "1.2.3.4"')).toBe('"1.2.3.4"');
  // A header that was not sent is nothing that is lost.
  for (const nothing of ['', ' "-" "curl/8.5"', ' "-" "curl/8.5" "-"', ' "-" "curl/8.5" -'])
    expect(behind(nothing)).toBe(undefined);
  expect(behindAccessLog(Buffer.from('{"a":1}\n'))).toBe(undefined);
});
