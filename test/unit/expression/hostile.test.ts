// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates are of the language under test
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/base/json.ts';
import { BadRecord } from '../../../src/base/problem.ts';
import { UNKNOWN } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import { functions } from '../../../src/flow/catalog.ts';
import { apply, bind, outcome } from './evaluating.ts';

/** Whether something is made of values alone: nothing callable, no instance of a class, nothing undefined. */
function isValue(of: unknown, depth = 0): boolean {
  if (of === null || ['string', 'boolean', 'bigint'].includes(typeof of)) return true;
  if (typeof of === 'number') return Number.isFinite(of);
  if (typeof of !== 'object' || depth > 50) return false;
  if (Array.isArray(of)) return Object.keys(of).length === of.length && of.every((item) => isValue(item, depth + 1));
  if (Object.getPrototypeOf(of) !== Object.prototype || Object.getOwnPropertySymbols(of).length > 0) return false;
  return Object.values(Object.getOwnPropertyDescriptors(of)).every(
    (property) => 'value' in property && isValue(property.value, depth + 1),
  );
}

/** What becomes of a hostile expression: `problem`, a bad record's reason, or its value. */
function fate(text: string, record: Value): unknown {
  const bound = bind(text);
  if (bound.problems.length > 0) return 'problem';
  return outcome(() => bound.compiled.call(record));
}

const inherited = Object.getOwnPropertyNames(Object.prototype).sort().join();
const inheritedByLists = Object.getOwnPropertyNames(Array.prototype).sort().join();

afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort().join()).toBe(inherited);
  expect(Object.getOwnPropertyNames(Array.prototype).sort().join()).toBe(inheritedByLists);
});

const HOST_NAMES = [
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__lookupGetter__',
  'hasOwnProperty',
  'isPrototypeOf',
  'toString',
  'toLocaleString',
  'valueOf',
  'map',
  'call',
  'apply',
  'bind',
  'caller',
  'arguments',
  'then',
  'toJSON',
];

const RECORDS: readonly Value[] = [null, true, 5, 9007199254740993n, 'text', [1, 2], [], {}, { a: 1 }];

describe('names of the host', () => {
  it.each(HOST_NAMES)('%s is an ordinary field name without power, on any record', (name) => {
    for (const record of RECORDS) {
      expect(fate(`_.${name}`, record)).toBe(null);
      expect(fate(`.${name}`, record)).toBe(null);
      expect(fate(`_["${name}"]`, record)).toBe(null);
      expect(fate(`x => x["${name.slice(0, 2)}" + "${name.slice(2)}"]`, record)).toBe(null);
      expect(fate(`_?.${name}?.${name}`, record)).toBe(null);
    }
  });

  it.each(HOST_NAMES)('%s as an own field is carried like any other', (name) => {
    const record = parseJson(`{"${name}": {"a": 1}, "b": 2}`);
    expect(apply(`.${name}.a`, record)).toBe(1);
    expect(apply(`_["${name}"].a + 1`, record)).toBe(2);
    for (const text of [
      `{...(_), c: 3}`,
      `{"${name}": .${name}, b: .b, c: 3}`,
      `{["${name}"]: .${name}, b: .b, c: 3}`,
    ]) {
      const copy = apply(text, record) as object;
      expect(Object.keys(copy).sort()).toEqual([name, 'b', 'c'].sort());
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
      expect(Object.getOwnPropertyDescriptor(copy, name)?.value).toEqual({ a: 1 });
    }
    expect(apply(`has(_, "${name}") && !has({}, "${name}")`, record)).toBe(true);
    expect(apply('fromEntries(entries(_)) == _', record)).toBe(true);
  });

  it.each([
    'process',
    'globalThis',
    'global',
    'require',
    'module',
    'import',
    'window',
    'this',
    'self',
    'Function',
    'eval',
    'Object',
    'Reflect',
    'Proxy',
    'Symbol',
    'Promise',
    'Buffer',
    'fetch',
    'setTimeout',
    'arguments',
    'console',
    'WebAssembly',
    'Math',
    'JSON',
    'undefined',
  ])('nothing is named %s', (name) => {
    for (const text of [
      `${name}`,
      `_ + ${name}`,
      `${name}.env`,
      `${name}["exit"]`,
      `${name}("1")`,
      `${name}.exit(1)`,
      `[_, ${name}]`,
    ]) {
      expect([text, fate(text, 'x')]).toEqual([text, 'problem']);
    }
  });

  it.each([
    '_.constructor("return process")',
    '_.constructor.constructor("return process")()',
    '"".constructor.constructor("return 1")()',
    '[].constructor.from("ab")',
    '_.__proto__.polluted(1)',
    '_.__defineGetter__("a", x => 1)',
    '_.valueOf()',
    '_.hasOwnProperty("a")',
    '_.call(null)',
    '_.map.call(_, upper)',
    'upper.constructor("return 1")',
    'upper.call(null, _)',
    'upper["constructor"]',
    '(x => x).constructor',
    '(x => x)(_)',
    '[upper, _]',
    '{f: upper, x: _}',
    '[x => x]',
    '_ + upper',
    '`${upper}${_}`',
    '_ == upper',
    'toJson(upper)',
    'hash(x => _)',
    'upper`a`',
    '_`a`',
    'String.raw`${_}`',
    '/a/.constructor',
    '/a/.source',
    '/a/.exec(_)',
    '[/a/, _]',
    '/(/',
    'new Date(_)',
    'new Function("return 1")',
    'import("fs")',
    'await _',
    'delete _.a',
    '_.a = 1',
    '_++',
    'typeof _',
    '_ instanceof upper',
    '{get a() { return 1 }}',
    '{__proto__() {}}',
    'class {}',
    'function () {}',
    'x => { return process }',
    '_.replace("a", x => process)',
    '_.toString(upper)',
    '_.push(1)',
    '_.forEach(_)',
    '_.splice(0, 1)',
  ])('%s is a problem of the program', (text) => {
    expect(bind(text).problems.length).toBeGreaterThan(0);
    expect(bind(text).compiled.call('x')).toBe(null);
  });
});

describe('values', () => {
  it('are all that any function gives, whatever it is given', () => {
    const hostile: readonly Value[] = [
      ...RECORDS,
      -1,
      0.5,
      1e308,
      -5e-324,
      1n << 2000n,
      '',
      '😀'.slice(0, 1),
      'constructor',
      '$&$1$<a>',
      '\0',
      '__proto__',
      [[], [[1]]],
      ['__proto__', 1],
      [['__proto__', { polluted: 1 }]],
      parseJson('{"__proto__": {"polluted": 1}, "length": -1, "constructor": null, "toJSON": 1, "toString": 2}'),
    ];
    const anyOf = fc.constantFrom(...hostile);
    fc.assert(
      fc.property(fc.constantFrom(...functions), anyOf, anyOf, anyOf, (definition, a, b, c) => {
        const { name, parameters, receiver } = definition;
        if (receiver === 'pattern') return;
        const given = parameters.map(({ lambda, pattern }, i) =>
          lambda !== undefined ? 'v => v' : pattern === 'only' ? '/(?<a>.)|(b)/' : ['p[0]', 'p[1]', 'p[2]'][i % 3],
        );
        const text =
          receiver === undefined ? `p => ${name}(${given.join(', ')})` : `p => p[2].${name}(${given.join(', ')})`;
        const bound = bind(text);
        expect(bound.problems).toEqual([]);
        const before = JSON.stringify(hostile, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value));
        const result = outcome(() => bound.compiled.call([a, b, c]));
        expect([text, isValue(result)]).toEqual([text, true]);
        // Values are never changed in place.
        expect(JSON.stringify(hostile, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value))).toBe(
          before,
        );
      }),
      { numRuns: 3000 },
    );
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
  });

  it('do not leak the inner workings of matches', () => {
    for (const text of ['_.match(/(a)/)', '_.match(/(?<__proto__>a)/)', '_.matchAll(/a/)[0]', '_.split(/(a)|b/)']) {
      expect([text, isValue(apply(text, 'xaxb'))]).toEqual([text, true]);
    }
    expect(fate('_.match(/(a)/).index', 'xa')).toBe(null);
    expect(fate('_.match(/(a)/).input', 'xa')).toBe(null);
    expect(Object.keys(apply('_.match(/(?<__proto__>a)/)', 'a') as object)).toEqual(['__proto__']);
  });

  it('remember nothing from one record to the next', () => {
    const f = bind('/a/.test(_) && _.replaceAll(/a/, "b").match(/b/) != null').compiled.call;
    expect([f('a'), f('a'), f('xa'), f('a')]).toEqual([true, true, true, true]);
    const last = bind('_.reduce((a, b) => b, null)').compiled.call;
    expect([last([1, 2]), last([]), last([3])]).toEqual([2, null, 3]);
  });
});

describe('what is too large or too deep', () => {
  it('is a bad record where a record brings it', () => {
    let deep: Value = [];
    for (let i = 0; i < 200_000; i++) deep = [deep];
    for (const text of ['toJson(_)', 'string(_)', '"" + _', '_ == [_]', 'hash(_)', '[_, [_]].sort()', '`${_}`']) {
      expect([text, outcome(() => bind(text).compiled.call(deep))]).toEqual([text, 'bad: a value is nested too deep']);
    }
    // What does not look inside carries it.
    expect(apply('_.length', deep)).toBe(1);
  });

  it('is a problem where the program brings it', () => {
    const nested = `${'('.repeat(20_000)}_${')'.repeat(20_000)}`;
    expect(bind(nested).problems.length).toBeGreaterThan(0);
    const lists = `${'['.repeat(20_000)}_${']'.repeat(20_000)}`;
    expect(bind(lists).problems.length).toBeGreaterThan(0);
  });

  it('either works or is told, for long chains', () => {
    const chain = Array(3000).fill('_').join(' + ');
    const bound = bind(chain);
    if (bound.problems.length === 0) expect(outcome(() => bound.compiled.call(1))).toBe(3000);
  });

  it('turns only limits of the engine into bad records', () => {
    const failing = bind('_ + 1').compiled.call;
    expect(() => failing([])).toThrow();
    try {
      failing([]);
    } catch (error) {
      expect(error).toBeInstanceOf(BadRecord);
    }
    expect(bind('(a, b) => a', [UNKNOWN, UNKNOWN]).compiled.call(1)).toBe(1);
  });
});
