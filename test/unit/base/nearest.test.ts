import { expect, test } from 'vitest';
import { nearest } from '../../../src/base/nearest.ts';

const NAMES = ['map', 'filter', 'flatMap', 'countByValue', 'countBy', 'count', 'reduceByKey', 'top', 'take', 'json'];

test.each([
  ['mpa', 'map'],
  ['fliter', 'filter'],
  ['flatmap', 'flatMap'],
  ['countByVaule', 'countByValue'],
  ['reduceByKeys', 'reduceByKey'],
  ['JSON', 'json'],
  ['contBy', 'countBy'],
])('%s is %s', (name, meant) => {
  expect(nearest(name, NAMES)).toBe(meant);
});

test.each(['', 'x', 'xyz', 'groupBy', 'select', 'a'])('%j is nothing that is known', (name) => {
  expect(nearest(name, NAMES)).toBeUndefined();
});

test('the nearest of several is taken, the first of equally near ones', () => {
  expect(nearest('countB', NAMES)).toBe('countBy');
  expect(nearest('bat', ['cat', 'hat'])).toBe('cat');
});
