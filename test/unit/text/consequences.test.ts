import { expect, it } from 'vitest';
import { ProgramError } from '../../../src/base/problem.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';

function codes(text: string): string[] {
  try {
    compileProgram(text, {
      words: { sources, stages, aggregates, sinks },
      expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
      interval: 1000,
    });
    return [];
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return error.problems.map(({ code }) => code);
  }
}

it('a stage with a mistake in its text is not reported again for what it lacks', () => {
  expect(codes('map(_.a + ) | top 5')).toEqual(['missing-expression', 'missing-brackets']);
  expect(codes('errors = json; errors | count')).toEqual(['let-form']);
});

it('other stages are checked all the same', () => {
  expect(codes('map(_.length + ) | flter(_)')).toEqual(['missing-expression', 'unknown-stage']);
});

it('an expression too deep for anything is a problem where a stage should stand, too', () => {
  expect(codes(`.a${' + 1'.repeat(50_000)} | count`)).toEqual(['not-a-stage']);
});
