import { statSync } from 'node:fs';
import { commandsOf, type ShellCommand } from './shell-line.ts';

/** Commands that write what a file has, or some lines of it. */
const READERS = new Set(['cat', 'tail', 'head', 'grep', 'egrep', 'fgrep', 'rg', 'tac']);

/**
 * The file that comes in by standard input, where the line says so: `leat … < app.log`, `tail -f app.log | leat …`.
 *
 * @param line all of it, as far as the shell gives it; also what stands behind the cursor.
 * @param program what is there of the program, by which its command is told from others.
 */
export function inputOf(line: string, program: string): string | undefined {
  const command = commandsOf(line).find(
    ({ words }) => words[0] === 'leat' && words.some((word) => word.startsWith(program)),
  );
  // In an open quote the line has no words behind it, but what stands before it is there.
  return command?.input ?? (command === undefined ? undefined : fileOf(command.from));
}

function fileOf(command: ShellCommand | undefined): string | undefined {
  if (command === undefined) return undefined;
  const words = command.words[0] === 'sudo' ? command.words.slice(1) : command.words;
  if (!READERS.has(words[0] ?? '')) return command.input;
  return command.input ?? words.slice(1).findLast(isFile);
}

/** Whether there is a file that can be read without waiting. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
