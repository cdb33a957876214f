import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shell, temporaryFolder } from './harness.ts';

test('many windows by event time of keys that never come again take room for their own keys alone', async () => {
  const folder = temporaryFolder();
  const lines = Array.from({ length: 120_000 }, (_, i) => {
    return `{"t":"${new Date(1_700_000_000_000 + i * 10).toISOString()}","id":"u${i}"}\n`;
  });
  writeFileSync(join(folder, 'log.json'), lines.join(''));
  const program = 'files("log.json") | json | window(1s, on: .t) | groupBy(.id, {n: count()}) | count';
  const { stdout, code } = await shell(`NODE_OPTIONS=--max-old-space-size=400 leat --workers 1 '${program}'`, folder);
  expect({ code, windows: stdout.trim().split('\n').length }).toEqual({ code: 0, windows: 1200 });
});
