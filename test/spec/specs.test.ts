import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSpec } from '../../src/run/spec/run-spec.ts';

const FOLDER = 'test/spec';
const paths = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.spec'));

test('there are specs to run', () => {
  expect(paths.length).toBeGreaterThan(0);
});

test.each(paths)('%s', async (path) => {
  const file = join(FOLDER, path);
  const result = await runSpec(readFileSync(file, 'utf8'));
  if (!result.passed && process.env.LEAT_UPDATE === '1') {
    writeFileSync(file, result.rewritten);
    return;
  }
  expect(result.actual, result.sentence).toBe(result.expected);
});
