import { namesOfDictionary } from '../words/dictionary.ts';
import type { Candidate } from './candidate.ts';
import { pathsLike } from './paths.ts';
import { completeProgram } from './program.ts';
import { inputOf } from './shell-input.ts';
import { readShellLine } from './shell-line.ts';

/** An option of the command line. */
export interface CommandOption {
  readonly long: string;
  readonly short: string | undefined;
  readonly summary: string;
  /** The name of its value: `file` in `--bad <file>`; undefined where it takes none. */
  readonly value: string | undefined;
  /** It may stand without its value. */
  readonly mayLack: boolean;
  readonly choices: readonly string[];
}

export interface CommandName {
  readonly name: string;
  readonly summary: string;
  /** Those that it has beside the options of a run. */
  readonly options: readonly CommandOption[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * What could stand at the cursor: each candidate is the whole word under the cursor, without its quotes, since that is what shells put in
 * its place.
 *
 * @param line the command line up to the cursor.
 * @param whole all of the line, with what stands before the command and behind the cursor, as far as the shell gives it.
 */
export function complete(
  line: string,
  options: readonly CommandOption[],
  commands: readonly CommandName[],
  whole = line,
): readonly Candidate[] {
  const { words, current, quote, isRedirected } = readShellLine(line);
  if (isRedirected) return pathsLike(current);
  const program = (text: string) => inProgram(text, inputOf(whole, text) ?? inputOf(line, text));
  const given = positionals(words.slice(1), [...commands.flatMap((command) => command.options), ...options]);
  const [first, ...others] = given.words;
  const expecting = given.open;
  if (expecting !== undefined) return ofValue(expecting, current);
  if (current.startsWith('-') && quote === '') {
    const own = commands.find(({ name }) => name === first)?.options ?? [];
    return [...own, ...options]
      .filter(({ long }) => long.startsWith(current))
      .map(({ long, summary }) => ({ text: long, summary }));
  }
  switch (first) {
    case undefined: {
      const isWord = quote === '' && /^\w*$/.test(current);
      const names = isWord ? commands.map(({ name, summary }) => ({ text: name, summary })) : [];
      return [...startingWith(names, current), ...program(current)];
    }
    case 'help':
      return startingWith(namesOfDictionary(), current);
    case 'test':
    case 'checkpoint':
      return pathsLike(current);
    case 'completion':
      return startingWith(
        SHELLS.map((text) => ({ text, summary: '' })),
        current,
      );
    case 'explain':
    case 'service':
      return others.length === 0 || isHostAndPort(others) ? program(current) : [];
    default:
      return isHostAndPort(given.words) ? program(current) : [];
  }
}

/** Whether a program may stand behind these, as behind `localhost 9999`. */
function isHostAndPort(words: readonly string[]): boolean {
  return words.length === 2 && /^\d{1,5}$/.test(words[1]!);
}

/** The arguments that are no options, and the option whose value the cursor is at. */
function positionals(
  words: readonly string[],
  options: readonly CommandOption[],
): { readonly words: readonly string[]; readonly open: CommandOption | undefined } {
  const found: string[] = [];
  let open: CommandOption | undefined;
  for (const word of words) {
    if (open !== undefined) {
      open = undefined;
      continue;
    }
    const option = options.find(({ long, short }) => word === long || word === short);
    if (option?.value !== undefined && !option.mayLack) open = option;
    else if (!word.startsWith('-') || word === '-') found.push(word);
  }
  return { words: found, open };
}

function ofValue({ value, choices }: CommandOption, current: string): readonly Candidate[] {
  if (value === 'file' || value === 'path' || value === 'dir') return pathsLike(current);
  return startingWith(
    choices.map((text) => ({ text, summary: '' })),
    current,
  );
}

function inProgram(text: string, input: string | undefined): readonly Candidate[] {
  const { start, candidates } = completeProgram(text, input);
  const before = text.slice(0, start);
  return candidates.map((candidate) => ({ ...candidate, text: before + candidate.text, shown: candidate.text }));
}

function startingWith(candidates: readonly Candidate[], begun: string): readonly Candidate[] {
  return candidates.filter(({ text }) => text.startsWith(begun));
}
