import { expect, it } from 'vitest';
import { formatType } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import { queue } from '../../../src/flow/sources/queue.ts';

const bound = (lists: readonly (readonly Value[])[]) => ({ lists }) as never;

it('gives list after list, then nothing', () => {
  const lists = [[1, 2], [], ['a']];
  const behaviour = queue.behaviour(bound(lists), { stdin: 'stream' });
  if (behaviour.kind !== 'batches') throw new Error(behaviour.kind);
  const batch = behaviour.open(bound(lists));
  expect([0, 1, 2, 3].map((index) => batch(index)?.values)).toEqual([[1, 2], [], ['a'], undefined]);
});

it('knows the type of its records', () => {
  const typeOf = (...lists: Value[][]) => formatType(queue.gives(bound(lists)));
  expect(typeOf([1, 2], [3n])).toBe('number');
  expect(typeOf(['a'], [null])).toBe('string');
  expect(typeOf([['a', 1]], [['b', 2]])).toBe('[string, number]');
  expect(typeOf([[1, 2, 3]], [[4, 5]])).toBe('list of number');
  expect(typeOf([{ a: 1, b: true }], [{ a: 2 }])).toBe('{a}');
  expect(typeOf([1, 'a'])).toBe('any value');
  expect(typeOf([])).toBe('any value');
});
