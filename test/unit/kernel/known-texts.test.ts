import { expect, test } from 'vitest';
import { jsonFields } from '../../../src/flow/bytes/json-fields.ts';
import { INTERNED } from '../../../src/flow/bytes/row-block.ts';
import { NONE, type TakeRows } from '../../../src/flow/define/faster.ts';

const COUNT = 200_000;

/** Reads a field of lines, looked up: how many of the last {@link COUNT} texts had ids, how often all ids were given up, and how many were read wrong. */
function lookedUp(texts: readonly string[], times: number) {
  const last = texts.length * times - COUNT;
  let known = 0;
  let forgotten = 0;
  let wrong = 0;
  let i = 0;
  const rows: TakeRows = (block, numbers, count) => {
    block.lookUp(0, numbers, count);
    for (let at = 0; at < count; at++, i++) {
      const slot = block.slot(0) + numbers[at]! * block.size;
      if (i >= last && block.ints[slot] === INTERNED) known++;
      if (block.value(slot) !== texts[i % texts.length]) wrong++;
    }
    forgotten = block.generation;
    return NONE;
  };
  const cursor = { origin: null, line: 1, text: () => '' };
  const take = jsonFields({ names: ['k'], cursor, rows, line: () => wrong++ });
  const lines = Buffer.from(texts.map((text) => `{"k":"${text}"}\n`).join(''));
  for (let at = 0; at < times; at++) take(lines);
  return { known, forgotten, wrong };
}

test.each([
  ['short', 'a'],
  ['long', 'a'.repeat(56)],
])('the table grows with %s texts of which many come again', (_, begin) => {
  const texts = Array.from({ length: 3 * COUNT }, (_, i) => `${begin}${i % 3 === 0 ? i : i % 50}`);
  expect(lookedUp(texts, 2)).toEqual({ known: COUNT, forgotten: 0, wrong: 0 });
});

test('texts that never come again are given up', () => {
  const texts = Array.from({ length: 3 * COUNT }, (_, i) => String(i));
  expect(lookedUp(texts, 1)).toEqual({ known: 0, forgotten: 1, wrong: 0 });
});
