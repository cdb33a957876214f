import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Lambda, MayRegroup } from '../../../src/flow/define/compiled.ts';
import { enough } from '../../support/effort.ts';
import { bind, outcome } from './evaluating.ts';

function combining(text: string): { readonly f: Lambda; readonly test: MayRegroup | undefined } {
  const { compiled, problems } = bind(text, [UNKNOWN, UNKNOWN]);
  if (problems.length > 0) throw new Error(`${text}: ${problems[0]!.message}`);
  return { f: compiled.call, test: compiled.regroups };
}

/** A body that combines `a` and `b`, whose members are at `path`; some of them do it member by member, and some do not. */
const bodies = fc.letrec<{ body: (path: string) => string }>((tie) => ({
  body: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .constantFrom(
        'A + B',
        'B + A',
        'A + B',
        'sum(A, B)',
        'max(A, B)',
        'min(B, A)',
        'A',
        'B',
        'A - B',
        'A + A',
        'A + 1',
        'A ?? B',
      )
      .map((form) => (path: string) => form.replaceAll('A', `a${path}`).replaceAll('B', `b${path}`)),
    fc.tuple(tie('body'), tie('body'), fc.boolean()).map(
      ([x, y, isSwapped]) =>
        (path: string) =>
          isSwapped ? `[${y(`${path}[1]`)}, ${x(`${path}[0]`)}]` : `[${x(`${path}[0]`)}, ${y(`${path}[1]`)}]`,
    ),
    fc.tuple(tie('body'), tie('body')).map(
      ([x, y]) =>
        (path: string) =>
          `{x: ${x(`${path}.x`)}, length: ${y(`${path}["length"]`)}}`,
    ),
    fc.tuple(tie('body'), tie('body')).map(
      ([x, y]) =>
        (path: string) =>
          `{x: ${x(`${path}.x`)}, y: ${y(`${path}["y"]`)}}`,
    ),
  ),
})).body;

const counts = fc.constantFrom<Value>(0, -0, 1, 2, 7, 3, 2 ** 52, 2 ** 53 - 1, null);
const any = fc.oneof(counts, fc.constantFrom<Value>(-5, 0.1, 0.2, 0.7, 1e300, 'a', true, 2n ** 60n));

/** Values of one shape, of leaves of one kind. */
const lists = fc.constantFrom(counts, any).chain((leaf) => {
  const shapes: readonly fc.Arbitrary<Value>[] = [
    leaf,
    fc.tuple(leaf, leaf),
    fc.tuple(fc.tuple(leaf, leaf), leaf),
    fc.record({ x: leaf, y: leaf, length: leaf }),
    fc.record({ x: fc.tuple(leaf, leaf), y: leaf }),
  ];
  return fc.constantFrom(...shapes).chain((shape) => fc.array(shape, { minLength: 3, maxLength: 6 }));
});

describe('functions that combine two values', () => {
  it('give the same however the values are grouped, where that is said of them', () => {
    const seen = { known: 0, passed: 0, combined: 0 };
    fc.assert(
      fc.property(
        bodies.map((body) => `(a, b) => ${body('').replace(/^\{.*/s, (object) => `(${object})`)}`),
        lists,
        fc.integer({ min: 1, max: 5 }),
        (text, values, cut) => {
          const { f, test } = combining(text);
          if (test === undefined) return;
          seen.known++;
          if (!values.every(test)) return;
          seen.passed++;
          const combined = (some: readonly Value[]) => some.reduce((a, b) => f(a, b));
          const at = Math.min(cut, values.length - 1);
          const inOrder = outcome(() => combined(values));
          const inParts = outcome(() => f(combined(values.slice(0, at)), combined(values.slice(at))));
          // A run looks at what came of merging parts.
          if (!test(inParts)) return;
          seen.combined++;
          expect([text, inParts]).toEqual([text, inOrder]);
        },
      ),
      { numRuns: 10_000 },
    );
    expect(seen.known).toBeGreaterThan(enough(1000));
    expect(seen.passed).toBeGreaterThan(enough(500));
    expect(seen.combined).toBeGreaterThan(enough(300));
  });

  it('are known where they add up, or take, members of one place', () => {
    const isKnown = (text: string) => combining(text).test !== undefined;
    for (const text of [
      '_ + _',
      'sum',
      'max',
      '(a, b) => b + a',
      '(a, b) => [a[0] + b[0], a[1] + b[1]]',
      '(a, b) => {n: a.n + b.n, name: a.name, most: max(a.most, b.most), in: {x: a.in.x + b.in.x}}',
    ]) {
      expect([text, isKnown(text)]).toEqual([text, true]);
    }
    for (const text of [
      '_ - _',
      '(a, b) => a + a',
      '(a, b) => [a[1] + b[1], a[0] + b[0]]',
      '(a, b) => [a[0] + b[1], 1]',
      '(a, b) => {n: a.n + b.m}',
      '(a, b) => {length: a.length + b.length}',
      '(a, b) => [...a, ...b]',
      '(a, b) => {...a, n: a.n + b.n}',
      '(a, b) => a + b + 1',
      '(a, b) => max(a, b, 1)',
      'avg',
    ]) {
      expect([text, isKnown(text)]).toEqual([text, false]);
    }
  });

  it('are asked about their values: whole numbers from 0 on, and nulls', () => {
    const { test } = combining('(a, b) => [a[0] + b[0], a[1]]');
    expect([[1, 'x'], [null, 0.5], 'text'].map((value) => test!(value))).toEqual([true, true, false]);
    expect([[0.5], [-1], [2 ** 53], [10n ** 20n], ['1'], [true], [[]]].map((value) => test!(value))).toEqual(
      Array(7).fill(false),
    );
  });
});
