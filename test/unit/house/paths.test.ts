import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = ['bin', 'docs', 'scripts', 'src', 'test'];
const paths = [
  ...readdirSync('.').map((name) => `/${name}`),
  ...SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `/${join(folder, path)}`),
  ),
];
const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))));

/** What a page calls a file or folder of ours: a path from any folder on, or the name of a file. What it adds itself is none. */
function pathsOn(page: string): string[] {
  const text = readFileSync(page, 'utf8');
  const added = [...text.matchAll(/^\/\/ (\S+\.ts)$/gm)].map(([, path]) => path!);
  const named = [
    ...text.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs|js)|(?:src|test|flow|query|run|kernel|plan)\/[\w/-]+)`/g),
  ];
  return named
    .map(([, path]) => path!)
    .filter((path) => !path.startsWith('dist/') && !added.some((other) => other.endsWith(path)));
}

test('the pages name files that there are', () => {
  const pages = [
    'README.md',
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const named = pages.flatMap((page) => pathsOn(page).map((path) => [page, path] as const));
  expect(named.length).toBeGreaterThan(100);
  const isThere = (path: string) =>
    paths.some((other) => other.endsWith(`/${path}`) || other.endsWith(`/${path}.ts`)) || folders.has(`/${path}`);
  expect(named.filter(([, path]) => !isThere(path))).toEqual([]);
});
