/** A command line up to the cursor, as the shell reads it. */
export interface ShellLine {
  /** The whole words of the last command, without their quotes. */
  readonly words: readonly string[];
  /** The word under the cursor, without its quotes; empty behind white space. */
  readonly current: string;
  /** The quote that is open at the cursor. */
  readonly quote: '' | "'" | '"';
}

/**
 * Reads the words of the last command of a line: `ls | leat 'json | cou` is `leat` and, in an open quote, `json | cou`.
 *
 * Only what matters for finding words is looked at: quotes, backslashes, and the signs that end a command.
 */
export function readShellLine(line: string): ShellLine {
  let words: string[] = [];
  let current: string | undefined;
  let quote: ShellLine['quote'] = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (quote === "'") {
      if (character === "'") quote = '';
      else current += character;
    } else if (character === '\\' && at + 1 < line.length && (quote === '' || '"\\$`'.includes(line[at + 1]!))) {
      current = (current ?? '') + line[++at];
    } else if (quote === '"') {
      if (character === '"') quote = '';
      else current += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      current ??= '';
    } else if (/[|;&\n]/.test(character)) {
      words = [];
      current = undefined;
    } else if (/\s/.test(character)) {
      if (current !== undefined) words.push(current);
      current = undefined;
    } else {
      current = (current ?? '') + character;
    }
  }
  return { words, current: current ?? '', quote };
}
