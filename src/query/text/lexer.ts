import type { Place } from '../../base/problem.ts';
import { type TextProblem, textProblem } from './codes.ts';
import { readEscape } from './escapes.ts';
import { readNumber } from './numbers.ts';
import { checkRegex } from './regex.ts';
import { endsValue, type Token } from './token.ts';

/** The pieces of a program, the last one of kind `end`, and what is wrong with them. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly problems: TextProblem[];
  /**
   * Offsets at which text was lost or made up because of a problem. What the parser finds wrong beside them is most likely a
   * consequence, and is not reported.
   */
  readonly wounds: number[];
}

/** Cuts a program into tokens. Never throws; reads every text in one pass, without recursion. */
export function lex(text: string): Lexed {
  return new Lexer(text).run();
}

// U+200B comes along when code is copied from web pages.
const BLANK = /(?:[\s\u200b\ufeff]+|#[^\n]*|\/\/[^\n]*)+/y;
const NAME = /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy;
const RADIX_WORD = /0[xXoObB][\p{ID_Continue}$]*/uy;
const NUMBER_WORD = /(?:\d|\.\d)(?:[\p{ID_Continue}$]|\.\d|(?<=[\d_][eE])[+-]\d)*/uy;
const SHELL_VARIABLE = /\$(?:\d+|\{\w*\}?|[@*#?])?/y;

/** Operators of ours and of others, the longest first; the parser says what others should be. */
const SIGNS = [
  ...['>>>=', '===', '!==', '...', '**=', '<<=', '>>=', '>>>', '&&=', '||=', '??='],
  ...['=>', '==', '!=', '<=', '>=', '&&', '||', '??', '**', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='],
  ...['<<', '>>', '->', '|>', '=~', '!~', '<>', '..', '::', ':=', '?:'],
  ...'()[]{},;:?.|=<>+-*/%!&^~',
];
const SIGNS_BY_START = new Map<string, string[]>();
for (const sign of SIGNS) {
  const others = SIGNS_BY_START.get(sign[0]!);
  if (others === undefined) SIGNS_BY_START.set(sign[0]!, [sign]);
  else others.push(sign);
}

/** Typographic quotes, and which ones close them. */
const SMART_QUOTES: { readonly [open: string]: string } = {
  '“': '”“"',
  '”': '”"',
  '„': '“”"',
  '‘': "’‘'",
  '’': "’'",
  '‚': "‘’'",
  '«': '»',
  '»': '«',
};

const LOOKALIKES: { readonly [character: string]: string } = {
  '–': '-',
  '—': '-',
  '−': '-',
  '×': '*',
  '÷': '/',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '→': '=>',
  '⇒': '=>',
  '…': '...',
  '¦': '|',
  '｜': '|',
  '，': ',',
  '；': ';',
  '：': ':',
  '（': '(',
  '）': ')',
};

class Lexer {
  private readonly text: string;
  private at = 0;
  private readonly tokens: Token[] = [];
  private readonly problems: TextProblem[] = [];
  private readonly wounds: number[] = [];
  /** The open braces: of objects, and of templates, behind whose `}` the template goes on. Holds the start of the template. */
  private readonly braces: (number | 'object')[] = [];

  constructor(text: string) {
    this.text = text;
  }

  run(): Lexed {
    for (;;) {
      this.take(BLANK);
      if (this.at >= this.text.length) break;
      this.token(this.text[this.at]!);
    }
    this.tokens.push({ kind: 'end', text: '', place: this.end() });
    return { tokens: this.tokens, problems: this.problems, wounds: this.wounds };
  }

  private token(first: string): void {
    if (first === '"' || first === "'") this.string(first);
    else if (first === '`') this.template(this.at, false);
    else if (first === '}' && typeof this.braces.at(-1) === 'number') this.template(this.braces.pop() as number, true);
    else if (first === '/' && !endsValue(this.tokens.at(-1))) this.regex();
    else if (!this.number() && !this.name() && !this.sign(first)) this.stray();
  }

  /** What matches here, or undefined; goes behind it. */
  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  /** From `start` to here. */
  private since(start: number): { readonly place: Place; readonly text: string } {
    return { place: { start, end: this.at }, text: this.text.slice(start, this.at) };
  }

  /** Behind the last token: where something is missing at the end of a program. */
  private end(): Place {
    const last = this.tokens.at(-1)?.place.end ?? 0;
    return { start: last, end: last };
  }

  private number(): boolean {
    const start = this.at;
    const word = this.take(RADIX_WORD) ?? this.take(NUMBER_WORD);
    if (word === undefined) return false;
    const written = this.since(start);
    this.tokens.push({ kind: 'number', ...written, ...readNumber(word, written.place, this.problems) });
    return true;
  }

  private name(): boolean {
    const start = this.at;
    if (this.text[start] === '$' && !/^[\p{ID_Start}_$]/u.test(this.text.slice(start + 1, start + 3))) {
      return this.shellVariable();
    }
    if (this.take(NAME) === undefined) return false;
    this.tokens.push({ kind: 'name', ...this.since(start) });
    return true;
  }

  private shellVariable(): boolean {
    const start = this.at;
    const word = this.take(SHELL_VARIABLE)!;
    const { place, text } = this.since(start);
    this.problems.push(
      textProblem('shell-variable', place, `\`${word}\` is no name`, {
        label: 'fields are no variables here',
        help:
          word === '$0'
            ? 'the record itself is `_`'
            : /^\$\d/.test(word)
              ? `the fields of a line are \`_.split(" ")[${Math.max(0, Number(word.slice(1)) - 1)}]\`, of an object \`.name\``
              : 'the record is `_`, its fields `.name`; values of the shell stand outside of its single quotes',
      }),
    );
    this.tokens.push({ kind: 'name', place, text });
    this.wounds.push(start);
    return true;
  }

  private sign(first: string): boolean {
    const sign = SIGNS_BY_START.get(first)?.find((candidate) => this.text.startsWith(candidate, this.at));
    // `?.` is one sign but before a digit: `a ?.5 : 1` is a choice, as in JavaScript.
    const isOptional = first === '?' && /^\?\.(?!\d)/.test(this.text.slice(this.at, this.at + 3));
    const taken = isOptional ? '?.' : sign;
    if (taken === undefined) return false;
    const start = this.at;
    this.at += taken.length;
    if (taken === '{') this.braces.push('object');
    else if (taken === '}') this.braces.pop();
    this.tokens.push({ kind: 'sign', ...this.since(start) });
    return true;
  }

  private string(quote: string): void {
    const start = this.at++;
    let value = '';
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || character === '\n' || character === '\r') {
        this.unclosed('unclosed-string', 'text', quote, start);
        break;
      }
      if (character === quote) {
        this.at++;
        break;
      }
      value += this.character(character);
    }
    this.tokens.push({ kind: 'string', value, ...this.since(start) });
  }

  /** One character of a text, or what an escape stands for. */
  private character(character: string): string {
    if (character !== '\\' || this.at + 1 >= this.text.length) {
      this.at++;
      return character;
    }
    const read = readEscape(this.text, this.at, this.problems);
    this.at = read.end;
    return read.value;
  }

  /** @param opening where the whole template starts; the piece itself starts here. */
  private template(opening: number, goesOn: boolean): void {
    const start = this.at++;
    let value = '';
    let opens = false;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined) {
        this.unclosed('unclosed-template', 'template', '`', opening);
        break;
      }
      if (character === '`') {
        this.at++;
        break;
      }
      if (character === '$' && this.text[this.at + 1] === '{') {
        this.at += 2;
        opens = true;
        this.braces.push(opening);
        break;
      }
      // As in JavaScript, a line end in a template is `\n` whatever the file has.
      const isReturn = character === '\r';
      value += isReturn ? '\n' : this.character(character);
      if (isReturn) this.at += this.text[this.at + 1] === '\n' ? 2 : 1;
    }
    this.tokens.push({ kind: 'template', value, goesOn, opens, ...this.since(start) });
  }

  private regex(): void {
    const start = this.at++;
    let isInClass = false;
    for (; ; this.at++) {
      const character = this.text[this.at];
      if (character === undefined || character === '\n' || character === '\r') {
        this.unclosed('unclosed-regex', 'regular expression', '/', start);
        this.tokens.push({ kind: 'regex', pattern: '', flags: '', ...this.since(start) });
        return;
      }
      if (character === '\\' && !/[\n\r]/.test(this.text[this.at + 1] ?? '\n')) this.at++;
      else if (character === '[') isInClass = true;
      else if (character === ']') isInClass = false;
      else if (character === '/' && !isInClass) break;
    }
    const pattern = this.text.slice(start + 1, this.at++);
    const flags = this.take(/[\p{ID_Continue}$]*/uy) ?? '';
    const written = this.since(start);
    this.problems.push(...checkRegex(pattern, flags, written.place));
    this.tokens.push({ kind: 'regex', pattern, flags, ...written });
  }

  private unclosed(
    code: 'unclosed-string' | 'unclosed-template' | 'unclosed-regex',
    what: string,
    closer: string,
    start: number,
  ): void {
    this.at = Math.min(this.at, this.text.length);
    const where = this.at < this.text.length ? 'the end of the line' : 'the end of the program';
    this.problems.push(
      textProblem(
        code,
        { start: this.at, end: this.at },
        `expected the closing \`${closer}\` of a ${what}, found ${where}`,
        {
          label: `\`${closer}\` is missing`,
          also: { place: { start, end: start + 1 }, label: `the ${what} starts here` },
          ...(code === 'unclosed-string' &&
            this.at < this.text.length && { help: 'a text on several lines is a template, in back-ticks' }),
        },
      ),
    );
    this.wounds.push(start, this.at);
  }

  /** What no token starts with. */
  private stray(): void {
    const start = this.at;
    const character = String.fromCodePoint(this.text.codePointAt(start)!);
    if (character === '\\') this.backslash();
    else if (SMART_QUOTES[character] !== undefined) this.smartQuotes(character);
    else {
      const same = LOOKALIKES[character];
      this.at += character.length;
      // A row of strange characters (another language, binary data) is one mistake.
      while (same === undefined && this.at < this.text.length && this.isStray(this.at)) this.at++;
      const { place, text } = this.since(start);
      this.lost(
        textProblem(
          'stray-character',
          place,
          `${same === undefined ? '' : 'the sign '}\`${shorten(text)}\` means nothing outside of texts`,
          {
            label: 'not a sign of the language',
            ...(same !== undefined && { help: `it looks like \`${same}\`` }),
            ...(character === '@' && { help: 'a field with such a sign in its name is written `_["@name"]`' }),
          },
        ),
      );
    }
  }

  private isStray(at: number): boolean {
    const rest = this.text.slice(at, at + 2);
    return (
      !/^[\p{ID_Start}\d_$\s"'`#\\]/u.test(rest) &&
      !SIGNS_BY_START.has(rest[0]!) &&
      SMART_QUOTES[rest[0]!] === undefined &&
      LOOKALIKES[rest[0]!] === undefined
    );
  }

  /** `\"a\"`: quotes that were escaped for the shell although it did not need it. */
  private backslash(): void {
    const start = this.at++;
    const quote = this.text[this.at];
    const help = 'in single quotes the shell changes nothing: `leat \'filter(.level == "error")\'`';
    if (quote === '"' || quote === "'") {
      const close = this.text.indexOf(`\\${quote}`, this.at);
      const value = this.text.slice(this.at + 1, close);
      if (close >= 0 && !value.includes('\n')) {
        this.at = close + 2;
        const written = this.since(start);
        this.tokens.push({ kind: 'string', value, ...written });
        this.problems.push(
          textProblem('shell-escape', written.place, `the quotes around a text need no backslash`, {
            label: `expected ${JSON.stringify(value)}`,
            help,
          }),
        );
        return;
      }
    }
    this.lost(
      textProblem(
        'shell-escape',
        { start, end: this.at },
        'a backslash means something in texts and regular expressions only',
        {
          label: 'a rest of shell quoting?',
          help,
        },
      ),
    );
  }

  private smartQuotes(open: string): void {
    const start = this.at++;
    const closers = SMART_QUOTES[open]!;
    let close = this.at;
    while (close < this.text.length && this.text[close] !== '\n' && !closers.includes(this.text[close]!)) close++;
    const isClosed = close < this.text.length && this.text[close] !== '\n';
    const value = this.text.slice(this.at, isClosed ? close : this.at);
    this.at = isClosed ? close + 1 : this.at;
    const written = this.since(start);
    const problem = textProblem('smart-quotes', written.place, `texts stand in straight quotes, found \`${open}\``, {
      label: 'typographic quotes',
      help: isClosed ? `write ${JSON.stringify(value)}` : 'write `"` or `\'`',
    });
    if (!isClosed) {
      this.lost(problem);
      return;
    }
    this.problems.push(problem);
    this.tokens.push({ kind: 'string', value, ...written });
  }

  /** A problem whose text is left out of the tokens. */
  private lost(problem: TextProblem): void {
    this.problems.push(problem);
    this.wounds.push(problem.place.start);
  }
}

function shorten(text: string): string {
  const characters = Array.from(text.slice(0, 40));
  return characters.length > 12 ? `${characters.slice(0, 12).join('')}…` : text;
}
