/** What `leat checkpoint` says of how far sources have come. */
import { expect, test } from 'vitest';
import { sources } from '../../../src/flow/catalog.ts';

test('of a file bytes are told, of a partition the offset of a record', () => {
  const told = (word: string, split: object) => sources.get(word)!.splitInWords!({ key: 'k', at: 0, ...split });
  const origin = { id: 1, lines: 3456 };
  expect(told('tail', { at: { path: 'a.log', offset: 1234 }, origin })).toBe('a.log at byte 1,234 (line 3,456)');
  expect(told('files', { key: 'a.txt', at: { isDone: true } })).toBe('a.txt read to its end');
  expect(told('stdin', { key: 'stdin', at: { offset: 2 } })).toBe('stdin at byte 2');
  expect(told('watch', { key: '1-2', at: { made: '1', changed: '2' } })).toBe('1-2');
  const partition = { key: 'orders/3', at: { topic: 'orders', partition: 3, offset: 1204 }, origin };
  expect(told('kafka', partition)).toBe('orders[3] at offset 1,204');
  expect(told('subscribe', { key: 'events', at: { id: '41.5f3c9a02' } })).toBe('event 41.5f3c9a02');
});
