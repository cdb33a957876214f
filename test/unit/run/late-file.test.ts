import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSpec } from '../../../src/run/spec/run-spec.ts';
import { temporaryDirectory } from '../../support/directory.ts';

const program = (path: string) => `queue([10], [30], [11, 12]) | window(5s, on: _, lateTo: "${path}") | count`;

const specOf = (path: string) => `# Late records are kept.\nformat text\n${program(path)}\n\ntext\n    1\n`;

test('a run is over when its late records are out, on lines of their own', async () => {
  const path = join(temporaryDirectory(), 'late.jsonl');
  await runSpec(specOf(path));
  expect(readFileSync(path, 'utf8')).toBe('11\n12\n');
  writeFileSync(path, 'half a li');
  await runSpec(specOf(path));
  expect(readFileSync(path, 'utf8')).toBe('half a li\n11\n12\n');
});

test('a run fails before it reads anything where late records cannot be kept', async () => {
  const { rewritten } = await runSpec(specOf(join(temporaryDirectory(), 'not', 'there')));
  expect(rewritten).toMatch(/note exit 4: late records cannot be written to .*: ENOENT/);
  expect(rewritten).not.toMatch(/^ {4}\d/m);
});
