import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** The files of src that a file loads with itself, and the packages; not what it imports when it is needed, and no types. */
function loadedWith(files: readonly string[]): { files: ReadonlySet<string>; packages: ReadonlySet<string> } {
  const found = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(join('src', file), 'utf8');
    for (const [, what, from] of text.matchAll(/^(?:import|export)\s+([^;']*?)\sfrom\s+'([^']+)';/gm)) {
      if (what!.startsWith('type ')) continue;
      if (from!.startsWith('.')) visit(normalize(join(dirname(file), from!)));
      else if (!from!.startsWith('node:')) packages.add(from!);
    }
  };
  for (const file of files) visit(file);
  return { files: found, packages };
}

const START = ['cli/start.ts', 'cli/main.ts', 'cli/run-command.ts'];

/** What is loaded when it is asked for. */
const WHEN_USED =
  /^cli\/(completion\/|recipes\/|dictionary|explain-command|help-command|man|reference|search|test-command)|^run\/spec\//;

test('to run a program, nothing is loaded of what the command does besides', () => {
  const { files } = loadedWith(START);
  expect(files.size).toBeGreaterThan(150);
  expect([...files].filter((file) => WHEN_USED.test(file))).toEqual([]);
});

test('to run a program, these packages are loaded, and no more', () => {
  const { packages } = loadedWith(START);
  expect([...packages].sort()).toEqual(['bowser', 'chalk', 'commander', 'fast-string-width', 'picomatch', 'split2']);
});

test('no regular expression on properties of Unicode is made before it is used, which takes the engine half a millisecond', () => {
  const { files } = loadedWith([...START, 'run/local/parts/part-worker.ts']);
  const early = [...files].filter((file) => {
    const constants = readFileSync(join('src', file), 'utf8').matchAll(/^(?:export )?const [^;]*?\\p\{/gm);
    return [...constants].some(([constant]) => !constant.includes('=>'));
  });
  expect(early).toEqual([]);
});

test('a thread loads nothing of the command', () => {
  const { files, packages } = loadedWith(['run/local/parts/part-worker.ts']);
  expect([...files].filter((file) => file.startsWith('cli/'))).toEqual([]);
  expect([...packages]).not.toContain('commander');
  expect(existsSync('bin/part-worker.js')).toBe(true);
});
