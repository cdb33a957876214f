import fc from 'fast-check';
import { expect, test } from 'vitest';
import { identity } from '../../../src/base/compare.ts';
import type { Value } from '../../../src/base/value.ts';
import { fromMessage, toMessage } from '../../../src/run/local/parts/part-message.ts';
import type { PartResult } from '../../../src/run/local/parts/part-run.ts';
import { anyValue } from '../../support/values.ts';

/** Partials of the kinds that aggregates have. */
const state = fc.oneof(
  anyValue,
  fc.array(anyValue, { maxLength: 3 }),
  fc.array(anyValue, { maxLength: 3 }).map((values) => new Map(values.map((value) => [identity(value), value]))),
  fc.array(anyValue, { maxLength: 3 }).map((values) => new Set(values.map(identity))),
  fc.record({ kept: fc.array(anyValue, { maxLength: 2 }), last: fc.option(anyValue, { nil: undefined }) }),
  fc.array(fc.double({ noNaN: true })).map((numbers) => Float64Array.from(numbers)),
);

test('what a thread is sent of groups is what they were, with the spelling of numbers', () => {
  const groups = fc.record({
    keys: fc.array(anyValue, { maxLength: 3 }),
    states: fc.array(fc.array(state, { maxLength: 2 }), { maxLength: 3 }),
  });
  const sent = (given: unknown) => {
    const message = toMessage({ groups: given } as PartResult);
    return fromMessage(structuredClone(message)).groups as unknown;
  };
  fc.assert(
    fc.property(fc.clone(groups, 2), ([given, same]: readonly [{ keys: Value[] }, { keys: Value[] }]) => {
      expect(sent(given)).toEqual({ ...same });
    }),
    { numRuns: 500 },
  );
});
