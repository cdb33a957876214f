import { expect, test } from 'vitest';
import { quotingHint, surplusHint, unreadHint } from '../../../src/cli/shell-hints.ts';

const problem = (code: string, start = 0) => ({ code, place: { start, end: start + 1 }, message: '' });

test('files behind a program belong into it', () => {
  expect(surplusHint('words | count', ['package.json'])).toBe(
    `a program names the files that it reads: leat 'files("package.json") | words | count'; or give it as input: leat 'words | count' < package.json`,
  );
  expect(surplusHint('count', ['package.json', 'README.md'])).toContain(
    `leat 'files("package.json", "README.md") | count'`,
  );
});

test('a program behind its file comes first', () => {
  expect(surplusHint('package.json', ['json | count'])).toBe(
    `the program comes first: leat 'json | count' < package.json; or it names the file: leat 'files("package.json") | json | count'`,
  );
  expect(surplusHint('not-there.json', ['json | count'])).toContain('single quotes');
});

test('files behind a source belong into its brackets', () => {
  expect(surplusHint('tail', ['package.json'])).toContain(`leat 'tail("package.json")'`);
});

test('a program in pieces is put together again', () => {
  expect(surplusHint('json', ['|', 'countBy(.status)'])).toContain(`leat 'json | countBy(.status)'`);
  expect(surplusHint('filter(.a', ['>', '("'])).toContain(`leat 'words | countByValue'`);
});

test('holes and bare words point to the quotes', () => {
  expect(quotingHint([problem('missing-expression')], 'filter(_ == )')).toContain('$names');
  expect(quotingHint([problem('missing-argument', 2)], 'map()')).toContain('$names');
  expect(quotingHint([problem('missing-argument', 2)], 'map')).toBeUndefined();
  expect(quotingHint([problem('unknown-name', 17)], 'filter(.level == error)')).toContain('double ones');
  expect(quotingHint([problem('unknown-name', 4)], 'map(error)')).toBeUndefined();
  expect(quotingHint([problem('unknown-stage')], 'package.json')).toContain('is a file');
  expect(quotingHint([problem('unknown-stage')], 'cuont')).toBeUndefined();
});

test('an output that nobody reads is explained where the program is one word', () => {
  expect(unreadHint('json')).toContain("leat 'json | …'");
  expect(unreadHint('json | count')).toBeUndefined();
  expect(unreadHint('files("x")')).toBeUndefined();
});
