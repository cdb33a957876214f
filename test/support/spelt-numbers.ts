/** Set up for every file of tests: `toEqual` looks at the fields of objects, of which numbers with a spelling have none to be seen. */
import { expect } from 'vitest';
import { SpeltNumber } from '../../src/base/spelt-number.ts';

expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    if (!(a instanceof SpeltNumber) && !(b instanceof SpeltNumber)) return undefined;
    if (!(a instanceof SpeltNumber && b instanceof SpeltNumber)) return false;
    return Object.is(a.valueOf(), b.valueOf()) && String(a) === String(b);
  },
]);
