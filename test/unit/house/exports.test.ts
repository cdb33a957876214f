import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** Files by their path that may use what others export: of src, of the tests, and the scripts that build from src. */
const files = new Map(
  ['src', 'test', 'scripts', 'bin'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(tsx?|mjs|cjs|js)$/.test(path))
      .map((path) => [join(folder, path), readFileSync(join(folder, path), 'utf8')] as const),
  ),
);

/** What each file takes of others by name: imports, types too, and what is loaded when it is used. */
const taken = new Set<string>();
for (const [path, text] of files) {
  const imports =
    /(?:import|export)\s+(?:type\s+)?\{([^{}]*)\}\s+from\s+'([^']+)'|\{([^{}]*)\}\s*=\s*await import\(\s*'([^']+)'/g;
  for (const [, names, from, loaded, place] of text.matchAll(imports)) {
    const file = normalize(join(path, '..', from ?? place!));
    for (const part of (names ?? loaded!).split(','))
      taken.add(`${file} ${/(?:type\s+)?(\w+)/.exec(part.trim())?.[1]}`);
  }
}

/** What is taken by others than files of ours: by the threads and the command, from the bundle. */
const DOORS = [
  'src/index.ts',
  'src/cli/start.ts',
  'src/cli/tell-version.ts',
  'src/run/local/parts/part-worker.ts',
  'src/kernel',
];

test('what a file exports is used by another one', () => {
  const needless: string[] = [];
  for (const [path, text] of files) {
    if (!path.startsWith('src') || DOORS.some((door) => path.startsWith(door))) continue;
    const exports = /^export (?:async )?(?:function\*?|const|let|(?:abstract )?class|interface|type) (\w+)/gm;
    for (const [, name] of text.matchAll(exports)) if (!taken.has(`${path} ${name}`)) needless.push(`${path} ${name}`);
  }
  expect(taken.size).toBeGreaterThan(1000);
  expect(needless).toEqual([]);
});
