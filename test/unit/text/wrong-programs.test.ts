import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatProblem } from '../../../src/base/code-frame.ts';
import { TEXT_PROBLEMS } from '../../../src/query/text/codes.ts';
import { parseProgram } from '../../../src/query/text/parser.ts';

/**
 * The file holds cases: a line `=== what is wrong`, the program, a line `---`, and the problems exactly as a user reads them.
 * `npx vitest run -u` writes the problems anew; the difference is to be read.
 */
const FILE = new URL('./wrong-programs.txt', import.meta.url).pathname;

const cases = readFileSync(FILE, 'utf8')
  .split(/^(?==== )/m)
  .map((text) => {
    const [title, ...rest] = text.trimEnd().split('\n');
    const end = rest.indexOf('---');
    return { title: title!, program: rest.slice(0, end < 0 ? rest.length : end).join('\n') };
  });

const rendered = cases.map(({ title, program }) => {
  const { problems } = parseProgram(program);
  return { title, program, problems, shown: problems.map((problem) => formatProblem(problem, program)) };
});

it('wrong programs are reported as the file says', async () => {
  const text = rendered.map(({ title, program, shown }) => [title, program, '---', ...shown, ''].join('\n')).join('\n');
  expect(cases.length).toBeGreaterThan(40);
  await expect(text).toMatchFileSnapshot(FILE);
});

it('every case has a problem', () => {
  expect(rendered.filter(({ problems }) => problems.length === 0).map(({ title }) => title)).toEqual([]);
});

it('every kind of problem has a case', () => {
  const shown = new Set(rendered.flatMap(({ problems }) => problems.map(({ code }) => code)));
  expect(Object.keys(TEXT_PROBLEMS).filter((code) => !shown.has(code))).toEqual([]);
});
