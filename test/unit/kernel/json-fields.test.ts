import fc from 'fast-check';
import { expect, test } from 'vitest';
import { json } from '../../../src/flow/stages/json.ts';
import { jsonLines, NAMES, ODD_NAMES } from './json-lines.ts';
import { byProjection, byRows } from './projecting.ts';

const wanted = fc.subarray([...NAMES, ...ODD_NAMES]);

test('what is read of lines is what the row form has of them, also from one chunk to the next', () => {
  let projected = 0;
  fc.assert(
    fc.property(wanted, fc.array(jsonLines, { maxLength: 3 }), (names, pieces) => {
      const result = byProjection(json, names, pieces);
      expect(result.seen).toEqual(byRows(json, names, pieces));
      projected += result.projected;
    }),
    { numRuns: 400 },
  );
  expect(projected).toBeGreaterThan(400);
});
