import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isLong } from '../support/effort.ts';
import { hasScript } from './pseudo-terminal.ts';

test.skipIf(!hasScript || !isLong)('the screens in the docs are what a run shows, but for times and numbers', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/screens.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect(stdout + stderr).toBe('');
  expect(status).toBe(0);
});
