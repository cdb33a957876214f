/** A command line up to the cursor, as the shell reads it. */
interface ShellLine {
  /** The whole words of the last command, without their quotes. */
  readonly words: readonly string[];
  /** The word under the cursor, without its quotes; empty behind white space. */
  readonly current: string;
  /** The quote that is open at the cursor. */
  readonly quote: '' | "'" | '"';
  /** The word under the cursor is the file of a redirection: `< app.l`. */
  readonly isRedirected: boolean;
}

/** One command of a line. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** The file behind `<`. */
  readonly input: string | undefined;
  /** The command whose output it reads: `cat x` of `cat x | leat …`. */
  readonly from: ShellCommand | undefined;
}

/** Reads the words of the last command of a line: `ls | leat 'json | cou` is `leat` and, in an open quote, `json | cou`. */
export function readShellLine(line: string): ShellLine {
  const reader = new LineReader(line);
  const { words } = reader.command;
  return { words, current: reader.current ?? '', quote: reader.quote, isRedirected: reader.redirection !== undefined };
}

/** All commands of a line, in order. */
export function commandsOf(line: string): readonly ShellCommand[] {
  const reader = new LineReader(line);
  reader.endCommand(false);
  return reader.commands;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Only what matters for finding words is looked at: quotes, backslashes, redirections, and the signs that end a command. */
class LineReader {
  readonly commands: ShellCommand[] = [];
  command: Mutable<ShellCommand> & { words: string[] } = { words: [], input: undefined, from: undefined };
  current: string | undefined;
  quote: ShellLine['quote'] = '';
  /** The sign whose file comes next. */
  redirection: '<' | '>' | undefined;

  constructor(line: string) {
    for (let at = 0; at < line.length; at++) {
      const character = line[at]!;
      if (this.quote === "'") {
        if (character === "'") this.quote = '';
        else this.current += character;
      } else if (character === '\\' && at + 1 < line.length && (this.quote === '' || '"\\$`'.includes(line[at + 1]!))) {
        this.current = (this.current ?? '') + line[++at];
      } else if (this.quote === '"') {
        if (character === '"') this.quote = '';
        else this.current += character;
      } else {
        this.unquoted(character, line[at - 1]);
      }
    }
  }

  private unquoted(character: string, before: string | undefined): void {
    if (character === "'" || character === '"') {
      this.quote = character;
      this.current ??= '';
    } else if (/[|;&\n]/.test(character)) {
      this.endCommand(character === '|' && before !== '|');
    } else if (character === '<' || character === '>') {
      // `2>`: the number is no word.
      if (/^\d*$/.test(this.current ?? '')) this.current = undefined;
      this.endWord();
      this.redirection = character;
    } else if (/\s/.test(character)) {
      this.endWord();
    } else {
      this.current = (this.current ?? '') + character;
    }
  }

  private endWord(): void {
    if (this.current === undefined) return;
    if (this.redirection === undefined) this.command.words.push(this.current);
    else if (this.redirection === '<') this.command.input = this.current;
    this.redirection = undefined;
    this.current = undefined;
  }

  /** @param isPiped whether the next one reads what it writes. */
  endCommand(isPiped: boolean): void {
    this.endWord();
    this.redirection = undefined;
    const from = this.command.words.length > 0 ? this.command : undefined;
    if (from !== undefined) this.commands.push(from);
    this.command = { words: [], input: undefined, from: isPiped ? from : undefined };
  }
}
