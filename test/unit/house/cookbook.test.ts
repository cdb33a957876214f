import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error: a script, which has no types
import { isShortest, readPage } from '../../cookbook/page.mjs';

const page = readFileSync('docs/cookbook.md', 'utf8');
const { questions } = readPage(page) as { readonly questions: readonly Question[] };

interface Question {
  readonly title: string;
  readonly lines: readonly { readonly tool: string | undefined; readonly line: string }[];
}

test('the cookbook answers each question by a line of leat, and by lines of tools that it names', () => {
  expect(questions).toHaveLength(24);
  for (const { title, lines } of questions) {
    const [own, ...others] = lines.map(({ tool }) => tool);
    expect(own, title).toBe('leat');
    for (const tool of others) expect(['jq', 'mlr', 'duckdb', 'agrind'], title).toContain(tool);
  }
});

test('it counts right how often leat is the shortest', () => {
  const shortest = questions.filter((question) => isShortest(question)).length;
  expect(shortest).toBeGreaterThanOrEqual(18);
  expect(page).toContain(`in ${shortest} of ${questions.length}.`);
});
