import { ProgramError } from '../base/problem.ts';
import { bindProgram, type PlanSettings } from './bind.ts';
import type { Plan } from './plan/plan.ts';
import { parseProgram } from './text/parser.ts';

/**
 * The plan of a program's text.
 *
 * @throws ProgramError with all mistakes of the program, in the order of the text.
 */
export function compileProgram(text: string, settings: PlanSettings): Plan {
  const { program, problems, suspect } = parseProgram(text);
  if (problems.length === 0) return bindProgram(program, settings);
  // What could be read is checked as well, so that all mistakes are told at once, but for what follows from those of the text.
  try {
    bindProgram(program, settings);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const others = error.problems.filter(
      ({ place }) => !suspect.some(({ start, end }) => place.start >= start && place.start <= end),
    );
    throw new ProgramError([...problems, ...others].sort((a, b) => a.place.start - b.place.start));
  }
  throw new ProgramError(problems);
}
