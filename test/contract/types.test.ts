/**
 * What a plan says of the records of a node is true of all of them: a program is refused for a field or a kind of value that cannot be there, and where
 * a type said more than is so, a right program would be.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runSpec } from '../../src/run/spec/run-spec.ts';
import { Conforming } from '../support/conforms.ts';
import { enough, tries, within } from '../support/effort.ts';

const FOLDER = 'test/spec';
const paths = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.spec'));

/** What was seen of a run; its results are others' matter. */
async function seenIn(spec: string): Promise<{ readonly faults: readonly string[]; readonly seen: number }> {
  const made: Conforming[] = [];
  await runSpec(spec, {
    memory() {
      const conforming = new Conforming();
      made.push(conforming);
      return conforming;
    },
  });
  return { faults: made.flatMap(({ faults }) => faults), seen: made.reduce((sum, { seen }) => sum + seen, 0) };
}

test('records of all specs are of the types that their plans say', async () => {
  let all = 0;
  for (const path of paths) {
    const { faults, seen } = await seenIn(readFileSync(join(FOLDER, path), 'utf8'));
    expect(faults, path).toEqual([]);
    all += seen;
  }
  expect(all).toBeGreaterThan(5000);
});

const NAMES = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...NAMES);

/** An expression of `x`, which is an object, and of values in it. */
const { value, object } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('1', '"t"', 'null', 'true', 'x', 'x.a > 1'),
    name.map((of) => `x.${of}`),
    name.map((of) => `x["${of}"]`),
    fc.tuple(name, name).map(([of, inner]) => `x.${of}.${inner}`),
    tie('object'),
    tie('list'),
    fc
      .tuple(fc.constantFrom('&&', '||', '??'), tie('value'), tie('value'))
      .map(([sign, left, right]) => `(${left} ${sign} ${right})`),
    fc.tuple(tie('value'), tie('value'), tie('value')).map(([when, yes, no]) => `(${when} ? ${yes} : ${no})`),
    fc
      .tuple(fc.constantFrom('min', 'max', 'coalesce'), tie('value'), tie('value'))
      .map(([f, left, right]) => `${f}(${left}, ${right})`),
    fc.tuple(fc.constantFrom('min', 'max'), tie('list')).map(([f, list]) => `${f}(${list})`),
    fc.tuple(tie('list'), fc.constantFrom('[0]', '[1]', '.at(-1)')).map(([list, of]) => `(${list})${of}`),
    fc.tuple(tie('object'), name).map(([of, field]) => `(${of}).${field}`),
    fc.tuple(tie('list'), tie('value')).map(([list, start]) => `(${list}).reduce((s, i) => ({...s, ...i}), ${start})`),
    fc.tuple(tie('list'), name).map(([list, of]) => `(${list}).reduce((s, i) => ({${of}: s}))`),
    tie('object').map((of) => `values(${of})`),
  ),
  object: fc
    .array(
      fc.oneof(
        fc.tuple(name, tie('value')).map(([of, inner]) => `${of}: ${inner}`),
        tie('value').map((inner) => `...${inner}`),
        fc.tuple(name, tie('value')).map(([of, inner]) => `["${of}"]: ${inner}`),
      ),
      { maxLength: 3 },
    )
    .map((entries) => `{${entries.join(', ')}}`),
  list: fc.oneof(
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(tie('value'), tie('value')).map(([list, item]) => `[...(${list} ?? []), ${item}]`),
    fc.tuple(tie('list'), tie('value')).map(([list, inner]) => `(${list}).map(x => ${inner})`),
    fc.tuple(tie('list'), tie('list')).map(([list, inner]) => `(${list}).flatMap(x => ${inner})`),
    fc.tuple(tie('list'), tie('list')).map(([list, other]) => `(${list}).concat(${other})`),
    fc
      .tuple(tie('list'), fc.constantFrom('filter(i => i.a)', 'toReversed()', 'flat()', 'slice(1)'))
      .map(([list, method]) => `(${list}).${method}`),
  ),
}));

const made = fc
  .array(fc.tuple(name, value), { minLength: 1, maxLength: 2 })
  .map((entries) => `{${entries.map(([of, inner]) => `${of}: ${inner}`).join(', ')}}`);

const stage = fc.oneof(
  { arbitrary: object.map((of) => `map(x => (${of}))`), weight: 3 },
  value.map((of) => `map(x => ${of})`),
  made.map((of) => `set(x => (${of}))`),
  name.map((of) => `explode(.${of})`),
  fc.tuple(name, name).map(([of, inner]) => `explode(.${of}.${inner})`),
  fc.tuple(name, name).map(([of, inner]) => `drop(.${of}.${inner})`),
  // Behind `pick`, since of a field that nothing is known of, a null that gives way to it is not thought of.
  fc.tuple(name, name).map(([to, from]) => `pick(.a, .b, .c) | rename({${to}: .${from}})`),
  fc.tuple(name, name, name).map(([to, from, inner]) => `pick(.a, .b, .c) | rename({${to}: .${from}.${inner}})`),
  fc.constant('rename({a: .b, b: .a})'),
  fc.tuple(name, name).map(([first, second]) => `pick(.${first}.${second}, .a)`),
  fc.constantFrom(
    'flatten',
    'glom',
    'reduce((x, y) => x)',
    'countByValue',
    'swap',
    'keys',
    'values',
    'distinct',
    'head(2)',
  ),
  value.map((of) => `flatMap(x => [${of}, x])`),
  value.map((of) => `reduce((x, y) => ${of})`),
  fc.tuple(value, value).map(([key, of]) => `map(x => [${key}, ${of}])`),
  value.map((of) => `mapValues(x => ${of})`),
  value.map((of) => `reduceByKey((x, y) => ${of})`),
  value.map((of) => `updateStateByKey((x, s) => ${of})`),
  fc.tuple(value, value).map(([state, out]) => `mapWithState((k, x, s) => [${state}, ${out}])`),
  fc
    .tuple(value, fc.constantFrom('max', 'min', 'first', 'last', 'list', 'set', 'mode', 'valueCounts'))
    .map(([of, aggregate]) => `groupBy(.a, {b: ${aggregate}(x => ${of})})`),
  fc.tuple(made, name).map(([key, of]) => `groupBy(x => (${key}), {n: maxBy(.${of}, .a)})`),
  value.map((of) => `union(s | map(x => ${of}))`),
);

const SOURCE = `let s = json;
s`;
const INPUT = `in 1s
  {"a":1,"b":{"a":2,"c":"t"},"c":[{"a":1},{"b":"t"}]}
  {"b":"t","c":[{"a":{"b":1}}]}
  {"a":{"a":[1,2],"b":{"c":3}},"c":"t","d":{"a":1}}
  {"a":"t","b":null,"c":[1,{"c":1},3]}
  ["k",{"a":1,"d":2}]
  ["k",{"b":"t"}]

out 1s
`;

describe('programs of random stages', () => {
  let taken = 0;

  test('give what their plans say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stage, { minLength: 1, maxLength: 4 }), async (stages) => {
        const { faults, seen } = await seenIn(`# Random.\n${[SOURCE, ...stages].join(' | ')}\n\n${INPUT}`);
        expect(faults).toEqual([]);
        if (seen > 0) taken++;
      }),
      { numRuns: tries(300, 20_000), plugins: [within(tries(5000, 60_000))] },
    );
  });

  test('some of them are programs', () => {
    expect(taken).toBeGreaterThan(enough(20));
  });
});
