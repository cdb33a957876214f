import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectsOn, outermost } from '../../../src/base/field-path.ts';
import type { BadRecord } from '../../../src/base/problem.ts';
import { field, type Value } from '../../../src/base/value.ts';
import { jsonFields } from '../../../src/flow/bytes/json-fields.ts';
import { pushingRows } from '../../../src/flow/records/one-by-one.ts';
import { json } from '../../../src/flow/stages/json.ts';
import { enough } from '../../support/effort.ts';
import { jsonLines, NAMES, ODD_NAMES } from './json-lines.ts';
import { byProjection, byRows } from './projecting.ts';

const wanted = fc.subarray([...NAMES, ...ODD_NAMES]);
const INNER = ['b', 'status', 'a_longer_name', 'é', '__proto__', '0'];
/** Paths into `a`, `b` and `b.a`, and fields beside them. */
const nested = fc
  .subarray(
    ['a', 'b', 'b\0a'].flatMap((object) => INNER.map((name) => `${object}\0${name}`)),
    { minLength: 1 },
  )
  .chain((paths) => fc.subarray(['status', 'a_longer_name', '__proto__']).map((names) => [...paths, ...names]))
  .map((paths) => [...new Set([...outermost(paths), ...outermost(paths).flatMap(objectsOn)])]);

test('what is read of lines is what the row form has of them, also from one chunk to the next', () => {
  let projected = 0;
  fc.assert(
    fc.property(wanted, fc.array(jsonLines, { maxLength: 3 }), (names, pieces) => {
      const result = byProjection(json, names, pieces);
      expect(result.seen).toEqual(byRows(json, names, pieces));
      projected += result.projected;
    }),
    { numRuns: 200 },
  );
  expect(projected).toBeGreaterThan(enough(200));
});

test('so are fields of inner objects, whatever stands in the place of these', () => {
  let projected = 0;
  fc.assert(
    fc.property(nested, fc.array(jsonLines, { maxLength: 3 }), (paths, pieces) => {
      const result = byProjection(json, paths, pieces);
      expect(result.seen).toEqual(byRows(json, paths, pieces));
      projected += result.projected;
    }),
    { numRuns: 300 },
  );
  expect(projected).toBeGreaterThan(enough(200));
});

test('more different texts than are remembered are all read right, as are those that come again', () => {
  const count = 300_000;
  const line = (i: number) => `{"id":"id${i}","kind":"k${i % 7}","pair":"${i % 50_000}"}\n`;
  const lines = Buffer.from(Array.from({ length: count }, (_, i) => line(i)).join(''));
  let i = 0;
  let wrong = 0;
  const push = (record: Value) => {
    const [id, kind, pair] = ['id', 'kind', 'pair'].map((name) => field(record, name));
    if (id !== `id${i}` || kind !== `k${i % 7}` || pair !== String(i % 50_000)) wrong++;
    i++;
  };
  const take = jsonFields({
    names: ['pair', 'id', 'kind'],
    cursor: { origin: null, line: 1, text: () => '' },
    rows: pushingRows(push),
    line: () => wrong++,
  });
  take(lines);
  expect([i, wrong]).toEqual([count, 0]);
});

test('a line may be longer than what is copied at a time, and than the memory was before', () => {
  for (const size of [65_000, 65_536, 70_000, 4_000_000, 5_000_000]) {
    const long = `{"a":"${'x'.repeat(size)}","b":1}`;
    const lines = [`{"b":2}\n${long}\n{"b":3}\n`, `${long}\r\n`, long].map((text) => Buffer.from(text));
    const { seen, projected } = byProjection(json, ['b', 'a'], lines);
    expect(seen.map(({ line, gives }) => [line, field(gives!, 'b'), String(field(gives!, 'a')).length])).toEqual([
      [1, 2, 4],
      [2, 1, size],
      [3, 3, 4],
      [4, 1, size],
      [5, 1, size],
    ]);
    // Whether a longer one has too many parts is looked at where it is parsed.
    expect(projected).toBe(size > 4 * 1024 * 1024 ? 2 : 5);
  }
});

test('a line that would take too much memory is bad in what is passed over, too, and the others are read', () => {
  const line = `{"a":1,"b":[${'{},'.repeat(2_200_000)}{}]}`;
  const lines = [Buffer.from(`{"a":2}\n${line}\n{"a":3}\n`)];
  const { seen } = byProjection(json, ['a'], lines);
  expect(seen).toEqual(byRows(json, ['a'], lines));
  expect(seen.map(({ line, gives, bad }) => [line, gives, (bad as BadRecord | undefined)?.reason])).toEqual([
    [1, { a: 2 }, undefined],
    [2, undefined, 'JSON that would take more than 256mb'],
    [3, { a: 3 }, undefined],
  ]);
});

test.each([
  ['{"a":1}', 1],
  [' { "a" : 1.5 , "b" : [ { } , [ ] ] } ', 1.5],
  ['{"a":-0}', -0],
  ['{"a":9007199254740993}', 9007199254740993n],
  ['{"a":12345.6789e-5}', 12345.6789e-5],
  ['{"a":"x\\ny"}', 'x\ny'],
  ['{"a":{"b":[1]},"b":"\\u00e9"}', { b: [1] }],
  ['{"a":1,"a":2}', 2],
  ['{"a":1,"b":"é"}', 1],
  ['{"b":true}', null],
  [`{"b":${'['.repeat(64)}${']'.repeat(64)},"a":false}`, false],
])('%s is read by the kernel itself', (line, value) => {
  const { seen, projected } = byProjection(json, ['a'], [Buffer.from(line)]);
  expect(projected).toBe(1);
  expect(Object.is(field(seen[0]!.gives!, 'a'), value) || typeof value === 'object').toBe(true);
  expect(field(seen[0]!.gives!, 'a')).toEqual(value);
});
