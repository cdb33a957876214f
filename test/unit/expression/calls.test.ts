import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJson } from '../../../src/base/json.ts';
import type { Value } from '../../../src/base/value.ts';
import { apply, bind, outcome } from './evaluating.ts';

/** Methods by what stands behind the dot, with so many arguments. */
const CALLS: readonly (readonly [name: string, count: number])[] = [
  ['trim', 0],
  ['at', 1],
  ['slice', 1],
  ['split', 1],
  ['concat', 1],
  ['includes', 1],
  ['slice', 2],
  ['split', 2],
  ['padStart', 2],
  ['replace', 2],
  ['includes', 2],
  ['indexOf', 2],
  ['concat', 2],
  ['concat', 3],
];

const FUNCTIONS: readonly (readonly [name: string, count: number])[] = [
  ['number', 1],
  ['upper', 1],
  ['round', 1],
  ['round', 2],
  ['hash', 1],
  ['has', 2],
  ['coalesce', 2],
  ['min', 2],
  ['min', 3],
  ['pow', 2],
];

const values: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, true, '', ' a b ', 'b', ' ', 'aé😀b a', -1, 0, 2, 1.5, 3),
  fc.constantFrom<Value>(['a', 'b'], [], [1, [2]], { a: 1 }),
);

/** What an expression gives, undefined where the program is refused. */
function given(text: string, ...record: Value[]): Value | undefined {
  const bound = bind(text);
  return bound.problems.length > 0 ? undefined : outcome(() => bound.compiled.call(record));
}

describe('calls', () => {
  it('give the same of arguments in the program and in the record', () => {
    const compared = new Set<string>();
    const cases = fc.oneof(
      fc.constantFrom(...CALLS).map((call) => ({ call, isMethod: true })),
      fc.constantFrom(...FUNCTIONS).map((call) => ({ call, isMethod: false })),
    );
    const written = (value: Value, place: string, isFixed: boolean) => (isFixed ? `(${toJson(value)})` : place);
    fc.assert(
      fc.property(
        cases,
        fc.array(values, { minLength: 5, maxLength: 5 }),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        ({ call: [name, count], isMethod }, record, fixed) => {
          const text = (isFixed: readonly boolean[]) => {
            const inner = Array.from({ length: count }, (_, i) =>
              written(record[i + 1]!, `r[${i + 1}]`, isFixed[i + 1]!),
            );
            return `r => ${isMethod ? `r[0].${name}(${inner.join(', ')})` : `${name}(${inner.join(', ')})`}`;
          };
          const inRecord = given(text([]), ...record);
          const inProgram = given(text(fixed), ...record);
          fc.pre(inRecord !== undefined && inProgram !== undefined);
          compared.add(name);
          expect([text(fixed), reasonless(inProgram!)]).toEqual([text(fixed), reasonless(inRecord!)]);
        },
      ),
      { numRuns: 5000 },
    );
    expect(compared.size).toBeGreaterThan(12);
  });
});

/** Arguments are called what they are written as in reasons; so it is compared only that there is one. */
function reasonless(value: Value): Value {
  return typeof value === 'string' && value.startsWith('bad: ') ? 'bad' : value;
}

describe('split', () => {
  const texts = fc
    .array(fc.constantFrom('a', 'b', ' ', ', ', ',', 'é', '😀', 'ab'), { maxLength: 80 })
    .map((parts) => parts.join(''));
  const separators = fc.constantFrom(' ', ',', ', ', 'ab', 'aa', 'x', '😀');

  it('gives what JavaScript gives, also where only the length or an item is asked for', () => {
    fc.assert(
      fc.property(texts, separators, (text, separator) => {
        const expected = text.split(separator);
        expect(apply('(t, s) => t.split(s)', text, separator)).toEqual(expected);
        expect(apply('(t, s) => t.split(s).length', text, separator)).toBe(expected.length);
        expect(apply('(t, s) => t.split(s)[0]', text, separator)).toBe(expected[0]);
        expect(apply('(t, s) => t.split(s)[3]', text, separator)).toBe(expected[3] ?? null);
      }),
      { numRuns: 1000 },
    );
  });

  it('is asked for its length or an item however it is called', () => {
    expect(apply('_.split(",", 2).length', 'a,b,c')).toBe(2);
    expect(apply('_.split(",", 2)[2]', 'a,b,c')).toBe(null);
    expect(apply('_.split(",")[-1]', 'a,b,c')).toBe(null);
    expect(apply('_.split(/(b)|,/)[1]', 'a,c')).toBe(null);
    expect(apply('_.split("").length', 'a😀')).toBe(2);
    expect(apply('_.split("")[1]', 'a😀')).toBe('😀');
    expect(apply('_.split(/,\\s*/).length', 'a, b,c')).toBe(3);
    expect(apply('_.split().length', 'a b')).toBe(1);
    expect(apply('_.split(",").length', null)).toBe(null);
    expect(apply('_.split(",")[0]', null)).toBe(null);
    expect(apply('(t, s) => t.split(s).length', 'a,b', null)).toBe(null);
    expect(apply('_.split(",").length', 5)).toBe('bad: _ is a number, which has no method split');
  });
});
