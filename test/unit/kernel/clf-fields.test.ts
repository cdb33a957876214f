import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clf } from '../../../src/flow/stages/clf.ts';
import { enough } from '../../support/effort.ts';
import { byProjection, byRows, linesOf, mutated } from './projecting.ts';

const COLUMNS = ['host', 'user', 'time', 'method', 'path', 'protocol', 'status', 'bytes', 'referrer', 'agent'];

const two = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((n) => String(n).padStart(2, '0'));
const month = fc.constantFrom(
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
  'jan',
  'Mai',
);
const year = fc
  .oneof(fc.integer({ min: 1890, max: 2110 }), fc.integer({ min: 0, max: 9999 }))
  .map((n) => String(n).padStart(4, '0'));
const time = fc
  .tuple(
    two(0, 32),
    month,
    year,
    two(0, 24),
    two(0, 60),
    two(0, 61),
    fc.constantFrom('+', '-', ' '),
    two(0, 99),
    two(0, 60),
  )
  .map(([day, name, years, hour, minute, second, sign, hours, minutes]) => {
    return `${day}/${name}/${years}:${hour}:${minute}:${second} ${sign}${hours}${minutes}`;
  });

const goodTime = fc
  .tuple(two(1, 28), month, fc.integer({ min: 1900, max: 2100 }), two(0, 23), two(0, 59))
  .map(([day, name, years, hour, minute]) => `${day}/${name}/${years}:${hour}:${minute}:07 +0200`);

const host = fc.constantFrom('127.0.0.1', '::1', 'example.org', '-', 'a\\"b', 'höst', 'a b', '');
const user = fc.constantFrom('-', 'frank', 'fr ank', 'fr [ank', 'a\\\\b', 'é', '', '- -', 'x - y', 'x -');
const prefix = fc.constantFrom(
  '',
  '',
  '',
  '',
  'web1 nginx: ',
  'vhost:80 ',
  'Jan 31 10:00:05 web1 nginx: ',
  '- ',
  '- - ',
);
const request = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/1.1',
    'GET  HTTP/1.1',
    'GET HTTP/1.1',
    'GET /',
    'GET ',
    'GET',
    '-',
    '',
    'M-SEARCH * HTTP/2',
    ' /',
  ),
  fc.constantFrom(
    'GET /a b HTTP/1.0',
    'GET /a HTTP/',
    'GET /1.1',
    'GET /ü HTTP/1.1',
    'POST /\\"x\\" HTTP/1.1',
    'G1 / HTTP/1.1',
    'GET\t/',
  ),
  fc
    .tuple(
      fc.constantFrom('GET', 'PUT'),
      fc.webPath(),
      fc.constantFrom('HTTP/1.1', 'http/1.1', 'HTTP/1.1x', 'XHTTP/1.'),
    )
    .map((parts) => parts.join(' ')),
);
const status = fc.constantFrom('200', '404', '007', '-', '20', '2000', '');
const bytes = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom('-', '0012', '999999999999999', '9007199254740993', '-5', ''),
);
const rest = fc.constantFrom(
  '',
  '',
  ' "-" "curl/8"',
  ' "http://a/" "Mozilla (ü)"',
  ' "" ""',
  ' "a\\"b" "c"',
  ' "a" "b" 17 more',
  ' "a" "b"x',
  ' "a"',
  ' "a" ',
  ' "a" 17',
  ' "a" "b',
  ' "a\\"b"',
  ' 17 more',
  ' ',
  'x',
);

const whole = fc
  .tuple(
    fc.constantFrom('1.2.3.4', 'a.b', '-'),
    fc.constantFrom('-', 'frank'),
    // Times that come again, and differ by little.
    fc.oneof(
      goodTime,
      time,
      fc.constantFrom('01/Jun/2024:10:00:07 +0200', '01/Jun/2024:10:00:08 +0200', '02/Jun/2024:10:00:07 +0201'),
    ),
    request,
    fc.nat(),
    rest,
  )
  .map(([from, name, at, asked, size, more]) => `${from} - ${name} [${at}] "${asked}" 200 ${size}${more}`);

const any = fc
  .tuple(prefix, host, fc.constantFrom('-', 'x y', ''), user, time, request, status, bytes, rest)
  .map(([before, from, identity, name, at, asked, code, size, more]) => {
    return `${before}${from} ${identity} ${name} [${at}] "${asked}" ${code} ${size}${more}`;
  });

const line = fc.oneof(
  { weight: 3, arbitrary: whole },
  { weight: 2, arbitrary: any },
  mutated(whole, ['', '"', '\\', ' ', '[', ']', '-', '\t', '\r', '\u00a0', '\u007f', '5']),
  fc.constantFrom('', ' ', 'nonsense'),
);

test('what is read of lines is what the row form has of them', () => {
  let projected = 0;
  fc.assert(
    fc.property(
      fc.subarray([...COLUMNS, 'other', '__proto__']),
      fc.array(linesOf(line), { maxLength: 3 }),
      (names, pieces) => {
        const result = byProjection(clf, names, pieces);
        expect(result.seen).toEqual(byRows(clf, names, pieces));
        projected += result.projected;
      },
    ),
    { numRuns: 400 },
  );
  expect(projected).toBeGreaterThan(enough(200));
});
