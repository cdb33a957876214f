/** What a submission is held to: many seeds of each simulation, dealt out to all cores. One that fails tells how to run it again by itself. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { bundled } from '../support/planted.ts';
import type { Simulated } from './share.ts';

const step = availableParallelism();

test.each([
  ['simulate', 10_000],
  ['simulateDisk', 3000],
  ['simulateNetwork', 3000],
] as const)('nothing is found by %s in %i seeds', { timeout: 600_000 }, async (simulation, end) => {
  const script = fileURLToPath(await bundled('test/simulator/share.ts'));
  const shares = await Promise.all(
    Array.from({ length: step }, async (_, first) => {
      const args = [script, simulation, ...[first, step, end].map(String)];
      return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as Simulated;
    }),
  );
  expect(shares.map(({ found }) => found).filter((found) => found !== undefined)).toEqual([]);
  expect(shares.reduce((sum, { seeds }) => sum + seeds, 0)).toBe(end);
});
