/**
 * Set up for every file of tests: `toEqual` looks at the fields of objects, of which numbers with a spelling have none to be seen. Once for all files of a worker,
 * since each comparison asks all testers that were ever added.
 */
import { expect } from 'vitest';
import { SpeltNumber } from '../../src/base/spelt-number.ts';

const worker = globalThis as { comparesSpeltNumbers?: true };

if (worker.comparesSpeltNumbers !== true) {
  worker.comparesSpeltNumbers = true;
  expect.addEqualityTesters([
    (a: unknown, b: unknown) => {
      if (!(a instanceof SpeltNumber) && !(b instanceof SpeltNumber)) return undefined;
      if (!(a instanceof SpeltNumber && b instanceof SpeltNumber)) return false;
      return Object.is(a.valueOf(), b.valueOf()) && String(a) === String(b);
    },
  ]);
}
