import { expect, test } from 'vitest';
import {
  headOf,
  isNested,
  itemOf,
  itemPath,
  NOWHERE,
  namesOfPath,
  objectsOn,
  outermost,
  pathFrom,
  pathIn,
  pathOf,
  placeOf,
  RECORD,
  whatIs,
  withHead,
} from '../../../src/base/field-path.ts';

test.each([
  [['a'], 'a'],
  [['a', 'b', 'c'], 'a\0b\0c'],
  [[''], undefined],
  [['length'], 'length'],
  // What may mean something else than a field is looked at as a part of the one before.
  [['a', 'length', 'b'], 'a'],
  [['a', 'b', ''], 'a\0b'],
  [['a', 'b\0', 'c'], 'a'],
  [['', 'b'], undefined],
  [['a\0b'], undefined],
  [[], undefined],
])('the path of %j', (names, path) => {
  expect(pathOf(names)).toBe(path);
});

test('a path is taken apart, and put behind another one', () => {
  const path = pathOf(['a', 'b', 'c'])!;
  expect(namesOfPath(path)).toEqual(['a', 'b', 'c']);
  expect(namesOfPath(whatIs(path))).toEqual(['a', 'b', 'c']);
  expect(objectsOn(path)).toEqual([whatIs('a'), whatIs('a\0b')]);
  expect([headOf(path), headOf(whatIs('a')), headOf('a'), headOf(RECORD)]).toEqual(['a', 'a', 'a', undefined]);
  expect([withHead(path, 'x'), withHead('a', 'x')]).toEqual(['x\0b\0c', 'x']);
  expect(pathIn('a', 'b\0c')).toBe(path);
  expect(pathIn('a', RECORD)).toBe(whatIs('a'));
  expect([pathIn('a', 'length'), pathIn('a', '')]).toEqual([undefined, undefined]);
  expect(pathFrom('a', path)).toBe('b\0c');
  expect([pathFrom('a', 'ab'), pathFrom('a', 'a'), pathFrom('a', whatIs('a'))]).toEqual(Array(3).fill(undefined));
});

test('an item of a list is in no object', () => {
  const item = itemPath(12);
  expect([itemOf(item), itemOf(whatIs(item)), itemOf(RECORD), itemOf('12'), itemOf(NOWHERE)]).toEqual([
    12,
    12,
    ...Array(3).fill(undefined),
  ]);
  expect([headOf(item), pathIn('a', item), pathIn(item, 'a'), isNested(item)]).toEqual([
    ...Array(3).fill(undefined),
    false,
  ]);
  expect(pathIn(item, RECORD)).toBe(whatIs(item));
});

test('what is asked for as a whole has all that is in it', () => {
  expect(outermost(['a\0b', 'a', 'a\0', 'c\0d\0e', 'c\0', 'c\0d', 'f\0'])).toEqual(['a', 'c\0', 'c\0d', 'f\0']);
  expect([placeOf('a\0', ['b', 'a']), placeOf('a', ['a\0']), placeOf('a\0b', ['a'])]).toEqual([1, -1, -1]);
});
