import { expect, test } from 'vitest';
import { planned } from './planning.ts';

const MB = 1024 * 1024;

test.each([
  ['json | count', 64 * MB],
  ['filter(_.includes("a")) | json(items: true)', 64 * MB],
  ['files("a.json", tag: true) | map(.line) | json', 64 * MB],
  ['let a = stdin(); a | json; a | lines | count', 64 * MB],
  ['stdin(maxLine: 2mb) | json', 2 * MB],
  ['csv | count', MB],
  ['lines | sort | json', MB],
  ['csv(columns: ["a"]) | map(.a) | json', MB],
])('%s reads lines of as many bytes: %i', (program, most) => {
  expect(planned(program).sources.map((source) => source.arguments.maxLine)).toEqual([most]);
});

test('a source without lines is left as it is', () => {
  expect(planned('queue(["1"]) | json').sources[0]!.arguments).not.toHaveProperty('maxLine');
});
