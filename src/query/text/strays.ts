import { type TextProblem, textProblem } from './codes.ts';
import { signAt } from './signs.ts';

/** Characters that no token starts with: rests of shell quoting, typographic quotes, signs of no meaning. */
interface Stray {
  readonly problem: TextProblem;
  /** The text that was meant, where the characters are quotes around one; otherwise they are lost. */
  readonly value?: string;
}

/** What is wrong with the characters at this offset; the problem's place is what to go on behind. */
export function readStray(text: string, at: number): Stray {
  const character = String.fromCodePoint(text.codePointAt(at)!);
  if (character === '\\') return backslash(text, at);
  const closers = SMART_QUOTES.get(character);
  return closers === undefined ? meaningless(text, at, character) : smartQuotes(text, at, closers);
}

/**
 * A variable of the shell or of awk at this offset, undefined if there is none: `$1`, `$0`, `${name}` and the like. A name may start with `$`,
 * as in JavaScript, but these are none.
 */
export function readShellVariable(text: string, at: number): TextProblem | undefined {
  const variable = /\$(?:\d+|\{\w*\}?|[@*#?](?![\p{ID_Start}_$])|(?![\p{ID_Start}_$]))/uy;
  variable.lastIndex = at;
  const word = variable.exec(text)?.[0];
  if (word === undefined) return undefined;
  return textProblem('shell-variable', { start: at, end: at + word.length }, `\`${word}\` is no name`, {
    label: 'fields are no variables here',
    help: shellVariableHelp(word),
  });
}

function shellVariableHelp(word: string): string {
  if (word === '$0') return 'the record itself is `_`';
  const number = Number(word.slice(1));
  if (number >= 1) return `the fields of a line are \`_.split(" ")[${number - 1}]\`, of an object \`.name\``;
  return 'the record is `_`, its fields `.name`; values of the shell stand outside of its single quotes';
}

/** Typographic quotes, and which ones close them. */
const SMART_QUOTES: ReadonlyMap<string, string> = new Map([
  ['“', '”“"'],
  ['”', '”“"'],
  ['„', '“”"'],
  ['‘', "’‘'"],
  ['’', "’'"],
  ['‚', "‘’'"],
  ['«', '»'],
  ['»', '«'],
]);

function smartQuotes(text: string, at: number, closers: string): Stray {
  let close = at + 1;
  while (close < text.length && text[close] !== '\n' && !closers.includes(text[close]!)) close++;
  const isClosed = close < text.length && text[close] !== '\n';
  const value = text.slice(at + 1, close);
  const place = { start: at, end: isClosed ? close + 1 : at + 1 };
  const problem = textProblem('smart-quotes', place, `texts stand in straight quotes, found \`${text[at]}\``, {
    label: 'typographic quotes',
    help: isClosed ? `write ${JSON.stringify(value)}` : 'write `"` or `\'`',
  });
  return isClosed ? { problem, value } : { problem };
}

const QUOTING = 'in single quotes the shell changes nothing: `leat \'filter(.level == "error")\'`';

/** `\"a\"`: quotes that were escaped for the shell although it did not need it; or a single backslash. */
function backslash(text: string, at: number): Stray {
  const quote = text[at + 1];
  const close = quote === '"' || quote === "'" ? text.indexOf(`\\${quote}`, at + 2) : -1;
  const value = text.slice(at + 2, close);
  if (close >= 0 && !value.includes('\n')) {
    const place = { start: at, end: close + 2 };
    const problem = textProblem('shell-escape', place, 'the quotes around a text need no backslash', {
      label: `expected ${JSON.stringify(value)}`,
      help: QUOTING,
    });
    return { problem, value };
  }
  const place = { start: at, end: at + 1 };
  const message = 'a backslash means something in texts and regular expressions only';
  return { problem: textProblem('shell-escape', place, message, { label: 'a rest of shell quoting?', help: QUOTING }) };
}

/** What word processors and other keyboards write for signs of ours. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ['–', '-'],
  ['—', '-'],
  ['−', '-'],
  ['×', '*'],
  ['÷', '/'],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
  ['→', '=>'],
  ['⇒', '=>'],
  ['…', '...'],
  ['¦', '|'],
  ['｜', '|'],
  ['，', ','],
  ['；', ';'],
  ['：', ':'],
  ['（', '('],
  ['）', ')'],
]);

function meaningless(text: string, at: number, character: string): Stray {
  let end = at + character.length;
  const same = LOOKALIKES.get(character);
  // A row of strange characters (another language, binary data) is one mistake.
  while (same === undefined && end < text.length && isMeaningless(text, end)) end++;
  const found = text.slice(at, end);
  const name = character === '@' ? /^[\w-]+/.exec(text.slice(end, end + 40))?.[0] : undefined;
  const problem = textProblem(
    'stray-character',
    { start: at, end },
    `\`${shorten(found)}\` means nothing outside of texts`,
    {
      label: 'not a sign of the language',
      ...(same !== undefined && { help: `it looks like \`${same}\`` }),
      ...(name !== undefined && { help: `a field of this name is \`_["@${name}"]\`` }),
    },
  );
  return { problem };
}

function isMeaningless(text: string, at: number): boolean {
  const character = text[at]!;
  return (
    !/^[\p{ID_Start}\d_$\s"'`#\\]/u.test(text.slice(at, at + 2)) &&
    signAt(text, at) === undefined &&
    !SMART_QUOTES.has(character) &&
    !LOOKALIKES.has(character)
  );
}

function shorten(text: string): string {
  const characters = Array.from(text.slice(0, 40));
  return characters.length > 12 ? `${characters.slice(0, 12).join('')}…` : text;
}
