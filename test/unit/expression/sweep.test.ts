// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates are of the language under test
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/base/json.ts';
import { BadRecord } from '../../../src/base/problem.ts';
import { SpeltNumber } from '../../../src/base/spelt-number.ts';
import { UNKNOWN } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import { functions } from '../../../src/flow/catalog.ts';
import type { FunctionDefinition } from '../../../src/flow/define/function.ts';
import { bind } from './evaluating.ts';

/** One of each kind of value, and of each that is special in its kind. */
const VALUES: readonly Value[] = [
  null,
  true,
  false,
  0,
  -1,
  2.5,
  1e308,
  5e-324,
  9007199254740993n,
  1n << 2000n,
  new SpeltNumber(1.1, '1.10'),
  '',
  'a1b',
  '😀é',
  '\ud83d',
  '2024-01-02T03:04:05Z',
  'yyyy-MM-dd',
  [],
  [1, 'a'],
  [null, [2, [3]]],
  [['k', 1]],
  {},
  { a: 1 },
  parseJson('{"__proto__": 1, "length": -1, "7": [], "b": null}'),
];

/** What is given where a function is wanted: one that gives each kind of value. */
const LAMBDAS = ['v => v', 'v => null', 'v => "t"', 'v => [v]', 'v => -0.5', 'v => v.a'];
const PATTERN = '/(?<x>[a😀])|(é)?/';

const SIGNS = ['+', '-', '*', '/', '%', '**', '==', '!=', '<', '<=', '>', '>=', '&&', '||', '??'];

function isValue(of: unknown): boolean {
  if (of === null || typeof of === 'string' || typeof of === 'boolean' || typeof of === 'bigint') return true;
  if (typeof of === 'number') return Number.isFinite(of);
  if (typeof of !== 'object') return false;
  if (of instanceof SpeltNumber) return Number.isFinite(of.valueOf());
  if (Array.isArray(of)) return Object.keys(of).length === of.length && of.every(isValue);
  return Object.getPrototypeOf(of) === Object.prototype && Object.values(of).every(isValue);
}

/** Whether a function of the language gave a value for these, or found them bad; else what it did, in words. */
function wrongWith(text: string, f: (...values: Value[]) => Value, values: readonly Value[]): string | undefined {
  const shown = () =>
    `${text} of ${values.map((value) => (typeof value === 'bigint' ? `${value}n` : JSON.stringify(value))).join(', ')}`;
  try {
    const result: unknown = f(...values);
    return isValue(result) ? undefined : `${shown()} gives ${String(result)}`;
  } catch (error) {
    return error instanceof BadRecord ? undefined : `${shown()} throws ${String(error)}`;
  }
}

/** Calls an expression of x1, x2 and x3 with each combination of values. */
function sweep(text: string, names: readonly string[]): string[] {
  const bound = bind(
    `(${names.join(', ')}) => ${text}`,
    names.map(() => UNKNOWN),
  );
  expect([text, bound.problems]).toEqual([text, []]);
  const wrong: string[] = [];
  const give = (values: readonly Value[]): void => {
    if (values.length < names.length) {
      for (const value of VALUES) give([...values, value]);
      return;
    }
    const found = wrongWith(text, bound.compiled.call, values);
    if (found !== undefined) wrong.push(found);
  };
  give([]);
  return wrong.slice(0, 3);
}

/** All ways to write an argument. */
function waysToGive({ lambda, pattern }: FunctionDefinition['parameters'][number], name: string): readonly string[] {
  if (lambda !== undefined) return LAMBDAS;
  if (pattern === 'only') return [PATTERN];
  return pattern === 'also' ? [name, PATTERN] : [name];
}

/** Every call of a function or method with so many arguments, of x1, x2 and x3. */
function* calls(definition: FunctionDefinition): Generator<string> {
  const { name, receiver, parameters } = definition;
  const most = parameters.at(-1)?.rest ? 3 : Math.min(3, parameters.length);
  const least = parameters.filter(({ optional }) => !optional).length;
  for (let count = least; count <= most; count++) {
    let ways: (readonly string[])[] = [[]];
    for (let i = 0; i < count; i++) {
      const parameter = parameters[Math.min(i, parameters.length - 1)]!;
      ways = ways.flatMap((before) => waysToGive(parameter, `x${i + 2}`).map((way) => [...before, way]));
    }
    const object = receiver === undefined ? '' : `${receiver === 'pattern' ? PATTERN : 'x1'}.`;
    for (const way of ways) yield `${object}${name}(${way.join(', ')})`;
  }
}

/** The names of the values that an expression is of. */
function namesIn(text: string): string[] {
  return [...new Set(text.match(/\bx[1-4]\b/g))].sort();
}

describe('whatever the kinds of values', () => {
  it.each([...functions].map((definition) => [`${definition.receiver ?? ''}.${definition.name}`, definition] as const))(
    '%s gives a value or finds the record bad',
    (_name, definition) => {
      let count = 0;
      for (const text of calls(definition)) {
        count++;
        expect(sweep(text, namesIn(text))).toEqual([]);
      }
      expect(count).toBeGreaterThan(0);
    },
  );

  it.each([
    ...SIGNS.map((sign) => `x1 ${sign} x2`),
    ...SIGNS.flatMap((sign) => [`x1 ${sign} 2`, `x1 ${sign} null`, `2.5 ${sign} x1`]),
    ...['+', '==', '!=', '<', '>=', '&&', '??'].flatMap((sign) => [`x1 ${sign} "t"`, `"t" ${sign} x1`]),
    ...['!x1', '-x1', '+x1', 'x1 ? x2 : x3', 'x1.a', 'x1?.length', 'x1.length', 'x1[x2]', 'x1?.[x2]', 'x1[0]'],
    ...['x1[-1]', 'x1["a"]', '[x1, ...x2]', '{...x1, x2}', '{[x1]: x2}', '`${x1}${x2}`', '[[x1, x2], x1].sort()'],
    ...['x1.split("b")[1]', 'x1.split("").length'],
  ])('%s gives a value or finds the record bad', (text) => {
    expect(sweep(text, namesIn(text))).toEqual([]);
  });

  it('null is no match, which is no reason against a record', () => {
    const { call } = bind('/a/.test(.x)').compiled;
    expect([call({ x: null }), call({}), call({ x: 'a' })]).toEqual([null, null, true]);
    expect(() => call({ x: 512 })).toThrow(
      expect.objectContaining({ reason: '"x" is not a string', detail: 'it is 512; string(…) makes it one' }),
    );
  });
});
