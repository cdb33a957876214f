import { expect, test } from 'vitest';
import { few } from '../support/effort.ts';
import { heapGrowth, LEAST_LEAK, PROGRAMS } from './memory.ts';

for (const [what, program] of few(2, Object.entries(PROGRAMS))) {
  test(`thirty days of keys and clients that come and go leave the heap as it was: ${what}`, {
    timeout: 200_000,
  }, async () => {
    expect(await heapGrowth(program)).toBeLessThan(LEAST_LEAK);
  });
}
