import { describe, expect, it } from 'vitest';
import { STRING, UNKNOWN } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import { bind } from './evaluating.ts';

const two = [UNKNOWN, UNKNOWN];
const tree = (text: string, takes = [UNKNOWN]): Value => {
  const { compiled, problems } = bind(text, takes);
  if (problems.length > 0) throw new Error(`${text}: ${problems[0]!.message}`);
  return compiled.tree;
};

describe('the tree of a function', () => {
  it.each([
    ['_.ms > 5s', 'x => x.ms > 5000', '.ms > 5000', '_["ms"] > 5000', 'record => (record.ms) > 5000'],
    ['upper(_)', 'upper', 'x => upper(x)'],
    ['.a.map(_ + 1)', 'x => x.a.map(y => y + 1)', 'y => y.a.map((x, i) => x + 1)'],
    ['.a.map(x => x.b.filter(y => y > x.c))', 'p => p.a.map(q => q.b.filter(r => r > q.c))'],
    ['if(.a, 1, 2)', '.a ? 1 : 2', 'x => x.a ? 1 : 2'],
    ['_.replace(/a+/, "b")', 'x => x.replace(/a+/, "b")'],
    ['{a: .x, "b c": .y}', 'x => ({"a": x.x, "b c": x.y})'],
  ])('is one for all ways to write %s', (first, ...others) => {
    for (const other of others) expect([other, tree(other)]).toEqual([other, tree(first)]);
  });

  it.each([
    ['_.a', '_.b'],
    ['_ - 1', '1 - _'],
    ['_ && .a', '_ || .a'],
    ['.a.map(x => x.b.filter(y => y > x.c))', '.a.map(x => x.b.filter(y => y > y.c))'],
    ['_ + 1', '_ + "1"'],
    ['/a/.test(_)', '/a/i.test(_)'],
    ['[_, 1]', '[..._, 1]'],
    ['{a: _}', '{b: _}'],
    ['{[_.a]: 1}', '{a: _.a}'],
    ['_.length', '_["length"]'],
  ])('is not one for %s and %s', (one, other) => {
    const trees = [one, other].map((text) => tree(text));
    expect(trees[0]).not.toEqual(trees[1]);
  });

  it('says which parameter is meant, not what it is called', () => {
    expect(tree('(a, b) => b - a', two)).toEqual(tree('(b, a) => a - b', two));
    expect(tree('_ - _', two)).toEqual(tree('(x, y) => x - y', two));
    expect(tree('_ - _', two)).not.toEqual(tree('(x, y) => y - x', two));
  });
});

describe('what is known of a function', () => {
  const known = (text: string, takes = [UNKNOWN]) => bind(text, takes).compiled;

  it('is what it looks at, gives, and does to columns', () => {
    const f = known('.status >= 500');
    expect(f).toMatchObject({ reads: new Set(['status']), result: { kind: 'boolean' } });
    expect(f.column).toMatchObject({ kind: 'comparison', name: 'status', operator: '>=', number: 500, f: f.call });
  });

  it('is what it does to bytes, where it is given texts', () => {
    for (const text of ['_.includes("a")', 'line => line.includes("a")']) {
      expect(known(text, [STRING]).text).toEqual({ kind: 'includes', text: 'a' });
      expect(known(text).text).toBeUndefined();
    }
    expect(known('_.split(",")', [STRING]).text).toEqual({ kind: 'split', delimiter: 44 });
    for (const text of ['"a".includes(_)', '_.includes("")', '_.split(",", 1)', '(_ + "b").includes("a")']) {
      expect([text, known(text, [STRING]).text]).toEqual([text, undefined]);
    }
  });

  it('is nothing where there is another one around it', () => {
    const around = opaque((record) => known('.a').call(record!));
    expect(around).toMatchObject({ reads: 'all', tree: null, column: { kind: 'record' }, text: undefined });
  });
});
