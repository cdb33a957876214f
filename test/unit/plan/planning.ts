import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import type { Plan } from '../../../src/query/plan/plan.ts';

/** The plan of a program. Throws ProgramError. */
export function planned(program: string): Plan {
  return compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map([['own', () => null]]), now: () => 0 }),
    interval: 1000,
  });
}
