/** What tests in a browser may not do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = 'test/browser';

test('what is waited for on a page is asked from outside: its rules for scripts let nobody make code of text there', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(0);
  for (const name of files) expect(readFileSync(join(FOLDER, name), 'utf8')).not.toMatch(/\.waitForFunction\(/);
});
