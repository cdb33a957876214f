import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

interface Log {
  readonly kind: string;
  readonly rotations: number;
  readonly lost: number;
  readonly twice: number;
}

it('reads each line once of files that are rotated in every way, or tells what was lost', async () => {
  const args = ['--lines', '12000', '--rate', '4000', '--fast', '--seed', String(process.pid), '--json'];
  // Exit 1, which rejects, where a line is lost without a word or came twice.
  const { stdout } = await promisify(execFile)(process.execPath, [resolve('test/follow/run.mjs'), ...args]);
  const { logs } = JSON.parse(stdout) as { readonly logs: readonly Log[] };
  expect(logs.map(({ kind }) => kind)).toEqual(['numbered', 'dated', 'old', 'linger', 'copytruncate', 'delete']);
  for (const { rotations, twice } of logs) {
    expect(rotations).toBeGreaterThan(1);
    expect(twice).toBe(0);
  }
}, 120_000);
