import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { FieldSample } from '../../../src/run/local/steps/field-sample.ts';

/** A sample, batch by batch of one second, and what it has told. */
function sampled(names: readonly string[], looksAgain = true) {
  const notes: string[] = [];
  const sample = new FieldSample(names, looksAgain, (message) => notes.push(message));
  let time = 1_700_000_000_000;
  return {
    notes,
    sample,
    batch(count: number, record: Value) {
      for (let i = 0; i < count; i++) sample.see(record);
      time += 1000;
      sample.tick(time);
    },
  };
}

test('a field that none of the first thousand has is told at once', () => {
  const { notes, batch } = sampled(['stauts']);
  batch(999, { status: 1, path: '/' });
  expect(notes).toEqual([]);
  batch(1, { status: 1, path: '/' });
  expect(notes).toEqual(['no field "stauts" in the first 1,000 records; did you mean "status"? seen: status, path']);
});

test('of few live records it is told after ten seconds, and not before there are ten', () => {
  const { notes, batch } = sampled(['x']);
  batch(9, { a: 1 });
  for (let i = 0; i < 20; i++) batch(0, null);
  expect(notes).toEqual([]);
  batch(1, { a: 1 });
  expect(notes).toEqual(['no field "x" in the first 10 records; seen: a']);
});

test('of what is not live it is told at the end', () => {
  const { notes, batch, sample } = sampled(['x'], false);
  for (let i = 0; i < 30; i++) batch(2, { a: 1 });
  expect(notes).toEqual([]);
  sample.finish();
  expect(notes).toEqual(['no field "x" in the first 60 records; seen: a']);
});

test('what is not live is looked at until all fields have come, live data longer', () => {
  const { batch, sample } = sampled(['x', 'y'], false);
  batch(1, { x: 1 });
  expect(sample.isOver).toBe(false);
  batch(1, { x: 1, y: null });
  expect(sample.isOver).toBe(true);
  const live = sampled(['x']);
  live.batch(1, { x: 1 });
  expect(live.sample.isOver).toBe(false);
});

test('one that comes after it was told missing is told once', () => {
  const { notes, batch } = sampled(['error']);
  batch(1000, { a: 1 });
  for (let i = 0; i < 12; i++) batch(5, { a: 1 });
  batch(3, { a: 1, error: 'full' });
  batch(3, { a: 1, error: 'full' });
  expect(notes).toEqual(['no field "error" in the first 1,000 records; seen: a', 'field "error" has come now']);
});

test('one that was common and stays away is told once', () => {
  const { notes, batch } = sampled(['ms']);
  batch(1000, { a: 1, ms: 2 });
  for (let i = 0; i < 11; i++) batch(1, { a: 1, took: 2 });
  batch(900, { a: 1, took: 2 });
  expect(notes).toEqual([]);
  for (let i = 0; i < 60; i++) batch(200, { a: 1, took: 2 });
  expect(notes).toEqual(['no field "ms" any more in the last 1,000 records; seen: a, took']);
});

test('one that only some records have may stay away', () => {
  const { notes, batch } = sampled(['error']);
  batch(1, { a: 1, error: 'full' });
  for (let i = 0; i < 60; i++) batch(200, { a: 1 });
  expect(notes).toEqual([]);
});

test('between samples nothing is looked at', () => {
  const { batch, sample } = sampled(['a']);
  expect(sample.isOver).toBe(false);
  batch(1000, { a: 1 });
  expect(sample.isOver).toBe(true);
  for (let i = 0; i < 10; i++) batch(1000, { a: 1 });
  expect(sample.isOver).toBe(false);
  batch(1000, { a: 1 });
  expect(sample.isOver).toBe(true);
});

test('where lists of objects come in the place of objects, the word that gives their items is told', () => {
  const { notes, batch, sample } = sampled(['length', 'x'], false);
  batch(2, [{ x: 1 }, { x: 2 }]);
  sample.finish();
  expect(notes).toEqual(['no field "x" in a list of 2 items: `json(items: true)` gives each of them']);
  const other = sampled(['length'], false);
  other.batch(1, [{ x: 1 }]);
  other.batch(1, [1, 2]);
  other.sample.finish();
  expect(other.notes).toEqual([]);
});
