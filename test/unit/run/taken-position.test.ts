import { expect, test } from 'vitest';
import { TakenPosition } from '../../../src/run/local/reading/taken-position.ts';

test('where a place is farther without a record, what came of it so far is known still', () => {
  const taken = new TakenPosition([{ key: 'p', at: 5, origin: { id: 1, lines: 3 } }]);
  const origin = { id: 1, source: 1, name: 'p', lines: 3 };
  taken.take({ kind: 'text', origin: { ...origin, lines: 4 }, bytes: Buffer.from('a\n'), behind: { key: 'p', at: 6 } });
  taken.take({ kind: 'position', origin: { ...origin, lines: 4 }, behind: [{ key: 'p', at: 9 }] });
  expect(taken.position).toEqual([{ key: 'p', at: 9, origin: { id: 1, lines: 4 } }]);
  // Of a place that is new nothing came, also where it is farther.
  taken.take({ kind: 'position', behind: [{ key: 'q', at: 0 }] });
  expect(taken.position?.[1]).toEqual({ key: 'q', at: 0 });
  taken.take({ kind: 'position', origin: { ...origin, id: 2, lines: 0 }, behind: [{ key: 'q', at: 2 }] });
  expect(taken.position?.[1]).toEqual({ key: 'q', at: 2 });
});
