import { visible } from '../../base/visible.ts';
import { type CommandName, type CommandOption, complete, SHELLS, type Shell } from './complete.ts';
import { SCRIPTS } from './scripts.ts';
import { readShellLine } from './shell-line.ts';

/** Prints the script that a shell reads to complete `leat`. @param refuse says why there is none. @returns the exit code. */
export function completionCommand(shell: string, refuse: (line: string) => void): number {
  const known = SHELLS.find((name) => name === shell);
  if (known === undefined) {
    refuse(`there is completion for ${SHELLS.join(', ')}, not for ${shell}`);
    return 2;
  }
  process.stdout.write(SCRIPTS[known]);
  return 0;
}

/**
 * Prints what could stand at the cursor, a line each: the word under the cursor, what a list shows of it (not to fish), what it is, with tabs between.
 *
 * @param line up to the cursor. @param whole all of it, see {@link complete}.
 */
export function completeCommand(
  shell: string,
  line: string,
  options: readonly CommandOption[],
  commands: readonly CommandName[],
  whole?: string,
): number {
  // A name that would do something to the terminal, or that is two lines, is not offered.
  const candidates = complete(line, options, commands, whole).filter(
    ({ text, summary }) => visible(text + summary) === text + summary,
  );
  // Fish has its own form, and shows the part that differs by itself.
  const lines = candidates.map(({ text, summary, shown = text }) =>
    shell === ('fish' satisfies Shell) ? `${text}\t${summary}\n` : `${text}\t${shown}\t${summary}\n`,
  );
  if (lines.length === 1 && shell === ('bash' satisfies Shell)) lines.splice(0, 1, ...alone(candidates[0]!.text, line));
  process.stdout.write(lines.join(''));
  return 0;
}

/**
 * Bash ends a word that it has completed: outside of quotes a blank is wanted; inside of them it would close the program, which most
 * often goes on, unless there is a second candidate.
 */
function alone(text: string, line: string): readonly string[] {
  if (readShellLine(line).quote !== '') return [`${text}\n`, `${text} \n`];
  return [text.endsWith('/') ? `${text}\n` : `${text} \n`];
}
