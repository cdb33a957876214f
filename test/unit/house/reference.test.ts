import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reference } from '../../../src/cli/reference.ts';
import { topics } from '../../../src/cli/words/dictionary.ts';
import { functions, stages } from '../../../src/flow/catalog.ts';

const FOLDER = 'docs/reference';
const pages = reference();

test('there is a page for each chapter, and nothing else', () => {
  expect([...pages.keys()].sort()).toEqual(readdirSync(FOLDER).sort());
  expect(pages.size).toBe(topics.length + 2);
});

test('every stage stands in one chapter', () => {
  const listed = topics.flatMap(({ words }) => words).filter(({ kind }) => kind === 'stage');
  expect(listed.length).toBe([...stages].length);
});

test('every function stands on the page of functions', () => {
  const rows = pages
    .get('functions.md')!
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.length).toBe([...functions].length);
});

test.each([...pages])('%s is what the catalog says (npm run docs writes it anew)', (name, text) => {
  expect(readFileSync(join(FOLDER, name), 'utf8')).toBe(text);
});
